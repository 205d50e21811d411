package dev.staithe.cli.render;

import dev.staithe.proto.v1.ProtectedTask;
import java.util.List;

/** The protection of tasks for people. */
public final class ProtectionView {
    private ProtectionView() {}

    /** One line for each task. */
    public static String table(List<ProtectedTask> tasks) {
        Table table = new Table("TASK", "PROTECTED UNTIL");
        tasks.forEach(task -> table.row(
                Words.shortId(task.getTaskId()),
                task.getProtectionEnabled() ? Words.time(task.getExpirationDate()) : "-"));
        return table.orElse("");
    }
}
