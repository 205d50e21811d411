package dev.staithe.cli.command;

import dev.staithe.cli.client.Address;
import dev.staithe.cli.dev.Report;
import dev.staithe.cli.dev.Standalone;
import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.Page;
import dev.staithe.cli.render.Progress;
import dev.staithe.cli.render.Words;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "up",
        description = "Starts a control plane and an agent here, and waits until both work. Twice changes nothing.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe dev up", "  staithe dev up --port 7171 --directory /srv/staithe"})
final class DevUp implements Verb {
    /** As wide as the longest of the commands that are proposed. */
    private static final int TYPED = "staithe run -p 8080 IMAGE".length();

    @Mixin
    DevOptions options = new DevOptions();

    @Option(names = "--port", paramLabel = "PORT", description = "The API's port (default: 7070).")
    @Nullable
    Integer port;

    @Option(names = "--timeout", paramLabel = "DURATION", description = "How long to wait (default: 60s).")
    String timeout = "60s";

    @Override
    public ExitCode run(Session session) {
        Duration limit = WaitOptions.parse("--timeout", timeout);
        if (port != null && (port < 1 || port > 65_535)) {
            throw CommandFailure.usage("--port: " + port + " (expected: 1-65535)");
        }
        Standalone standalone = options.standalone(session);
        boolean started;
        Duration took;
        try (Progress progress = DevOptions.progress(session)) {
            started = standalone.up(Optional.ofNullable(port), limit, progress);
            took = progress.elapsed();
        }
        Report report = standalone.report();
        session.output()
                .show(
                        DevStatus.values(report),
                        List.of(report.api()),
                        () -> text(report, started, took, options.again()));
        return ExitCode.OK;
    }

    /** @param directory the option to give to other {@code dev} commands for the same one; empty = none */
    static String text(Report report, boolean started, Duration took, String directory) {
        Page page = new Page(8);
        page.line(started ? "Staithe is up (" + Words.duration(took) + ")" : "Staithe runs already");
        page.whole("  API", List.of(report.api()));
        page.whole("  data", List.of(report.directory().toString()));
        page.whole(
                "  logs",
                report.daemons().stream().map(daemon -> daemon.log().toString()).toList());
        String down = "staithe dev down" + directory;
        page.whole(
                "  stop",
                List.of(down + " ".repeat(Math.max(0, TYPED - down.length()))
                        + "   (containers keep running; --purge removes all)"));
        page.whole("  try", List.of("staithe run -p 8080 IMAGE   (an image, as a service)", "staithe instance list"));
        if (!report.api().endsWith(":" + Address.DEFAULT_PORT)) {
            page.whole("  use", List.of("export STAITHE_SERVER=" + report.api()));
        }
        return page.toString();
    }
}
