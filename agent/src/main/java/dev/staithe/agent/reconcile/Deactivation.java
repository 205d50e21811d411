package dev.staithe.agent.reconcile;

import dev.staithe.agent.container.ContainerView.PortBinding;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.AssignedTask.Desired;
import dev.staithe.agent.model.HostPort;
import dev.staithe.agent.model.Listener;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.model.LocalTask.Claim;
import dev.staithe.agent.model.Progress.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Lets a task's connections end before the task does. Pure.
 *
 * <p>A task that runs, has published ports, and is to stop because the control plane wants it, is DEACTIVATING first: new
 * connections to its host ports are refused, and those that it has go on. It is over when two looks in a row find none, when
 * its draining time has passed, or when it has nothing more to serve with. The wish counts as it is now: a draining time that
 * is changed meanwhile is the one that holds.
 *
 * <p>Two looks, because a connection that was let in just before its port was refused may not be there to see yet. UDP
 * has no connections to wait for: what is new is refused, and a task without TCP ports is over once that is in effect.
 */
public final class Deactivation {
    static final int QUIET_LOOKS = 2;

    private Deactivation() {}

    /** Whether the end that the control plane wants of the task has to wait for its connections. */
    static boolean holds(LocalTask task, Traffic traffic) {
        AssignedTask assignment = task.assignment();
        if (assignment == null || assignment.desired() != Desired.STOPPED || task.claim() == Claim.GONE) {
            return false;
        }
        boolean serves = (task.status() == Status.RUNNING || task.status() == Status.DEACTIVATING)
                && !refused(task).isEmpty()
                && task.containers().stream().noneMatch(c -> c.over() && essential(task, c));
        return serves && traffic.drained().compareTo(assignment.connectionDraining()) < 0 && !quiet(task, traffic);
    }

    private static boolean quiet(LocalTask task, Traffic traffic) {
        return traffic.answered() && (listeners(task).isEmpty() || traffic.quietLooks() >= QUIET_LOOKS);
    }

    /** What is done while it holds. */
    static List<Step> steps(LocalTask task, Traffic traffic, Instant now) {
        AssignedTask assignment = task.assignment();
        List<Step> steps = new ArrayList<>();
        steps.add(new Step.Drain(refused(task), listeners(task)));
        if (assignment != null) {
            steps.add(new Step.Wait(now.plus(assignment.connectionDraining()).minus(traffic.drained())));
        }
        return steps;
    }

    /** Whether ports may still be refused for a task that no longer needs it: they have to be free before it is STOPPED. */
    static boolean releases(LocalTask task, Traffic traffic) {
        return task.progress().times().deactivatingAt() > 0 && !traffic.released();
    }

    /**
     * The ports that are refused for a task, when it is draining or was and has not stopped.
     *
     * @param bootId of the host as it runs now: what was refused in an earlier boot is gone
     */
    public static SortedSet<HostPort> refusedNow(LocalTask task, String bootId) {
        boolean leaving = task.status() == Status.DEACTIVATING || task.status() == Status.STOPPING;
        return leaving
                        && task.progress().times().deactivatingAt() > 0
                        && task.bootId().equals(bootId)
                ? refused(task)
                : new TreeSet<>();
    }

    private static SortedSet<HostPort> refused(LocalTask task) {
        TreeSet<HostPort> ports = new TreeSet<>();
        for (LocalContainer container : task.containers()) {
            if (container.live()) {
                container.ports().stream()
                        .filter(port -> HostPort.valid(port.protocol(), port.hostPort()))
                        .forEach(port -> ports.add(new HostPort(port.protocol(), port.hostPort())));
            }
        }
        return ports;
    }

    private static List<Listener> listeners(LocalTask task) {
        List<Listener> listeners = new ArrayList<>();
        for (LocalContainer container : task.containers()) {
            TreeSet<Integer> ports = new TreeSet<>();
            TreeSet<Integer> hostPorts = new TreeSet<>();
            for (PortBinding port : container.ports()) {
                if (container.live()
                        && port.protocol().equals(HostPort.TCP)
                        && HostPort.valid(port.protocol(), port.hostPort())) {
                    ports.add(port.containerPort());
                    hostPorts.add(port.hostPort());
                }
            }
            if (!ports.isEmpty()) {
                listeners.add(new Listener(container.runtimeId(), ports, hostPorts));
            }
        }
        return listeners;
    }

    private static boolean essential(LocalTask task, LocalContainer container) {
        AssignedTask assignment = task.assignment();
        return assignment != null && assignment.essential(container.name());
    }
}
