package dev.staithe.cli.command;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.proto.v1.KeyValuePair;
import java.util.List;

/** Variables for a container, as users type them. */
final class Variables {
    private Variables() {}

    /** Parses "NAME=VALUE" of the option. */
    static List<KeyValuePair> parse(String option, List<String> texts) {
        return texts.stream().map(text -> parse(option, text)).toList();
    }

    private static KeyValuePair parse(String option, String text) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw CommandFailure.usage(option + ": " + text + " (expected: NAME=VALUE)");
        }
        return KeyValuePair.newBuilder()
                .setName(text.substring(0, equals))
                .setValue(text.substring(equals + 1))
                .build();
    }
}
