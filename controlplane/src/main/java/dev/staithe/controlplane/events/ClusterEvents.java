package dev.staithe.controlplane.events;

import dev.staithe.controlplane.events.ClusterEvent.Subject;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.state.StateReplica;
import dev.staithe.controlplane.store.Batch;
import dev.staithe.runtime.Time;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.pcollections.TreePMap;

/**
 * The newest events of all clusters, as one replica derives them from the feed it follows.
 *
 * <p>Written on the control loop, read by any thread. Soft state: it begins where the state was loaded, and whoever wants
 * to go on from before that is told so. Events are never waited for: the oldest make room.
 */
public final class ClusterEvents implements StateReplica.Listener {
    /** Enough for a client to come back after a fail-over; each holds on to the state that it happened in. */
    static final int MOST_KEPT = 4096;

    private final Time time;
    private final List<Runnable> subscribers = new CopyOnWriteArrayList<>();
    private volatile Kept kept = new Kept(TreePMap.empty(), Position.behind(0), Position.behind(0));

    public ClusterEvents(Time time) {
        this.time = time;
    }

    /**
     * The events at one moment.
     *
     * @param from everything behind this position is there
     * @param to nothing is known behind this position
     */
    private record Kept(TreePMap<Position, ClusterEvent> events, Position from, Position to) {}

    /** What there is behind a position. */
    public sealed interface Later {
        /**
         * All of it, the oldest first.
         *
         * @param upTo nothing is known yet behind this position
         */
        record Events(Collection<ClusterEvent> events, Position upTo) implements Later {}

        /** Some of it is not kept any more, or happened before this replica had its state. */
        record Gone(Position from) implements Later {}
    }

    /** Where the stream ends now. */
    public Position end() {
        return kept.to();
    }

    /** Everything that happened behind the position. */
    public Later after(Position position) {
        Kept now = kept;
        return position.compareTo(now.from()) < 0
                ? new Later.Gone(now.from())
                : new Later.Events(now.events().tailMap(position, false).values(), now.to());
    }

    /** Says, on the control loop, that there is something new; must not block. */
    public AutoCloseable subscribe(Runnable subscriber) {
        subscribers.add(subscriber);
        return () -> subscribers.remove(subscriber);
    }

    /**
     * Adds what is not in the state and never was: something that this replica did or saw. It is in this replica's stream alone.
     * On the control loop.
     *
     * <p>INVARIANT: positions of notes are not given out twice, by whichever leader: a leader notes nothing before its barrier
     * is in the state, and that has a later revision than all at which the one before it noted anything.
     */
    public void note(Subject subject, ClusterState state) {
        ClusterEvent event = new ClusterEvent(kept.to().noted(), time.now().toEpochMilli(), subject, state);
        kept = with(List.of(event), event.position());
        subscribers.forEach(Runnable::run);
    }

    @Override
    public void changed(ClusterState before, ClusterState after, Batch batch) {
        List<ClusterEvent> news = Derivation.of(before, after, batch, time.now().toEpochMilli());
        kept = with(news, Position.behind(after.revision()));
        if (!news.isEmpty()) {
            subscribers.forEach(Runnable::run);
        }
    }

    /** What is kept now, and these; the oldest make room. */
    private Kept with(List<ClusterEvent> news, Position upTo) {
        TreePMap<Position, ClusterEvent> events = kept.events();
        Position from = kept.from();
        for (ClusterEvent event : news) {
            events = events.plus(event.position(), event);
        }
        while (events.size() > MOST_KEPT) {
            from = events.firstKey();
            events = events.minus(from);
        }
        return new Kept(events, from, upTo);
    }

    /** What happened between the last state and this one is not known. */
    @Override
    public void reset(ClusterState after) {
        Position here = Position.behind(after.revision());
        kept = new Kept(TreePMap.empty(), here, here);
        subscribers.forEach(Runnable::run);
    }
}
