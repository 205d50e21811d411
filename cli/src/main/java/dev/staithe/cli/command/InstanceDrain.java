package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.Words;
import dev.staithe.proto.v1.ContainerInstance;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "drain",
        description = {
            "Takes a host out of service: no new tasks, those of services are replaced on other hosts, between the"
                    + " bounds of each service. Standalone tasks stay.",
            "It lasts until `staithe instance activate`."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  staithe instance drain host-a --wait", "  staithe instance drain host-a --wait --timeout 30m"})
final class InstanceDrain implements Verb {
    @Parameters(paramLabel = "HOST", description = "The host's name, or the id or a unique beginning of it.")
    String name = "";

    @Option(names = "--wait", description = "Wait until no task of a service is left on it.")
    boolean wait;

    @Option(names = "--timeout", paramLabel = "DURATION", description = "How long to wait (default: 10m).")
    String timeout = "10m";

    @Override
    public ExitCode run(Session session) {
        Duration limit = WaitOptions.parse("--timeout", timeout);
        ContainerInstance host = HostState.set(session, name, "DRAINING");
        String shown = host.getHostName();
        if (wait) {
            HostTasks left = new DrainWait(session, host, limit).untilDrained();
            session.output()
                    .show(host, List.of(shown), () -> "host " + shown + " is drained" + standalone(left.standalone()));
        } else {
            session.output()
                    .show(
                            host,
                            List.of(shown),
                            () -> "host " + shown + " is DRAINING; `staithe instance drain " + shown + " --wait"
                                    + session.clusterOption() + "` waits until no task of a service is left on it");
        }
        return ExitCode.OK;
    }

    private static String standalone(int tasks) {
        return tasks == 0 ? "" : "; " + Words.count(tasks, "standalone task") + (tasks == 1 ? " stays" : " stay");
    }
}
