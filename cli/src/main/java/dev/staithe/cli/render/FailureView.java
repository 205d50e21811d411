package dev.staithe.cli.render;

import dev.staithe.proto.v1.Failure;
import java.util.List;

/** Failures beside a result, for people. */
public final class FailureView {
    private FailureView() {}

    /** One line for each thing that could not be done. */
    public static String text(List<Failure> failures) {
        Table table = new Table("WHAT", "REASON", "DETAIL");
        failures.forEach(failure -> table.row(failure.getResource(), failure.getReason(), failure.getDetail()));
        return table.orElse("no container instance is registered");
    }
}
