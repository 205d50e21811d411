package dev.staithe.cli.render;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.staithe.proto.v1.TaskDefinition;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/**
 * Messages as JSON and YAML, in protobuf's JSON form.
 *
 * <p>What the control plane reports is printed in full, zeros included, so that a script may rely on a field. A task
 * definition is what a user wrote: it is printed as it is, and can be registered again.
 */
final class Json {
    private static final JsonFormat.Printer AS_WRITTEN = JsonFormat.printer();
    private static final JsonFormat.Printer IN_FULL = AS_WRITTEN.alwaysPrintFieldsWithNoPresence();

    /** An escaped backslash is taken first: what follows it is no escape. */
    private static final Pattern HTML_ESCAPES = Pattern.compile("\\\\\\\\|\\\\u(003[cde]|002[67])");

    private Json() {}

    static String json(Message message) {
        try {
            return legible((message instanceof TaskDefinition ? AS_WRITTEN : IN_FULL).print(message));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the API's messages hold no Any", e);
        }
    }

    /** Without line ends. */
    static String line(Message message) {
        try {
            return legible(IN_FULL.omittingInsignificantWhitespace().print(message));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the API's messages hold no Any", e);
        }
    }

    /** Protobuf's printer escapes what is special in HTML: an expression with == is to be read, and searched for. */
    private static String legible(String json) {
        return HTML_ESCAPES
                .matcher(json)
                .replaceAll(escape -> Matcher.quoteReplacement(
                        escape.group(1) == null
                                ? escape.group()
                                : Character.toString(Integer.parseInt(escape.group(1), 16))));
    }

    static String yaml(Message message) {
        return yaml(json(message));
    }

    /** JSON is YAML in another layout. */
    static String yaml(String json) {
        Object value = new Load(LoadSettings.builder().build()).loadFromString(json);
        DumpSettings block = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setIndicatorIndent(2)
                .setIndentWithIndicator(true)
                .setWidth(200)
                .build();
        return new Dump(block).dumpToString(value);
    }

    /** Maps, lists, text, numbers and truth values, as JSON. */
    static String of(Object value) {
        StringBuilder text = new StringBuilder();
        write(value, "\n", text);
        return text.toString();
    }

    private static void write(Object value, String lineEnd, StringBuilder text) {
        switch (value) {
            case Map<?, ?> map -> {
                text.append('{');
                String separator = "";
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    text.append(separator).append(lineEnd).append("  ");
                    write(String.valueOf(entry.getKey()), lineEnd, text);
                    text.append(": ");
                    write(entry.getValue(), lineEnd + "  ", text);
                    separator = ",";
                }
                text.append(lineEnd).append('}');
            }
            case List<?> list -> {
                text.append('[');
                String separator = "";
                for (Object element : list) {
                    text.append(separator);
                    write(element, lineEnd, text);
                    separator = ", ";
                }
                text.append(']');
            }
            case Number number -> text.append(number);
            case Boolean truth -> text.append(truth);
            default -> quote(String.valueOf(value), text);
        }
    }

    private static void quote(String value, StringBuilder text) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char character = value.charAt(i);
            if (character == '"' || character == '\\') {
                text.append('\\').append(character);
            } else if (character < ' ') {
                text.append(String.format("\\u%04x", (int) character));
            } else {
                text.append(character);
            }
        }
        text.append('"');
    }
}
