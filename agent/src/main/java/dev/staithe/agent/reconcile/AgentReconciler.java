package dev.staithe.agent.reconcile;

import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.AssignedTask.Desired;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalContainer.Phase;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.model.LocalTask.Claim;
import dev.staithe.agent.model.Progress;
import dev.staithe.agent.model.Progress.Status;
import dev.staithe.agent.model.PullBehavior;
import dev.staithe.proto.v1.ContainerDefinition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Compares what is wanted of a task with what is seen of it and says what is true now and what to do next. Pure.
 *
 * <p>A task begins PENDING. Its containers are pulled, created and started, each as fast as it goes; it is RUNNING once
 * every container has run and the essential ones do. It ends for the first of these causes, and the cause stays: the host
 * was booted anew; the control plane wants it stopped or confirms it gone; a container could not be started; an essential
 * container exited. Then every container that runs is stopped (signal, grace, SIGKILL), and once none is live the task is
 * STOPPED. Its containers are kept for their logs, removed when the clean-up time has come, and the task is forgotten when the
 * control plane has confirmed that its end is recorded.
 *
 * <p>Nothing is ever stopped because somebody was silent: only an order, a confirmation, an exit or a boot ends a task.
 */
public final class AgentReconciler {
    static final String ESSENTIAL_EXITED = "EssentialContainerExited";
    static final String FAILED_TO_START = "TaskFailedToStart";
    static final String TERMINATION = "TerminationNotice";

    private final Policy policy;

    /**
     * What the operator settled, and this life of the host.
     *
     * @param stopTimeout between stop signal and SIGKILL for containers that do not say
     * @param cleanupWait how long a stopped task's containers are kept
     * @param bootId of the host as it runs now
     * @param check what an assignment has to pass before anything is done for it
     */
    public record Policy(
            PullBehavior pull, Duration stopTimeout, Duration cleanupWait, String bootId, AssignmentCheck check) {}

    public AgentReconciler(Policy policy) {
        this.policy = policy;
    }

    /**
     * Decides about one task.
     *
     * @param acting containers for which a call to the engine is under way whose outcome will change them; they are left
     *     alone, and a task does not end before they have answered
     * @param now by the host's clock
     */
    public Verdict reconcile(LocalTask task, Set<String> acting, Instant now) {
        LocalTask current = settle(end(task, now), acting, now);
        return switch (current.status()) {
            case PENDING, RUNNING -> new Verdict(current, advance(current, acting));
            case DEACTIVATING, STOPPING -> new Verdict(current, stop(current, acting));
            case STOPPED -> new Verdict(current, cleanUp(current, acting, now));
        };
    }

    /** Finds the cause for which the task ends, if there is one. */
    private LocalTask end(LocalTask task, Instant now) {
        if (task.status().compareTo(Status.STOPPING) >= 0) {
            return task;
        }
        return cause(task)
                .map(cause -> task.with(task.progress().ending(cause.code(), cause.reason(), now.toEpochMilli())))
                .orElse(task);
    }

    private record Cause(String code, String reason) {}

    private Optional<Cause> cause(LocalTask task) {
        AssignedTask assignment = task.assignment();
        if (!task.bootId().equals(policy.bootId())) {
            return Optional.of(new Cause(TERMINATION, "The host was rebooted while it held the task"));
        }
        if (assignment != null && assignment.desired() == Desired.STOPPED) {
            return Optional.of(new Cause("", assignment.stopReason()));
        }
        if (task.claim() == Claim.GONE) {
            return Optional.of(new Cause("", "The task is no longer assigned to this host"));
        }
        if (assignment == null) {
            return !task.containers().isEmpty() && task.containers().stream().allMatch(LocalContainer::over)
                    ? Optional.of(new Cause(ESSENTIAL_EXITED, "Essential container in task exited"))
                    : Optional.empty();
        }
        boolean untouched = task.containers().stream().allMatch(c -> c.phase() == Phase.WAITING);
        Optional<String> invalid = untouched ? policy.check().problem(assignment) : Optional.empty();
        if (invalid.isPresent()) {
            return Optional.of(new Cause(FAILED_TO_START, invalid.get()));
        }
        return task.containers().stream()
                .filter(c -> c.over() && essential(assignment, c.name()))
                .findFirst()
                .map(c -> c.ran()
                        ? new Cause(ESSENTIAL_EXITED, "Essential container in task exited")
                        : new Cause(FAILED_TO_START, c.reason().isEmpty() ? "Task failed to start" : c.reason()));
    }

