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
 * @param fresh live tasks of the primary deployment that stay where they are
 * @param old live tasks of all others that stay where they are
 * @param displaced live tasks, of whichever deployment, that are to be replaced elsewhere
 * @param leaving tasks that are not live and have not stopped yet
 * @param stopped tasks that are over
 */
record Census(
        Service service,
        Deployment primary,
        List<Deployment> older,
        List<Graded> fresh,
        List<Graded> old,
        List<Graded> displaced,
        List<Task> leaving,
        List<Task> stopped) {
    static Census of(Service service, Deployment primary, List<Deployment> older, List<Task> tasks, Facts facts) {
        List<Graded> fresh = new ArrayList<>();
        List<Graded> old = new ArrayList<>();
        List<Graded> displaced = new ArrayList<>();
        List<Task> leaving = new ArrayList<>();
        List<Task> stopped = new ArrayList<>();
        for (Task task : tasks) {
            if (task.live()) {
                Graded graded = Graded.of(task, service, facts);
                boolean ofPrimary = task.generation() == primary.generation();
                (graded.displaced() ? displaced : ofPrimary ? fresh : old).add(graded);
            } else {
                (task.stopped() ? stopped : leaving).add(task);
            }
        }
        return new Census(service, primary, older, fresh, old, displaced, leaving, stopped);
    }

    /** The same tasks, with their deployments as they will be. */
    Census with(Deployment primaryNext, List<Deployment> olderNext) {
        return new Census(service, primaryNext, olderNext, fresh, old, displaced, leaving, stopped);
    }

    /** PENDING and RUNNING tasks of all deployments, displaced ones too: what the maximum counts. */
    List<Graded> live() {
        List<Graded> live = new ArrayList<>(fresh);
        live.addAll(old);
        live.addAll(displaced);
        return live;
    }

    /** Running, healthy tasks of all deployments, displaced ones too: what the minimum counts. */
    int healthy() {
        return count(live(), Graded::healthy);
    }

    static int count(List<Graded> tasks, Predicate<Graded> which) {
        return (int) tasks.stream().filter(which).count();
    }

    /** Whether a task of the deployment has not stopped yet. */
    boolean has(Deployment deployment) {
        long generation = deployment.generation();
        return live().stream().anyMatch(g -> g.task().generation() == generation)
                || leaving.stream().anyMatch(t -> t.generation() == generation);
    }

    /**
     * Every task that the service wants is up where it can stay, and no task of an older deployment is left. A daemon on a
     * host that is being drained is not to be replaced: it stays until it is the last.
     */
    boolean complete() {
        return fresh.size() == service.desired()
                && fresh.stream().allMatch(Graded::healthy)
                && old.isEmpty()
                && (displaced.isEmpty() || service.scheduling().daemon())
                && leaving.stream().allMatch(t -> t.generation() == primary.generation());
    }

    /** Complete, and nothing is on its way out. */
    boolean steady() {
        return complete() && leaving.isEmpty();
    }

    /** When time alone next changes what a task counts for. */
    OptionalLong changesAtNanos() {
        OptionalLong next = OptionalLong.empty();
        for (Graded graded : live()) {
            next = Plan.earlier(next, graded.changesAtNanos());
        }
        return next;
    }
}
