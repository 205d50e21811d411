package dev.staithe.controlplane.api.grpc;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.ListValue;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import java.time.Instant;
import java.util.List;

/**
 * Messages of the API as values without a schema, under their names in JSON. Unlike in protobuf's own JSON form, whole
 * numbers of 64 bits are numbers, as ECS writes them.
 */
final class Structs {
    private Structs() {}

    /** Every field that the message can be asked for, zeros included; messages and optional fields when they are set. */
    static Struct.Builder of(Message message) {
        Struct.Builder struct = Struct.newBuilder();
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (!field.hasPresence() || message.hasField(field)) {
                struct.putFields(field.getJsonName(), field(field, message.getField(field)));
            }
        }
        return struct;
    }

    static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    static Value time(Timestamp time) {
        return text(Instant.ofEpochSecond(time.getSeconds(), time.getNanos()).toString());
    }

    static Value number(long number) {
        return Value.newBuilder().setNumberValue((double) number).build();
    }

    private static Value field(FieldDescriptor field, Object value) {
        if (!field.isRepeated()) {
            return value(value);
        }
        ListValue.Builder list = ListValue.newBuilder();
        ((List<?>) value).forEach(element -> list.addValues(value(element)));
        return Value.newBuilder().setListValue(list).build();
    }

    private static Value value(Object value) {
        return switch (value) {
            case Timestamp time -> time(time);
            case Message message ->
                Value.newBuilder().setStructValue(of(message)).build();
            case Boolean truth -> Value.newBuilder().setBoolValue(truth).build();
            case Number number ->
                Value.newBuilder().setNumberValue(number.doubleValue()).build();
            default -> text(value.toString());
        };
    }
}
