package dev.staithe.cli.command;

import dev.staithe.cli.dev.Report;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.Page;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "status",
        description = "Names each daemon's process, port, directories and health. Exits with 8 when the control plane"
                + " does not answer, with 1 when only the agent does not work.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe dev status", "  staithe dev status -o json"})
final class DevStatus implements Verb {
    @Mixin
    DevOptions options = new DevOptions();

    @Override
    public ExitCode run(Session session) {
        Report report = options.standalone(session).report();
        session.output()
                .show(
                        values(report),
                        report.daemons().stream().map(Report.Part::name).toList(),
                        () -> text(report));
        if (!report.serving()) {
            return ExitCode.UNREACHABLE;
        }
        return report.healthy() ? ExitCode.OK : ExitCode.ERROR;
    }

    private static String text(Report report) {
        Page page = new Page(14);
        page.line("Staithe in " + report.directory() + ", API at " + report.api());
        for (Report.Part daemon : report.daemons()) {
            page.gap();
            page.line(daemon.name() + ": " + daemon.health());
            page.field("  process", daemon.pid() == 0 ? "none" : String.valueOf(daemon.pid()));
            page.whole("  config", List.of(daemon.config().toString()));
            page.whole("  data", List.of(daemon.data().toString()));
            page.whole("  log", List.of(daemon.log().toString()));
        }
        if (!report.healthy()) {
            page.gap();
            page.line("start what is missing with `staithe dev up`");
        }
        return page.toString();
    }

    /** The report for scripts. */
    static Map<String, Object> values(Report report) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("healthy", report.healthy());
        values.put("api", report.api());
        values.put("directory", report.directory().toString());
        values.put("daemons", report.daemons().stream().map(DevStatus::values).toList());
        return values;
    }

    private static Map<String, Object> values(Report.Part daemon) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("name", daemon.name());
        values.put("running", daemon.pid() != 0);
        values.put("pid", daemon.pid());
        values.put("health", daemon.health());
        values.put("config", daemon.config().toString());
        values.put("dataDirectory", daemon.data().toString());
        values.put("log", daemon.log().toString());
        return values;
    }
}
