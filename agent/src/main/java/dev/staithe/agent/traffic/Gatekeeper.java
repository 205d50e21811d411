package dev.staithe.agent.traffic;

import dev.staithe.agent.model.HostPort;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which ports of this host are refused, and for which tasks: the only user of the {@link ConnectionGate}.
 *
 * <p>The gate is always told the complete set, so that nothing stays that an earlier agent left, and changes that are wanted
 * while one is under way are one. Soft state: a new agent draws the set from its tasks. Confined to the loop.
 */
public final class Gatekeeper {
    private static final Logger LOG = LoggerFactory.getLogger(Gatekeeper.class);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LAST_RETRY = Duration.ofSeconds(30);

    private final Environment environment;
    private final EventLoop loop;
    private final ConnectionGate gate;
    private final Looks looks;
    private final TreeMap<String, SortedSet<HostPort>> wanted = new TreeMap<>();
    private final List<Waiting> waiting = new ArrayList<>();
    private final List<Consumer<Boolean>> expecting = new ArrayList<>();
    private boolean works;
    private boolean begun;
    private boolean applying;
    private long wantedVersion;
    private long appliedVersion;
    private int failures;

    /** Who is told once the gate is as was wanted then; the impatient are told also when it cannot be. */
    private record Waiting(long version, boolean impatient, Runnable then) {}

    public Gatekeeper(Environment environment, EventLoop loop, ConnectionGate gate) {
        this.environment = environment;
        this.loop = loop;
        this.gate = gate;
        this.looks = new Looks(environment, loop, gate);
    }

    /**
     * Begins to bring the gate to what these tasks need; all else that an earlier agent left is gone then.
     *
     * @param draining tasks that were draining when the last agent ended, with their ports
     */
    public void begin(SortedMap<String, SortedSet<HostPort>> draining) {
        environment.effects().run(loop, gate::works, outcome -> {
            works = outcome instanceof Outcome.Done<Boolean> done && done.value();
            if (works) {
                draining.forEach((task, ports) -> wanted.put(task, new TreeSet<>(ports)));
                wantedVersion++;
            }
            waitFor(true, () -> {
                begun = true;
                expecting.forEach(ready -> ready.accept(works));
                expecting.clear();
            });
        });
    }

    /** Says whether connections can be refused on this host, once the gate is as it should be at the start. */
    public void whenReady(Consumer<Boolean> ready) {
        if (begun) {
            ready.accept(works);
        } else {
            expecting.add(ready);
        }
    }

    /** Refuses new connections to these ports, and says when that is in effect, or that it cannot be now. */
    public void refuse(String taskId, SortedSet<HostPort> ports, Runnable then) {
        if (works && !ports.equals(wanted.put(taskId, new TreeSet<>(ports)))) {
            wantedVersion++;
        }
        waitFor(true, then);
    }

    /** Lets go of the task's ports, and says when that is in effect: they are free for their next owner. */
    public void release(String taskId, Runnable then) {
        if (wanted.remove(taskId) != null) {
            wantedVersion++;
        }
        waitFor(false, then);
    }

    /**
     * Counts connections now, or once the count that is under way has ended.
     *
     * @param listeners each with the process of its container
     * @param then told how many there are; empty when one of the containers cannot be looked into
     */
    public void count(List<Listening> listeners, Consumer<OptionalInt> then) {
        looks.count(listeners, then);
    }

    /**
     * Has a task that has connections look again, together with all others that do: after 50 ms, or later when looking takes
     * long, at most 1 s.
     *
     * @param look calls {@link #count}
     */
    public EventLoop.Timer again(Runnable look) {
        return looks.again(look);
    }

    private void waitFor(boolean impatient, Runnable then) {
        if (appliedVersion == wantedVersion || (impatient && failures > 0)) {
            loop.execute(then);
            return;
        }
        waiting.add(new Waiting(wantedVersion, impatient, then));
        if (!applying) {
            apply();
        }
    }

    private void apply() {
        applying = true;
        long version = wantedVersion;
        TreeMap<HostPort, String> ports = new TreeMap<>();
        wanted.forEach((task, own) -> own.forEach(port -> ports.put(port, task)));
        environment
                .effects()
                .run(
                        loop,
                        () -> {
                            gate.refuse(ports);
                            return version;
                        },
                        this::applied);
    }

    private void applied(Outcome<Long> outcome) {
        switch (outcome) {
            case Outcome.Done<Long> done -> {
                applying = false;
                failures = 0;
                appliedVersion = done.value();
                tell(w -> w.version() <= appliedVersion);
                if (wantedVersion > appliedVersion && !applying) {
                    apply();
                }
            }
            case Outcome.Failed<Long> failed -> {
                Duration delay = FIRST_RETRY.multipliedBy(1L << Math.min(failures++, 5));
                Duration next = delay.compareTo(LAST_RETRY) < 0 ? delay : LAST_RETRY;
                LOG.atWarn()
                        .addKeyValue("cause", String.valueOf(failed.cause().getMessage()))
                        .log("the host's firewall was not changed; trying again in {} s", next.toSeconds());
                loop.after(next, this::apply);
                tell(Waiting::impatient);
            }
        }
    }

    private void tell(Predicate<Waiting> which) {
        List<Waiting> told = waiting.stream().filter(which).toList();
        waiting.removeAll(told);
        told.forEach(w -> w.then().run());
    }
}
