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
 */
public final class TaskReaper {
    /** Stopped tasks that are kept of one service, however young they are: a crash loop must not fill the store. */
    static final int MOST_KEPT = 100;

    private static final Comparator<Task> NEWEST_FIRST =
            Comparator.comparingLong(TaskReaper::endedAtMillis).reversed().thenComparing(Task::id);

    private TaskReaper() {}

    /** What to forget now, and when the next one is due. */
    public static Plan plan(Collection<Task> tasks, Moment moment, Settings settings) {
        List<Task> stopped =
                tasks.stream().filter(Task::stopped).sorted(NEWEST_FIRST).toList();
        long retention = settings.stoppedTaskRetention().toMillis();
        List<Decision> decisions = new ArrayList<>();
        OptionalLong wakeAt = OptionalLong.empty();
        for (int i = 0; i < stopped.size(); i++) {
            Task task = stopped.get(i);
            // The host's clock may be ahead of ours: its future must not keep a task longer than its retention.
            long age = Math.max(0, moment.millis() - endedAtMillis(task));
            if (age >= retention || (i >= MOST_KEPT && !task.standalone())) {
                decisions.add(new Decision.Forget(task));
            } else {
                wakeAt = Plan.earlier(wakeAt, OptionalLong.of(moment.nanos() + (retention - age) * 1_000_000));
            }
        }
        return new Plan(decisions, wakeAt);
    }

    /** A host need not have said when. */
    private static long endedAtMillis(Task task) {
        Task.Times times = task.times();
        return Math.max(times.stoppedAt(), Math.max(times.stoppingAt(), times.createdAt()));
    }
}
