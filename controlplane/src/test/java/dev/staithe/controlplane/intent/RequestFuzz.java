package dev.staithe.controlplane.intent;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** Makes requests out of values that tend to be at an edge of something. The same seed makes the same requests. */
public final class RequestFuzz {
    private static final List<String> TEXTS = List.of(
            "",
            "a",
            "web",
            "web:1",
            "web:0",
            "web:99999999999",
            ":",
            "default",
            "bridge",
            "host",
            "none",
            "awsvpc",
            "256",
            "-1",
            "1 vCPU",
            ".5 vcpu",
            "vCPU",
            "1GB",
            "99999999999GB",
            "tcp",
            "udp",
            "/data",
            "/",
            "/a/../b",
            "../x",
            "x\0y",
            "ä€😀",
            "x\ny",
            "\u2028",
            "CMD",
            "CMD-SHELL",
            "NONE",
            "json-file",
            "awslogs",
            "shared",
            "task",
            "REPLICA",
            "ROLLING",
            "localhost:5000/a/b:c@sha256:" + "0".repeat(64),
            "@",
            "a@b:",
            "::::////",
            "-".repeat(300),
            "x".repeat(5000));
    private static final List<String> CLUSTERS = List.of("default", "default", "default", "", "other", "nowhere");
    private static final List<String> SERVICES = List.of("web", "web", "api", "gone", "we", "WEB", "new");
    private static final List<String> DEFINITIONS = List.of("web", "web:1", "api:1", "web:2", "web:0", "none");
    private static final List<String> HOSTS = List.of("host-a", "host-b", "1".repeat(32), "1111", "2", "12", "none");
    private static final List<String> TASKS = List.of("7".repeat(32), "7777", "8".repeat(32), "88", "web/1", "none");
    private static final List<String> EXPRESSIONS = List.of(
            "attribute:disk == ssd",
            "not(task:group == service:web)",
            "attribute:x =~ '(a+)+$'",
            "attribute:x ==",
            "(((",
            "runningTasksCount < 3 or agentVersion >= 0.1.0");

    /** What the fields of these names may mean. */
    private static final Map<String, List<String>> FITTING = Map.ofEntries(
            Map.entry("cluster", CLUSTERS),
            Map.entry("clusters", CLUSTERS),
            Map.entry("cluster_name", CLUSTERS),
            Map.entry("service", SERVICES),
            Map.entry("services", SERVICES),
            Map.entry("service_name", SERVICES),
            Map.entry("task_definition", DEFINITIONS),
            Map.entry("family", List.of("web", "api", "none")),
            Map.entry("family_prefix", List.of("w", "web", "none")),
            Map.entry("container_instance", HOSTS),
            Map.entry("container_instances", HOSTS),
            Map.entry("drain", HOSTS),
            Map.entry("lose", HOSTS),
            Map.entry("task", TASKS),
            Map.entry("tasks", TASKS),
            Map.entry("status", List.of("ACTIVE", "DRAINING", "INACTIVE", "RUNNING", "ALL")),
            Map.entry("desired_status", List.of("RUNNING", "STOPPED", "ALL")),
            Map.entry("type", List.of("memberOf", "distinctInstance", "spread", "binpack", "random", "ECS")),
            Map.entry("field", List.of("cpu", "memory", "instanceId", "attribute:disk", "attribute:")),
            Map.entry("expression", EXPRESSIONS),
            Map.entry("filter", EXPRESSIONS),
            Map.entry("name", List.of("main", "disk", "disk", "ecs.os-type", "data")),
            Map.entry("value", List.of("", "", "ssd", "a")),
            Map.entry("key", List.of("team", "aws:x", "a b")),
            Map.entry("group", List.of("batch", "service:web", "family:web")),
            Map.entry("started_by", List.of("me", "x".repeat(129))),
            Map.entry("client_token", List.of("t1", "t2", "x y", "z".repeat(65))),
            Map.entry("scheduling_strategy", List.of("REPLICA", "DAEMON")),
            Map.entry("strategy", List.of("ROLLING", "BLUE_GREEN", "LINEAR", "CANARY")),
            Map.entry("launch_type", List.of("EC2", "FARGATE")),
            Map.entry("propagate_tags", List.of("SERVICE", "TASK_DEFINITION", "NONE")),
            Map.entry("availability_zone_rebalancing", List.of("ENABLED", "DISABLED", "DRY_RUN")),
            Map.entry("next_token", List.of("", "YWZ0ZXI6YQ", "!", "%%")),
            Map.entry(
                    "resource",
                    List.of(
                            "cluster/default",
                            "service/web",
                            "task/" + "7".repeat(32),
                            "task-definition/web:1",
                            "container-instance/" + "1".repeat(32),
                            "x/y",
                            "service/")),
            Map.entry("stop_type", List.of("ABORT", "ROLLBACK")),
            Map.entry("after", List.of("1", "0", "x")),
            Map.entry("image", List.of("localhost/app:1", "busybox")),
            Map.entry("memory", List.of("64", "1GB")),
            Map.entry("cpu", List.of("256", "1 vCPU")));

