package dev.staithe.cli.spec;

import com.google.protobuf.Message;
import dev.staithe.proto.v1.TaskDefinition;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a file must hold.
 *
 * @param prototype the message
 * @param expected what the file must hold, in words
 * @param refused names at the top that are known but do not belong in a file, and why
 */
public record Schema<M extends Message>(M prototype, String expected, Map<String, String> refused) {
    private static final String FILLED_IN = " is filled in by the control plane: remove it";

    /** A task definition, as {@code aws ecs register-task-definition --cli-input-json} takes it too. */
    public static final Schema<TaskDefinition> TASK_DEFINITION = new Schema<>(
            TaskDefinition.getDefaultInstance(), "a task definition in JSON or YAML", taskDefinitionOutput());

    public Schema {
        refused = new TreeMap<>(refused);
    }

    private static Map<String, String> taskDefinitionOutput() {
        Map<String, String> refused = new TreeMap<>();
        for (String field : new String[] {
            "revision",
            "status",
            "registeredAt",
            "deregisteredAt",
            "registeredBy",
            "taskDefinitionArn",
            "compatibilities",
            "requiresAttributes"
        }) {
            refused.put(field, field + FILLED_IN);
        }
        refused.put(
                "taskDefinition",
                "taskDefinition is around what describe-task-definition prints: register takes what is inside it"
                        + " (jq '.taskDefinition | del(.taskDefinitionArn, .revision, .status, .requiresAttributes,"
                        + " .compatibilities, .registeredAt, .registeredBy)')");
        return refused;
    }
}
