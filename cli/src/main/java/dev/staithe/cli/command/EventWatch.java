package dev.staithe.cli.command;

import dev.staithe.cli.client.Refusal;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.ClusterEventView;
import dev.staithe.proto.v1.ClusterEvent;
import dev.staithe.proto.v1.EventsGrpc;
import dev.staithe.proto.v1.WatchClusterRequest;
import dev.staithe.runtime.Interrupt;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "watch",
        description = "Shows what happens in a cluster from now on, one line for each event, until interrupted.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  staithe event watch",
            "  staithe event watch --type service,deployment",
            "  staithe event watch --service web -o json | jq .detail"
        })
final class EventWatch implements Verb {
    private static final Duration LOOK_UP = Duration.ofMinutes(1);
    private static final String GONE = "EVENTS_GONE";

    /** How users name the types that ECS gives long names. */
    enum Type {
        task("ECS Task State Change"),
        instance("ECS Container Instance State Change"),
        service("ECS Service Action"),
        deployment("ECS Deployment State Change"),
        command("Staithe Command Execution");

        private final String detailType;

        Type(String detailType) {
            this.detailType = detailType;
        }
    }

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            split = ",",
            description = "Only these: ${COMPLETION-CANDIDATES} (default: all).")
    List<Type> types = List.of();

    @Option(names = "--service", paramLabel = "NAME", description = "Only what concerns this service.")
    String service = "";

    private String last = "";

    /** Goes on from the last event when it has to ask another control plane, which knows the same events. */
    @Override
    @SuppressWarnings("try") // Opened, not used: it is there while it is open.
    public ExitCode run(Session session) {
        ClusterEventView view = new ClusterEventView(session.screen().colour());
        try (Interrupt ignored = Interrupt.endsWell();
                Following<WatchClusterRequest, ClusterEvent> stream = new Following<>(
                        session.controlPlane(), EventsGrpc.getWatchClusterMethod(), () -> request(session))) {
            while (true) {
                try {
                    stream.next(LOOK_UP).ifPresent(event -> show(session, view, event));
                } catch (Refusal refusal) {
                    if (!refusal.error().reason().equals(GONE)) {
                        throw refusal;
                    }
                    session.screen()
                            .err()
                            .println("note: some events may be missing here: the control plane does not know what"
                                    + " happened after event " + last + "; see `staithe service list"
                                    + session.clusterOption() + "` for how things are");
                    last = "";
                    stream.reopen();
                }
            }
        }
    }

    private WatchClusterRequest request(Session session) {
        return WatchClusterRequest.newBuilder()
                .setCluster(session.cluster())
                .addAllDetailTypes(types.stream().map(type -> type.detailType).toList())
                .setService(service)
                .setAfter(last)
                .build();
    }

    private void show(Session session, ClusterEventView view, ClusterEvent event) {
        last = event.getId();
        // Without a type it only says from where to go on.
        if (!event.getDetailType().isEmpty()) {
            session.output().showLine(event, event.getId(), () -> view.line(event));
        }
    }
}
