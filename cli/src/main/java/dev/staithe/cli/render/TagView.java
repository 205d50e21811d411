package dev.staithe.cli.render;

import dev.staithe.proto.v1.Tag;
import java.util.List;

/** Tags for people. */
public final class TagView {
    private TagView() {}

    /** One line for each. */
    public static String table(List<Tag> tags) {
        Table table = new Table("TAG", "VALUE");
        tags.forEach(tag -> table.row(tag.getKey(), tag.getValue()));
        return table.orElse("no tags");
    }
}
