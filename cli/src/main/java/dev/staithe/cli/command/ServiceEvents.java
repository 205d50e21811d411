package dev.staithe.cli.command;

import dev.staithe.cli.client.Inbox;
import dev.staithe.cli.client.Refusal;
import dev.staithe.cli.client.StreamEvent;
import dev.staithe.cli.client.Subscription;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.Words;
import dev.staithe.proto.v1.EventsGrpc;
import dev.staithe.proto.v1.ListEventsRequest;
import dev.staithe.proto.v1.ListEventsResponse;
import dev.staithe.proto.v1.ServiceEvent;
import dev.staithe.proto.v1.WatchEventsRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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

    @SuppressWarnings("try") // Opened, not used: what it brings is in the inbox.
    private ExitCode follow(Session session) {
        WatchEventsRequest request = WatchEventsRequest.newBuilder()
                .setCluster(session.cluster())
                .setService(name)
                .build();
        Inbox<StreamEvent<ServiceEvent>> inbox = new Inbox<>();
        try (Subscription ignored = session.controlPlane().open(EventsGrpc.getWatchMethod(), request, inbox::put)) {
            while (true) {
                Optional<StreamEvent<ServiceEvent>> next = inbox.take(LOOK_UP);
                if (next.isEmpty()) {
                    continue;
                }
                switch (next.get()) {
                    case StreamEvent.Item<ServiceEvent> item ->
                        session.output().showLine(item.message(), item.message().getId(), () -> line(item.message()));
                    case StreamEvent.Ended<ServiceEvent> ended -> {
                        return ExitCode.OK;
                    }
                    case StreamEvent.Broken<ServiceEvent> broken ->
                        throw new Refusal(broken.error(), session.controlPlane().address(), null);
                }
            }
        }
    }

    private static String line(ServiceEvent event) {
        return Words.time(event.getCreatedAt()) + "  " + event.getMessage();
    }
}
