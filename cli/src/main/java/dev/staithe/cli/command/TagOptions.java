package dev.staithe.cli.command;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.proto.v1.Tag;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Tags for what is made. */
final class TagOptions {
    @Option(names = "--tag", paramLabel = "KEY=VALUE", description = "A tag; may be given again.")
    List<String> tags = new ArrayList<>();

    List<Tag> tags() {
        return parse("--tag", tags);
    }

    /** Parses "KEY=VALUE" of the option. */
    static List<Tag> parse(String option, List<String> texts) {
        return texts.stream().map(text -> tag(option, text)).toList();
    }

    private static Tag tag(String option, String text) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw CommandFailure.usage(option + ": " + text + " (expected: KEY=VALUE)");
        }
        return Tag.newBuilder()
                .setKey(text.substring(0, equals))
                .setValue(text.substring(equals + 1))
                .build();
    }
}
