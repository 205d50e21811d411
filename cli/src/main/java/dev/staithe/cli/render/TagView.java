package dev.staithe.cli.render;

import dev.staithe.proto.v1.Tag;
import java.util.List;
import java.util.stream.Collectors;

/** Tags for people. */
public final class TagView {
    private TagView() {}

    /** All of them in one line; empty when there are none. */
    public static String line(List<Tag> tags) {
        return tags.stream().map(tag -> tag.getKey() + "=" + tag.getValue()).collect(Collectors.joining(", "));
    }

    /** One line for each. */
    public static String table(List<Tag> tags) {
        Table table = new Table("TAG", "VALUE");
        tags.forEach(tag -> table.row(tag.getKey(), tag.getValue()));
        return table.orElse("no tags");
    }
}