    private static final int[] NUMBERS = {
        0, 1, -1, 4, 5, 6, 80, 100, 101, 200, 5000, 5001, 65535, 65536, 1 << 25, Integer.MAX_VALUE, Integer.MIN_VALUE
    };

    private final SplittableRandom random;

    public RequestFuzz(long seed) {
        random = new SplittableRandom(seed);
    }

    /** The request with some of its fields, at any depth, changed. */
    public Message changed(Message request) {
        Message.Builder changed = request.toBuilder();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            change(changed);
        }
        return changed.build();
    }

    /** Any message of that type: some fields, at any depth, with what fits their name, or with anything. */
    public Message any(Message type) {
        Message.Builder message = type.newBuilderForType();
        fill(message, 4, 1 + random.nextInt(4));
        return random.nextInt(4) == 0 ? changed(message.build()) : message.build();
    }

    private void fill(Message.Builder message, int depth, int oneIn) {
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (random.nextInt(oneIn) > 0) {
                continue;
            }
            if (field.isMapField()) {
                list(message, field);
            } else if (field.isRepeated()) {
                int elements = random.nextInt(8) == 0 ? random.nextInt(120) : random.nextInt(3);
                for (int i = 0; i < elements; i++) {
                    element(message, field, depth, oneIn).ifPresent(e -> message.addRepeatedField(field, e));
                }
            } else {
                element(message, field, depth, oneIn).ifPresent(e -> message.setField(field, e));
            }
        }
    }

    private Optional<Object> element(Message.Builder message, FieldDescriptor field, int depth, int oneIn) {
        if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
            return Optional.of(scalar(field));
        }
        if (depth == 0) {
            return Optional.empty();
        }
        Message.Builder inner = message.newBuilderForField(field);
        fill(inner, depth - 1, oneIn);
        return Optional.of(inner.build());
    }

    private void change(Message.Builder message) {
        List<FieldDescriptor> fields = message.getDescriptorForType().getFields();
        if (fields.isEmpty()) {
            return;
        }
        FieldDescriptor field = fields.get(random.nextInt(fields.size()));
        if (random.nextInt(200) == 0) {
            message.setUnknownFields(UnknownFieldSet.newBuilder()
                    .addField(
                            9000,
                            UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                    .build());
        } else if (field.isRepeated()) {
            list(message, field);
        } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            Message.Builder inner = ((Message) message.getField(field)).toBuilder();
            change(inner);
            message.setField(field, inner.build());
        } else if (random.nextInt(8) == 0) {
            message.clearField(field);
        } else {
            message.setField(field, scalar(field));
        }
    }

    private void list(Message.Builder message, FieldDescriptor field) {
        int count = message.getRepeatedFieldCount(field);
        if (field.isMapField()) {
            Message.Builder entry = message.newBuilderForField(field);
            entry.setField(entry.getDescriptorForType().findFieldByName("key"), text());
            entry.setField(entry.getDescriptorForType().findFieldByName("value"), text());
            message.addRepeatedField(field, entry.build());
        } else if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
            message.addRepeatedField(field, scalar(field));
        } else if (count == 0 || random.nextInt(3) == 0) {
            Message.Builder element = count == 0
                    ? message.newBuilderForField(field)
                    : ((Message) message.getRepeatedField(field, random.nextInt(count))).toBuilder();
            change(element);
            message.addRepeatedField(field, element.build());
        } else {
            int index = random.nextInt(count);
            Message.Builder element = ((Message) message.getRepeatedField(field, index)).toBuilder();
            change(element);
            message.setRepeatedField(field, index, element.build());
        }
    }

    private Object scalar(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case STRING -> random.nextInt(4) == 0 ? text() : fitting(field);
            case INT -> NUMBERS[random.nextInt(NUMBERS.length)];
            case LONG -> (long) NUMBERS[random.nextInt(NUMBERS.length)];
            case BOOLEAN -> random.nextBoolean();
            case DOUBLE -> pick(List.of(0.0, -1.5, Double.NaN, Double.POSITIVE_INFINITY));
            case FLOAT -> pick(List.of(0.0f, -1.5f, Float.NaN));
            case BYTE_STRING -> ByteString.copyFromUtf8(text());
            case ENUM -> field.getEnumType().getValues().getFirst();
            case MESSAGE -> throw new AssertionError("a message is no scalar: " + field.getFullName());
        };
    }

    /** What the field of that name may mean in a world such as {@link World#furnished}. */
    private String fitting(FieldDescriptor field) {
        List<String> fits = FITTING.get(field.getName());
        return fits == null ? text() : pick(fits);
    }

    private <T> T pick(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private String text() {
        return TEXTS.get(random.nextInt(TEXTS.size()));
    }
}
