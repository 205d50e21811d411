package dev.staithe.controlplane.reconcile;

import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * A service's deployments and tasks at a moment, sorted by what the rules ask about.
 *
 * @param primary the deployment of the service's generation
 * @param older all others, the oldest first
 * @param fresh live tasks of the primary deployment
 * @param old live tasks of all others
 * @param leaving tasks that are not live and have not stopped yet
 * @param stopped tasks that are over
 */
record Census(
        Service service,
        Deployment primary,
        List<Deployment> older,
        List<Graded> fresh,
        List<Graded> old,
        List<Task> leaving,
        List<Task> stopped) {
    static Census of(Service service, Deployment primary, List<Deployment> older, List<Task> tasks, Facts facts) {
        List<Graded> fresh = new ArrayList<>();
        List<Graded> old = new ArrayList<>();
        List<Task> leaving = new ArrayList<>();
        List<Task> stopped = new ArrayList<>();
        for (Task task : tasks) {
            if (task.live()) {
                (task.generation() == primary.generation() ? fresh : old).add(Graded.of(task, facts));
            } else {
                (task.stopped() ? stopped : leaving).add(task);
            }
        }
        return new Census(service, primary, older, fresh, old, leaving, stopped);
    }

    /** PENDING and RUNNING tasks of all deployments: what the maximum counts. */
    int total() {
        return fresh.size() + old.size();
    }

    /** Running, healthy tasks of all deployments: what the minimum counts. */
    int healthy() {
        return count(fresh, Graded::healthy) + count(old, Graded::healthy);
    }

    static int count(List<Graded> tasks, Predicate<Graded> which) {
        return (int) tasks.stream().filter(which).count();
    }

    /** Whether a task of the deployment has not stopped yet. */
    boolean has(Deployment deployment) {
        long generation = deployment.generation();
        return fresh.stream().anyMatch(g -> g.task().generation() == generation)
                || old.stream().anyMatch(g -> g.task().generation() == generation)
                || leaving.stream().anyMatch(t -> t.generation() == generation);
    }

    /** Every task that the service wants is up, and no task of an older deployment is left. */
    boolean complete() {
        return fresh.size() == service.desired()
                && fresh.stream().allMatch(Graded::healthy)
                && old.isEmpty()
                && leaving.stream().allMatch(t -> t.generation() == primary.generation());
    }

    /** Complete, and nothing is on its way out. */
    boolean steady() {
        return complete() && leaving.isEmpty();
    }

    /** When the next task becomes healthy by running long enough. */
    OptionalLong nextHealthyAtNanos() {
        OptionalLong next = OptionalLong.empty();
        for (List<Graded> tasks : List.of(fresh, old)) {
            for (Graded graded : tasks) {
                next = Plan.earlier(next, graded.healthyAtNanos());
            }
        }
        return next;
    }
}
