package dev.staithe.cli.command;

import dev.staithe.cli.dev.Layout;
import dev.staithe.cli.dev.Standalone;
import dev.staithe.cli.render.Progress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which standalone Staithe is meant. */
final class DevOptions {
    @Option(
            names = "--directory",
            paramLabel = "DIRECTORY",
            description = "Where configuration, data and logs are (default: /var/lib/staithe/dev for root,"
                    + " ~/.local/state/staithe/dev for others).")
    @Nullable
    Path directory;

    Standalone standalone(Session session) {
        Layout layout = directory == null ? Layout.usual(session.variables()) : new Layout(directory);
        return new Standalone(layout, session.variables(), session.environment().time());
    }

    /** How to name the same one in another command: " --directory DIRECTORY", or nothing. */
    String again() {
        return directory == null ? "" : " --directory " + directory;
    }

    static Progress progress(Session session) {
        return new Progress(
                session.notes(), session.screen().live(), session.environment().time(), "staithe dev");
    }
}
