package dev.staithe.cli.render;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.staithe.proto.v1.TaskDefinition;
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

    private Json() {}

    static String json(Message message) {
        try {
            return (message instanceof TaskDefinition ? AS_WRITTEN : IN_FULL).print(message);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the API's messages hold no Any", e);
        }
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
}
