package dev.staithe.controlplane.api.grpc;

import dev.staithe.controlplane.events.ClusterEvent;
import dev.staithe.controlplane.events.ClusterEvents;
import dev.staithe.controlplane.events.ClusterEvents.Later;
import dev.staithe.controlplane.events.Position;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.WatchClusterRequest;
import java.util.List;
import java.util.Optional;

/**
 * Sends one watcher the events that it asked for. Nothing queues up for a slow one: it reads on from where it is, until that
 * is not kept any more, and is told so.
 *
 * <p>A watcher always knows from where to go on: it is sent a bookmark at the beginning, and another one when much went by
 * that it did not ask for.
 */
final class ClusterEventsWatch implements Pushing.Work {
    /** Well below what is kept. */
    private static final int MOST_SKIPPED = 500;

    private final View view;
    private final ClusterEvents events;
    private final WatchClusterRequest request;
    private final Pushing.Push<dev.staithe.proto.v1.ClusterEvent> push;
    private Optional<Position> last = Optional.empty();
    private String cluster = "";
    private int skipped;

    ClusterEventsWatch(
            View view,
            ClusterEvents events,
            WatchClusterRequest request,
            Pushing.Push<dev.staithe.proto.v1.ClusterEvent> push) {
        this.view = view;
        this.events = events;
        this.request = request;
        this.push = push;
    }

    @Override
    public void push() throws IntentException {
        Position position = last.isPresent() ? last.get() : begin();
        switch (events.after(position)) {
            case Later.Gone gone -> throw gone(position, gone.from());
            case Later.Events later -> send(later, position);
        }
    }

    /** Checks the request, and says where the stream begins. */
    private Position begin() throws IntentException {
        ClusterState state = view.current();
        cluster = View.cluster(state, request.getCluster());
        for (int i = 0; i < request.getDetailTypesCount(); i++) {
            if (!EventMessages.TYPES.contains(request.getDetailTypes(i))) {
                throw IntentException.invalid(
                        "detailTypes[" + i + "]",
                        IntentException.shown(request.getDetailTypes(i)) + " (expected: "
                                + String.join(", ", EventMessages.TYPES) + ")");
            }
        }
        if (!request.getService().isEmpty()) {
            View.service(state, cluster, request.getService());
        }
        Position begin = request.getAfter().isEmpty()
                ? events.end()
                : Position.parse(request.getAfter())
                        .orElseThrow(() -> IntentException.invalid(
                                "after",
                                IntentException.shown(request.getAfter()) + " (expected: the id of an event)"));
        bookmark(begin);
        return begin;
    }

    private void send(Later.Events later, Position from) {
        Position position = from;
        for (ClusterEvent event : later.events()) {
            if (!wanted(event.subject())) {
                skipped++;
            } else if (push.ready()) {
                push.send(EventMessages.of(event));
                skipped = 0;
            } else {
                return;
            }
            position = event.position();
            last = Optional.of(position);
        }
        if (skipped > MOST_SKIPPED && push.ready()) {
            bookmark(position);
        }
    }

    private boolean wanted(ClusterEvent.Subject subject) {
        List<String> types = request.getDetailTypesList();
        return subject.cluster().equals(cluster)
                && (types.isEmpty() || types.contains(EventMessages.type(subject)))
                && (request.getService().isEmpty() || subject.service().equals(Optional.of(request.getService())));
    }

    private void bookmark(Position position) {
        push.send(EventMessages.bookmark(position));
        skipped = 0;
        last = Optional.of(position);
    }

    private static IntentException gone(Position wanted, Position from) {
        return IntentException.of(
                Reason.EVENTS_GONE,
                "after: event " + wanted + " is not kept any more, or from before this control plane loaded its state"
                        + " (this control plane knows what happened after " + from
                        + "; look at things as they are now, and watch without after)");
    }
}
