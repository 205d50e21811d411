package dev.staithe.cli.command;

import dev.staithe.cli.dev.Report;
import dev.staithe.cli.dev.Standalone;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.Progress;
import dev.staithe.cli.render.Words;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "down",
        description = "Stops the agent and the control plane. Containers keep running: the next `dev up` adopts them.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe dev down", "  staithe dev down --purge"})
final class DevDown implements Verb {
    @Mixin
    DevOptions options = new DevOptions();

    @Option(
            names = {"--purge", "--delete-data"},
            description = "Stop all tasks first; remove their containers, the data and the logs.")
    boolean purge;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            description = "How long tasks may take to stop with --purge (default: 2m).")
    String timeout = "2m";

    @Override
    public ExitCode run(Session session) {
        Duration limit = WaitOptions.parse("--timeout", timeout);
        Standalone standalone = options.standalone(session);
        Report before = standalone.report();
        int stopped = 0;
        try (Progress progress = DevOptions.progress(session)) {
            if (purge) {
                standalone.purge(limit, progress);
            } else {
                stopped = standalone.down(progress);
            }
        }
        String said = said(before, stopped);
        session.output().show(new TreeMap<>(Map.of("stopped", stopped, "purged", purge)), List.of(), () -> said);
        return ExitCode.OK;
    }

    private String said(Report before, int stopped) {
        if (purge) {
            return "Staithe is removed from " + before.directory();
        }
        return stopped == 0
                ? "Staithe does not run"
                : "Staithe is down: " + Words.count(stopped, "daemon")
                        + " stopped, containers keep running, data stays in " + before.directory();
    }
}
