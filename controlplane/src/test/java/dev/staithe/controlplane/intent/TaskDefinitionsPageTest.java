package dev.staithe.controlplane.intent;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.staithe.proto.v1.TaskDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page about task definitions says of every field whether it is honoured, and says it as it is. */
final class TaskDefinitionsPageTest {
    private static final int FIRST_OF_OUTPUT = 100;
    private static final Map<String, String> SECTIONS =
            Map.of("## Task", "", "## Container", "containerDefinitions.", "## Volume", "volumes.");
    private static final Pattern ROW = Pattern.compile("\\| (`.*`) \\| (yes|no) \\|.*");
    private static final Pattern FIELD = Pattern.compile("`([A-Za-z0-9.]+)`");

    @Test
    void saysOfEveryFieldWhetherItIsHonoured() throws IOException {
        Map<String, Boolean> page = page();
        Map<String, Boolean> actual = new TreeMap<>();

        leaves(TaskDefinition.getDescriptor(), "", actual);

        actual.forEach((path, honoured) -> assertThat(nearest(page, path))
                .as("what docs/task-definitions.md says of " + path)
                .isEqualTo(honoured));
        assertThat(page.keySet())
                .allSatisfy(path -> assertThat(actual.keySet())
                        .as("a field of that name")
                        .anyMatch(leaf -> leaf.equals(path) || leaf.startsWith(path + ".")));
    }

    private static Map<String, Boolean> page() throws IOException {
        Map<String, Boolean> fields = new TreeMap<>();
        String prefix = "none";
        for (String line : Files.readAllLines(Path.of("../docs/task-definitions.md"))) {
            if (line.startsWith("## ")) {
                prefix = SECTIONS.getOrDefault(line, "none");
            }
            Matcher row = ROW.matcher(line);
            if (!prefix.equals("none") && row.matches()) {
                Matcher field = FIELD.matcher(row.group(1));
                while (field.find()) {
                    fields.put(prefix + field.group(1), row.group(2).equals("yes"));
                }
            }
        }
        return fields;
    }

    /** What the row of the field, or of the next message around it, says; one without is a gap in the page. */
    private static boolean nearest(Map<String, Boolean> page, String path) {
        for (String at = path; !at.isEmpty(); at = at.substring(0, Math.max(0, at.lastIndexOf('.')))) {
            if (page.containsKey(at)) {
                return page.get(at);
            }
        }
        throw new AssertionError(path + ": no row in docs/task-definitions.md");
    }

    private static void leaves(Descriptor message, String prefix, Map<String, Boolean> leaves) {
        for (FieldDescriptor field : message.getFields()) {
            String path = prefix + field.getJsonName();
            boolean output = message.equals(TaskDefinition.getDescriptor()) && field.getNumber() >= FIRST_OF_OUTPUT;
            if (output) {
                continue;
            }
            if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isMapField()) {
                leaves(field.getMessageType(), path + ".", leaves);
            } else {
                leaves.put(path, SupportedFields.TASK_DEFINITION.honours(path));
            }
        }
    }
}
