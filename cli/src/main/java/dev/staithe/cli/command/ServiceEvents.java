package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.Words;
import dev.staithe.proto.v1.EventsGrpc;
import dev.staithe.proto.v1.ListEventsRequest;
import dev.staithe.proto.v1.ListEventsResponse;
import dev.staithe.proto.v1.ServiceEvent;
import dev.staithe.proto.v1.WatchEventsRequest;
import dev.staithe.runtime.Interrupt;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "events",
        description = "Shows what happened to a service, the oldest first.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe service events web", "  staithe service events web -f"})
final class ServiceEvents implements Verb {
    private static final Duration LOOK_UP = Duration.ofMinutes(1);

    @Parameters(paramLabel = "NAME", description = "The service.")
    String name = "";

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with new events until interrupted.")
    boolean follow;

    @Override
    public ExitCode run(Session session) {
        return follow ? follow(session) : list(session);
    }

    private ExitCode list(Session session) {
        ListEventsRequest request = ListEventsRequest.newBuilder()
                .setCluster(session.cluster())
                .setService(name)
                .build();
        ListEventsResponse response =
                session.controlPlane().call(EventsGrpc::newBlockingStub, api -> api.list(request));
        List<ServiceEvent> newestFirst = response.getEventsList();
        session.output()
                .show(
                        response,
                        newestFirst.stream().map(ServiceEvent::getId).toList(),
                        () -> newestFirst.isEmpty()
                                ? "service " + name + " has no events"
                                : newestFirst.reversed().stream()
                                        .map(ServiceEvents::line)
                                        .collect(Collectors.joining("\n")));
        return ExitCode.OK;
    }

    /** Another control plane tells them all again: what was told is passed over. */
    @SuppressWarnings("try") // Opened, not used: it is there while it is open.
    private ExitCode follow(Session session) {
        WatchEventsRequest request = WatchEventsRequest.newBuilder()
                .setCluster(session.cluster())
                .setService(name)
                .build();
        Set<String> told = new HashSet<>();
        try (Interrupt ignored = Interrupt.endsWell();
                Following<WatchEventsRequest, ServiceEvent> stream =
                        new Following<>(session.controlPlane(), EventsGrpc.getWatchMethod(), () -> request)) {
            while (true) {
                stream.next(LOOK_UP)
                        .filter(event -> told.add(event.getId()))
                        .ifPresent(event -> session.output().showLine(event, event.getId(), () -> line(event)));
            }
        }
    }

    private static String line(ServiceEvent event) {
        return Words.time(event.getCreatedAt()) + "  " + event.getMessage();
    }
}
