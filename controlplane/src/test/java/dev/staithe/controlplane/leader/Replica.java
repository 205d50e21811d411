package dev.staithe.controlplane.leader;

import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Store;
import dev.staithe.controlplane.store.StoreEvent;
import dev.staithe.controlplane.store.StoreException;
import dev.staithe.proto.store.v1.LeaderRecord;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A candidate with a feed, as a control plane has it, that writes down what it is told. */
final class Replica implements LeaderElection.Listener, Store.Follower {
    /** {@code elected 5}, {@code demoted: why}, {@code leader a}, {@code leader nobody}. */
    final List<String> told = new CopyOnWriteArrayList<>();

    final List<Leadership> terms = new CopyOnWriteArrayList<>();
    final LeaderElection election;
    private final EventLoop loop;
    private final Store.Feed feed;
    private volatile boolean leading;

    Replica(String name, Store store, Environment environment, EventLoop loop, Duration lease) throws StoreException {
        this.loop = loop;
        this.election =
                new LeaderElection(new Candidate(name, name + ".example:7070", lease), store, environment, loop, this);
        this.feed = store.follow(store.load().revision(), this);
    }

    /** Between being elected and being demoted, as the listener was told. */
    boolean isLeading() {
        return leading;
    }

    Leadership lastTerm() {
        return terms.getLast();
    }

    void stopFollowing() {
        feed.close();
    }

    @Override
    public void changed(Batch batch) {
        for (StoreEvent event : batch.events()) {
            if (event.key().equals(Keys.LEADER)) {
                Optional<Entry> entry =
                        event instanceof StoreEvent.Put put ? Optional.of(put.entry()) : Optional.empty();
                loop.execute(() -> election.leaderKey(entry));
            }
        }
    }

    @Override
    public void restart(String why) {
        throw new AssertionError(why);
    }

    @Override
    public void elected(Leadership leadership) {
        loop.assertInLoop();
        leading = true;
        terms.add(leadership);
        told.add("elected " + leadership.epoch());
    }

    @Override
    public void demoted(String why) {
        loop.assertInLoop();
        leading = false;
        told.add("demoted: " + why);
    }

    @Override
    public void leaderChanged(Optional<LeaderRecord> leader) {
        loop.assertInLoop();
        told.add("leader " + leader.map(LeaderRecord::getNodeId).orElse("nobody"));
    }

    /** What it was told apart from the revisions. */
    List<String> story() {
        List<String> story = new ArrayList<>();
        told.forEach(line -> story.add(line.startsWith("elected ") ? "elected" : line));
        return story;
    }
}