    /** Draws from its containers what is true of the task. */
    private LocalTask settle(LocalTask task, Set<String> acting, Instant now) {
        long millis = now.toEpochMilli();
        LocalTask current = task;
        if (current.status().compareTo(Status.STOPPING) < 0) {
            current = current.with(started(current, millis));
        } else {
            for (LocalContainer container : current.containers()) {
                if (container.phase().compareTo(Phase.RUNNING) < 0 && !acting.contains(container.name())) {
                    current = current.with(container.ended(""));
                }
            }
            if (current.containers().stream().allMatch(c -> c.over() && !c.live() && !acting.contains(c.name()))) {
                current = current.with(current.progress().ended(millis));
            }
        }
        return current;
    }

    private static Progress started(LocalTask task, long now) {
        Progress progress = task.progress();
        if (task.assignment() == null) {
            return task.containers().stream().anyMatch(LocalContainer::live)
                    ? progress.running(lastStart(task, now))
                    : progress;
        }
        boolean pulling = task.containers().stream().anyMatch(c -> c.phase() == Phase.WAITING);
        Progress.Times times = progress.times().pullStarted(now);
        progress = progress.at(pulling ? times : times.pullStopped(now));
        boolean allStarted = task.containers().stream().allMatch(c -> c.phase().compareTo(Phase.RUNNING) >= 0);
        return allStarted ? progress.running(lastStart(task, now)) : progress;
    }

    private static long lastStart(LocalTask task, long now) {
        return task.containers().stream()
                .mapToLong(LocalContainer::startedAt)
                .filter(started -> started > 0)
                .max()
                .orElse(now);
    }

    /** The next step of each container on its way to running. A task of which only containers were found is left as it is. */
    private List<Step> advance(LocalTask task, Set<String> acting) {
        List<Step> steps = new ArrayList<>();
        for (LocalContainer container : task.containers()) {
            if (task.assignment() == null || acting.contains(container.name())) {
                continue;
            }
            switch (container.phase()) {
                case WAITING -> steps.add(new Step.Pull(container.name(), container.image(), policy.pull()));
                case PULLED -> steps.add(new Step.Create(container.name()));
                case CREATED -> steps.add(new Step.Start(container.name(), container.runtimeId()));
                case RUNNING -> {}
                case STOPPED -> stopLive(task, container).ifPresent(steps::add);
            }
        }
        return steps;
    }

    private List<Step> stop(LocalTask task, Set<String> acting) {
        List<Step> steps = new ArrayList<>();
        for (LocalContainer container : task.containers()) {
            if (acting.contains(container.name())) {
                continue;
            }
            if (container.phase() == Phase.RUNNING) {
                steps.add(stopping(task, container));
            } else {
                stopLive(task, container).ifPresent(steps::add);
            }
        }
        return steps;
    }

    /** A container that is over and runs all the same: its start was answered by an error. */
    private Optional<Step> stopLive(LocalTask task, LocalContainer container) {
        return container.live() && container.onEngine() ? Optional.of(stopping(task, container)) : Optional.empty();
    }

    private Step stopping(LocalTask task, LocalContainer container) {
        return new Step.Stop(container.name(), container.runtimeId(), grace(task, container.name()));
    }

    private List<Step> cleanUp(LocalTask task, Set<String> acting, Instant now) {
        List<Step> live = stop(task, acting);
        if (!live.isEmpty()) {
            return live;
        }
        Instant due = Instant.ofEpochMilli(task.progress().times().stoppedAt()).plus(policy.cleanupWait());
        if (now.isBefore(due)) {
            return List.of(new Step.Wait(due));
        }
        List<Step> removals = new ArrayList<>();
        for (LocalContainer container : task.containers()) {
            if (container.onEngine() && !acting.contains(container.name())) {
                removals.add(new Step.Remove(container.name(), container.runtimeId()));
            }
        }
        if (!removals.isEmpty() || task.containers().stream().anyMatch(LocalContainer::onEngine)) {
            return removals;
        }
        if (!task.progress().volumesRemoved()) {
            return List.of(new Step.RemoveVolumes());
        }
        // An end that is not recorded yet is kept: forgotten, the task would look new when it is assigned again.
        return task.claim() == Claim.GONE ? List.of(new Step.Forget()) : List.of();
    }

    private Duration grace(LocalTask task, String container) {
        AssignedTask assignment = task.assignment();
        return assignment == null
                ? policy.stopTimeout()
                : definition(assignment, container)
                        .filter(ContainerDefinition::hasStopTimeout)
                        .map(c -> Duration.ofSeconds(c.getStopTimeout()))
                        .orElse(policy.stopTimeout());
    }

    private static boolean essential(AssignedTask assignment, String container) {
        return definition(assignment, container)
                .map(c -> !c.hasEssential() || c.getEssential())
                .orElse(false);
    }

    private static Optional<ContainerDefinition> definition(AssignedTask assignment, String container) {
        return assignment.definition().getContainerDefinitionsList().stream()
                .filter(c -> c.getName().equals(container))
                .findFirst();
    }
}
