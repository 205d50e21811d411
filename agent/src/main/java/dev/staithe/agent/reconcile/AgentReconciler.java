package dev.staithe.agent.reconcile;

import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.model.Progress.Status;
import dev.staithe.agent.model.PullBehavior;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * Compares what is wanted of a task with what is seen of it and says what is true now and what to do next. Pure. It asks, in
 * this order: {@link Restarts} and {@link StartOrder} for what becomes of single containers, {@link Ending} for a cause to end,
 * {@link Standing} for what the containers make true of the task, and then, by the task's status, {@link StartOrder},
 * {@link StopOrder} or {@link CleanUp} for the steps.
 *
 * <p>A task begins PENDING. Its containers are pulled, created and started, each as soon as those that it depends on have
 * come far enough; it is RUNNING once every container has run and the essential ones do. It ends for the first of these
 * causes, and the cause stays: the host was booted anew; the control plane wants it stopped or confirms it gone; a container
 * could not be started; an essential container exited. One that is told to stop and has published ports is DEACTIVATING while its connections end: see
 * {@link Deactivation}. Then every container that runs is stopped (signal, grace, SIGKILL), and once none is live the task is
 * STOPPED. Its containers are kept for their logs, removed when the clean-up time has come, and the task is forgotten when the
 * control plane has confirmed that its end is recorded.
 *
 * <p>Nothing is ever stopped because somebody was silent: only an order, a confirmation, an exit or a boot ends a task.
 */
public final class AgentReconciler {
    private final Ending ending;
    private final StartOrder startOrder;
    private final StopOrder stopOrder;
    private final CleanUp cleanUp;

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
        ending = new Ending(policy.bootId(), policy.check());
        stopOrder = new StopOrder(policy.stopTimeout());
        startOrder = new StartOrder(policy.pull(), stopOrder);
        cleanUp = new CleanUp(policy.cleanupWait(), stopOrder);
    }

    /**
     * Decides about one task.
     *
     * @param acting containers for which a call to the engine is under way whose outcome will change them; they are left
     *     alone, and a task does not end before they have answered
     * @param traffic what is known of its connections, when it is on its way out
     * @param admission whether the host has room for it
     * @param now by the host's clock
     */
    public Verdict reconcile(
            LocalTask task, Set<String> acting, Traffic traffic, Admission.Answer admission, Instant now) {
        LocalTask ordered = startOrder.waiting(Restarts.settle(task), acting, admission, now);
        LocalTask current = Standing.settle(end(ordered, traffic, admission, now), acting, traffic, now.toEpochMilli());
        return switch (current.status()) {
            case PENDING, RUNNING -> new Verdict(current, startOrder.steps(current, acting, admission, now));
            case DEACTIVATING -> new Verdict(current, Deactivation.steps(current, traffic, now));
            case STOPPING -> new Verdict(current, stop(current, acting, traffic));
            case STOPPED -> new Verdict(current, cleanUp.steps(current, acting, now));
        };
    }

    private LocalTask end(LocalTask task, Traffic traffic, Admission.Answer admission, Instant now) {
        if (task.status().compareTo(Status.STOPPING) >= 0) {
            return task;
        }
        return ending.cause(task, admission)
                .map(cause -> cause.ordered() && Deactivation.holds(task, traffic)
                        ? task.progress().deactivating(cause.code(), cause.reason(), now.toEpochMilli())
                        : task.progress().ending(cause.code(), cause.reason(), now.toEpochMilli()))
                .map(task::with)
                .orElse(task);
    }

    /** Stops what runs; then frees the ports that were refused. */
    private List<Step> stop(LocalTask task, Set<String> acting, Traffic traffic) {
        return Standing.nothingRuns(task, acting) && Deactivation.releases(task, traffic)
                ? List.of(new Step.Release())
                : stopOrder.steps(task, acting);
    }
}
