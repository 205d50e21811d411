package dev.staithe.controlplane.intent;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import java.util.List;
import java.util.SplittableRandom;

/** Makes requests out of values that tend to be at an edge of something. The same seed makes the same requests. */
final class RequestFuzz {
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
    private static final int[] NUMBERS = {
        0, 1, -1, 4, 5, 6, 80, 100, 101, 200, 5000, 5001, 65535, 65536, 1 << 25, Integer.MAX_VALUE, Integer.MIN_VALUE
    };

    private final SplittableRandom random;

    RequestFuzz(long seed) {
        random = new SplittableRandom(seed);
    }

    /** The request with some of its fields, at any depth, changed. */
    Message changed(Message request) {
        Message.Builder changed = request.toBuilder();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            change(changed);
        }
        return changed.build();
    }

    private void change(Message.Builder message) {
        List<FieldDescriptor> fields = message.getDescriptorForType().getFields();
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
            case STRING -> text();
            case INT -> NUMBERS[random.nextInt(NUMBERS.length)];
            case LONG -> (long) NUMBERS[random.nextInt(NUMBERS.length)];
            case BOOLEAN -> random.nextBoolean();
            default -> throw new AssertionError("no such field yet: " + field.getFullName());
        };
    }

    private String text() {
        return TEXTS.get(random.nextInt(TEXTS.size()));
    }
}
