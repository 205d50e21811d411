package dev.staithe.agent.task;

import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.model.HostPort;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.reconcile.Step;
import dev.staithe.agent.reconcile.Traffic;
import dev.staithe.agent.traffic.Listening;
import dev.staithe.runtime.EventLoop;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Has the ports of one task refused, looks at its connections while they last, and has the ports released.
 *
 * <p>Soft state: after a restart it begins anew, and of the draining time what has passed counts. The time is measured by
 * this process: a clock that is set meanwhile neither ends it nor makes it longer. Confined to the loop.
 */
final class Draining {
    /** The second quiet look ends the wait: a task with nothing to do is not to wait for long. */
    private static final Duration AFTER_A_QUIET_LOOK = Duration.ofMillis(50);

    /** Where the connections cannot be seen: that may change only with the container. */
    private static final Duration BETWEEN_BLIND_LOOKS = Duration.ofSeconds(1);

    private final Tools tools;
    private final TaskLog log;
    private final Runnable changed;
    private Traffic traffic = Traffic.UNKNOWN;
    private SortedSet<HostPort> refused = new TreeSet<>();
    private List<Listening> listening = List.of();
    private OptionalInt connections = OptionalInt.empty();
    private boolean draining;
    private boolean releasing;
    private Duration before = Duration.ZERO;
    private long since;
    private EventLoop.@Nullable Timer look;

    /**
     * Nothing is done yet.
     *
     * @param changed called when something was seen after which the task may go on
     */
    Draining(Tools tools, TaskLog log, Runnable changed) {
        this.tools = tools;
        this.log = log;
        this.changed = changed;
    }

    /** What is known now. */
    Traffic traffic() {
        return draining
                ? new Traffic(traffic.answered(), traffic.quietLooks(), drained(), traffic.released())
                : traffic;
    }

    private Duration drained() {
        return before.plusNanos(tools.environment().time().nanos() - since);
    }

    /** Drains, and goes on draining when it does already. */
    void drain(LocalTask task, Step.Drain step) {
        if (!draining) {
            draining = true;
            since = tools.environment().time().nanos();
            Instant entered = Instant.ofEpochMilli(task.progress().times().deactivatingAt());
            Duration passed =
                    Duration.between(entered, tools.environment().time().now());
            before = passed.isNegative() ? Duration.ZERO : passed;
        }
        listening = step.listeners().stream()
                .map(l -> new Listening(
                        l,
                        tools.sightings()
                                .of(l.id())
                                .map(ContainerView::presence)
                                .map(ContainerView.Presence::pid)
                                .orElse(0)))
                .toList();
        if (!step.refused().equals(refused)) {
            refused = step.refused();
            tools.gatekeeper().refuse(task.taskId(), refused, this::answered);
        }
    }

    private void answered() {
        if (draining && !traffic.answered()) {
            traffic = new Traffic(true, 0, Duration.ZERO, false);
            look();
            changed.run();
        }
    }

    private void look() {
        look = null;
        if (draining && !listening.isEmpty()) {
            tools.gatekeeper().count(listening, this::seen);
        }
    }

    private void seen(OptionalInt found) {
        if (!draining) {
            return;
        }
        connections = found;
        boolean quiet = found.isPresent() && found.getAsInt() == 0;
        traffic = new Traffic(true, quiet ? traffic.quietLooks() + 1 : 0, Duration.ZERO, false);
        look = nextLook();
        if (quiet) {
            changed.run();
        }
    }

    private EventLoop.Timer nextLook() {
        if (connections.isEmpty()) {
            return tools.loop().after(BETWEEN_BLIND_LOOKS, this::look);
        }
        return traffic.quietLooks() > 0
                ? tools.loop().after(AFTER_A_QUIET_LOOK, this::look)
                : tools.gatekeeper().again(this::look);
    }

    /** The task goes on to its end: nothing is looked at any more. What is refused stays refused until it is released. */
    void over() {
        if (!draining) {
            return;
        }
        log.drained(drained(), connections);
        draining = false;
        if (look != null) {
            look.cancel();
        }
    }

    /** Has the task's ports freed: those of its networks first, which take connections as long as they are there. */
    void release(String taskId) {
        if (!releasing) {
            releasing = true;
            tools.sandboxes()
                    .end(
                            taskId,
                            () -> tools.gatekeeper().release(taskId, () -> {
                                traffic =
                                        new Traffic(traffic.answered(), traffic.quietLooks(), traffic.drained(), true);
                                changed.run();
                            }));
        }
    }
}
