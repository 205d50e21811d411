package dev.staithe.cli.command;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.Redrawn;
import dev.staithe.cli.render.StatsView;
import dev.staithe.proto.v1.GetStatsRequest;
import dev.staithe.proto.v1.GetStatsResponse;
import dev.staithe.proto.v1.StatsGrpc;
import dev.staithe.proto.v1.TaskStats;
import dev.staithe.proto.v1.WatchStatsRequest;
import dev.staithe.runtime.Interrupt;
import java.time.Duration;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "top",
        description = {
            "Shows what tasks use, busiest first: on a terminal again and again until interrupted, in a pipe once.",
            "CPU is of one processor: 100%% is one whole. Network and disk count from the start of the container."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  staithe top",
            "  staithe top service/web --containers",
            "  staithe top --instance host-a --once -o json | jq '.tasks[].containers[].memoryBytes'"
        })
final class TopCommand implements Verb {
    private static final String SERVICE = "service/";
    private static final Duration LOOK_UP = Duration.ofMinutes(1);

    @Parameters(
            arity = "0..1",
            paramLabel = "WHAT",
            description = "service/NAME, or a task: SERVICE/N, or the id or a unique beginning of it (default: all).")
    String what = "";

    @Option(names = "--instance", paramLabel = "HOST", description = "Only the tasks on this container instance.")
    String instance = "";

    @Option(names = "--containers", description = "Show each container below its task.")
    boolean containers;

    @Option(names = "--once", description = "Show them once; also where the output is not a terminal.")
    boolean once;

    @Option(names = "--interval", paramLabel = "SECONDS", description = "Between two looks, 1-60 (default: 2).")
    int interval = 2;

    @Override
    public ExitCode run(Session session) {
        GetStatsRequest request = request(session);
        boolean live = session.screen().live() && session.output().forPeople() && !once;
        return live ? watch(session, request) : show(session, request);
    }

    private ExitCode show(Session session, GetStatsRequest request) {
        GetStatsResponse seen = session.controlPlane().call(StatsGrpc::newBlockingStub, api -> api.get(request));
        session.output()
                .show(
                        seen,
                        seen.getTasksList().stream().map(TaskStats::getTaskId).toList(),
                        () -> StatsView.table(seen, containers));
        return ExitCode.OK;
    }

    @SuppressWarnings("try") // Opened, not used: it is there while it is open.
    private ExitCode watch(Session session, GetStatsRequest request) {
        WatchStatsRequest watched = WatchStatsRequest.newBuilder()
                .setWhat(request)
                .setIntervalSeconds(interval)
                .build();
        Redrawn screen = new Redrawn(session.screen().out());
        try (Interrupt ignored = Interrupt.endsWell();
                Following<WatchStatsRequest, GetStatsResponse> stream =
                        new Following<>(session.controlPlane(), StatsGrpc.getWatchMethod(), () -> watched)) {
            while (true) {
                stream.next(LOOK_UP).ifPresent(seen -> screen.draw(StatsView.table(seen, containers)));
            }
        }
    }

    private GetStatsRequest request(Session session) {
        if (Stream.of(what, instance).allMatch(given -> !given.isEmpty())) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--instance goes without " + what, "staithe top --instance " + instance);
        }
        GetStatsRequest.Builder request =
                GetStatsRequest.newBuilder().setCluster(session.cluster()).setContainerInstance(instance);
        boolean service =
                what.startsWith(SERVICE) && !what.substring(SERVICE.length()).matches("\\d+");
        if (service) {
            request.setService(
                    Lookup.service(session, what.substring(SERVICE.length())).getServiceName());
        } else if (!what.isEmpty()) {
            request.setTask(Lookup.taskId(session, what));
        }
        return request.build();
    }
}
