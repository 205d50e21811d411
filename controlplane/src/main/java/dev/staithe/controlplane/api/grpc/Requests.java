package dev.staithe.controlplane.api.grpc;

import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.proto.v1.Failure;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Rules that every read follows, and the small messages that many share. */
final class Requests {
    private Requests() {}

    /** That a Describe names something, and not too much. */
    static void checkNames(String field, List<String> names, String what, int most) throws IntentException {
        if (names.isEmpty()) {
            throw IntentException.invalid(field, what + " cannot be empty.");
        }
        checkMost(field, names, most);
    }

    static void checkMost(String field, List<String> names, int most) throws IntentException {
        if (names.size() > most) {
            throw IntentException.invalid(field, names.size() + " names (expected: at most " + most + ")");
        }
    }

    /** The value, or the first of the choices when it is empty. */
    static String choice(String field, String value, String... choices) throws IntentException {
        if (value.isEmpty()) {
            return choices[0];
        }
        Set<String> known = new TreeSet<>(List.of(choices));
        known.remove("");
        if (!known.contains(value)) {
            throw IntentException.invalid(
                    field, IntentException.shown(value) + " (expected: " + String.join(", ", known) + ")");
        }
        return value;
    }

    static Failure missing(String resource) {
        return Failure.newBuilder().setResource(resource).setReason("MISSING").build();
    }

    static com.google.protobuf.Timestamp timestamp(long millis) {
        Instant instant = Instant.ofEpochMilli(millis);
        return com.google.protobuf.Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }
}
