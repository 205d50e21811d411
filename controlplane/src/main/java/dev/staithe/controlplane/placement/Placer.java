package dev.staithe.controlplane.placement;

import dev.staithe.controlplane.model.ContainerInstance;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * Chooses the hosts of new tasks: the default strategy, spread over hosts.
 *
 * <h2>Goals</h2>
 *
 * In this order: a group's tasks stand on as many hosts as possible, so that one lost host takes as few of them as
 * possible; the load goes where most memory is free; the same question gets the same answer.
 *
 * <h2>Constraints</h2>
 *
 * {@link Capacity#fits} alone says which hosts can take a task. A strategy ranks what fits; it never makes a host fit,
 * and never leaves a task without a host while one fits.
 *
 * <h2>Algorithm</h2>
 *
 * All tasks of a request are equal, so each host is looked at once. Those that fit go into a heap, ordered by: fewest
 * tasks of the group that are not STOPPED, then most free memory, then the instance's id. For each task the best host is
 * taken off, gets the task, and goes back unless it is full: {@code hosts + tasks × log hosts} steps, not
 * {@code tasks × hosts}. When the heap is empty before the request is, every host has refused, and each is asked why.
 *
 * <h2>Example</h2>
 *
 * Four tasks of 512 MiB of a group that has one task already, on b:
 *
 * <pre>
 *        tasks of the group, free MiB
 * host   before     task 1        task 2        task 3        task 4
 * a      0, 1024    1,  512 &lt;-    1,  512       1,  512       2,    0 &lt;- full
 * b      1, 4096    1, 4096       1, 4096       2, 3584 &lt;-    2, 3584
 * c      0,  600    0,  600       1,   88 &lt;-    full
 * </pre>
 *
 * Task 1 goes to a: like c it has none of the group, and it has more memory than c. Task 2 goes to c, the last host without
 * one. Task 3 goes to b: like a it has one, and it has more memory. Task 4 goes to a: one there, two on b.
 */
public final class Placer {
    private Placer() {}

    /** Places what can be placed and takes it off the capacity. */
    public static Placement place(Capacity capacity, PlacementRequest request) {
        PriorityQueue<Candidate> heap = new PriorityQueue<>(Candidate.BEST_FIRST);
        for (ContainerInstance host : capacity.hosts(request.cluster())) {
            if (capacity.fits(host, request.demand()) instanceof Verdict.Fits) {
                heap.add(Candidate.of(capacity, request, host));
            }
        }
        List<String> chosen = new ArrayList<>();
        while (chosen.size() < request.count() && !heap.isEmpty()) {
            ContainerInstance host = heap.remove().host();
            capacity.take(host, request.spreadGroup(), request.demand());
            chosen.add(host.id());
            if (capacity.fits(host, request.demand()) instanceof Verdict.Fits) {
                heap.add(Candidate.of(capacity, request, host));
            }
        }
        int waiting = request.count() - chosen.size();
        return new Placement(
                chosen, waiting == 0 ? Optional.empty() : Optional.of(explain(capacity, request, waiting)));
    }

    private static Explanation explain(Capacity capacity, PlacementRequest request, int waiting) {
        List<Explanation.Host> hosts = new ArrayList<>();
        for (ContainerInstance host : capacity.hosts(request.cluster())) {
            switch (capacity.fits(host, request.demand())) {
                case Verdict.Refused refused -> hosts.add(new Explanation.Host(host.id(), host.hostName(), refused));
                case Verdict.Fits fits -> throw new IllegalStateException(host.id() + " fits and was not chosen");
            }
        }
        return new Explanation(waiting, hosts);
    }

    private record Candidate(ContainerInstance host, int tasksOfGroup, long freeMemory) {
        static final Comparator<Candidate> BEST_FIRST = Comparator.comparingInt(Candidate::tasksOfGroup)
                .thenComparing(Candidate::freeMemory, Comparator.reverseOrder())
                .thenComparing(c -> c.host().id());

        static Candidate of(Capacity capacity, PlacementRequest request, ContainerInstance host) {
            return new Candidate(host, capacity.tasksOf(request.spreadGroup(), host), capacity.freeMemory(host));
        }
    }
}
