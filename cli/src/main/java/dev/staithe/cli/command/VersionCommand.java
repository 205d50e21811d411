package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import picocli.CommandLine.Command;

@Command(
        name = "version",
        description = "Prints the version of the command line.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe version", "  staithe version -o json"})
final class VersionCommand implements Verb {
    @Override
    public ExitCode run(Session session) throws IOException {
        String version = version();
        String java = String.valueOf(Runtime.version());
        session.output()
                .show(
                        new TreeMap<>(Map.of("version", version, "java", java)),
                        List.of(version),
                        () -> "staithe " + version + " (Java " + java + ")");
        return ExitCode.OK;
    }

    static String version() throws IOException {
        Properties properties = new Properties();
        try (InputStream resource = VersionCommand.class.getResourceAsStream("/dev/staithe/cli/version.properties")) {
            if (resource != null) {
                properties.load(resource);
            }
        }
        return properties.getProperty("version", "unknown");
    }
}
