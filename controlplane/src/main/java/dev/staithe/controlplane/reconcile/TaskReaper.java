package dev.staithe.controlplane.reconcile;

import dev.staithe.controlplane.model.Task;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/**
 * Forgets tasks that stopped long ago, so that the store does not grow for ever. Called with the tasks of one service, or
 * with the standalone tasks of one instance.
 *
 * <p>How long ago, the leader counts by its own clock, from when it saw the task STOPPED: the time that the host gave is by
 * another clock, and a host whose clock is behind would lose its tasks at once. A new leader counts anew.
 */
public final class TaskReaper {
    /** Stopped tasks that are kept of one service, however young they are: a crash loop must not fill the store. */
    static final int MOST_KEPT = 100;

    private TaskReaper() {}

    /** What to forget now, and when the next one is due. */
    public static Plan plan(Collection<Task> tasks, Moment moment, Settings settings) {
        List<Task> stopped = tasks.stream()
                .filter(t -> moment.stoppedSince().containsKey(t.id()))
                .sorted(newestFirst(moment))
                .toList();
        long retention = settings.stoppedTaskRetention().toNanos();
        List<Decision> decisions = new ArrayList<>();
        OptionalLong wakeAt = OptionalLong.empty();
        for (int i = 0; i < stopped.size(); i++) {
            Task task = stopped.get(i);
            long age = moment.nanos() - moment.stoppedSince().getOrDefault(task.id(), moment.nanos());
            if (age >= retention || (i >= MOST_KEPT && !task.standalone())) {
                decisions.add(new Decision.Forget(task));
            } else {
                wakeAt = Plan.earlier(wakeAt, OptionalLong.of(moment.nanos() + retention - age));
            }
        }
        return new Plan(decisions, wakeAt);
    }

    /** Those that a new leader saw at one time are told apart by what their hosts said: good enough for which to keep. */
    private static Comparator<Task> newestFirst(Moment moment) {
        return Comparator.<Task>comparingLong(t -> moment.stoppedSince().getOrDefault(t.id(), 0L))
                .thenComparingLong(
                        t -> Math.max(t.times().stoppedAt(), t.times().createdAt()))
                .reversed()
                .thenComparing(Task::id);
    }
}
