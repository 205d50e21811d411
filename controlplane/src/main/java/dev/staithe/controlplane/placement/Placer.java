package dev.staithe.controlplane.placement;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Chooses the hosts of new tasks.
 *
 * <h2>Rules</h2>
 *
 * <ol>
 *   <li>A host must fit: {@link Capacity#fits} alone says so. It is in service, has the room and the attributes that the
 *       demand asks for, and every constraint allows it. Nothing overrules this.
 *   <li>Strategies rank the hosts that fit, each only among those that the one before it found equal ({@link Level}).
 *       They never make a host fit, and never leave a task without a host while one fits.
 *   <li>What the strategies leave equal, where all of them spread, goes to the host with the fewest tasks of the group, and
 *       then to the one with the most free memory. What is then still equal goes to the smallest instance id. The same
 *       question gets the same answer.
 * </ol>
 *
 * <p>The tasks of a request are placed one after the other, each as if those before it were there already; likewise the
 * requests of a pass. What an expression says about tasks counts them too.
 *
 * <h2>Example</h2>
 *
 * The default strategy, on hosts without zones: four tasks of 512 MiB of a group that has one task already, on b.
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
 *
 * <h2>Cost</h2>
 *
 * Hosts are not looked at one by one: see {@link View} and {@link Search}. When a task finds no place, each is asked why.
 */
public final class Placer {
    private Placer() {}

    /** Places what can be placed and takes it off the capacity. */
    public static Placement place(Capacity capacity, PlacementRequest request) {
        return place(capacity, request, List.of());
    }

    /**
     * Places tasks that take the place of others, which go on until the new ones are up. The others take their room as long as
     * they are there, and constraints see them; but strategies do not count them, or the new ones would be spread around tasks
     * that are about to go.
     *
     * <p>Example: zones 1 and 2 have two tasks each, and one of zone 1 is on a host that is being drained. Counted, its
     * replacement could go to either zone, and zone 2 could end with three of four. Not counted, it goes to zone 1.
     *
     * @param replaced tasks of the request's group
     */
    public static Placement place(Capacity capacity, PlacementRequest request, List<Task> replaced) {
        List<String> chosen = new ArrayList<>();
        capacity.search(request, replaced).ifPresent(search -> {
            int slot = search.next(0);
            while (slot != Forest.NONE) {
                ContainerInstance host = capacity.host(request.cluster(), slot);
                // INVARIANT: whatever an index says, nothing is placed that the one fits() refuses.
                if (capacity.fits(host, request) instanceof Verdict.Refused refused) {
                    throw new IllegalStateException(host.id() + " was found for " + request + ": " + refused);
                }
                capacity.take(host, request.group(), request.demand());
                chosen.add(host.id());
                if (chosen.size() == request.count()) {
                    return;
                }
                search.taken(slot);
                slot = search.next(chosen.size());
            }
        });
        int waiting = request.count() - chosen.size();
        return new Placement(
                chosen, waiting == 0 ? Optional.empty() : Optional.of(explain(capacity, request, waiting)));
    }

    /**
     * Places one task of the request on this host, whatever the strategies say, if it fits there: for tasks of a DAEMON, and
     * for StartTask, whose request has no rules.
     */
    public static Verdict placeOn(Capacity capacity, ContainerInstance host, PlacementRequest request) {
        Verdict verdict = capacity.fits(host, request);
        switch (verdict) {
            case Verdict.Fits fits -> capacity.take(host, request.group(), request.demand());
            case Verdict.Refused refused -> {}
        }
        return verdict;
    }

    /**
     * Places one task of the request on each of these hosts on which it fits, until there are as many as it asks for, and says
     * why not on those that it tried and that refuse.
     */
    public static Placement placeOnEach(Capacity capacity, List<ContainerInstance> hosts, PlacementRequest request) {
        List<String> chosen = new ArrayList<>();
        List<Explanation.Host> refusals = new ArrayList<>();
        for (ContainerInstance host : hosts) {
            if (chosen.size() == request.count()) {
                break;
            }
            switch (placeOn(capacity, host, request)) {
                case Verdict.Fits fits -> chosen.add(host.id());
                case Verdict.Refused refused -> refusals.add(new Explanation.Host(host.id(), host.hostName(), refused));
            }
        }
        return new Placement(
                chosen,
                refusals.isEmpty() ? Optional.empty() : Optional.of(new Explanation(refusals.size(), refusals)));
    }

    /** Every host that the next task of the request could go to, the best first, with the figures that decide. */
    public static List<Ranked> rank(Capacity capacity, PlacementRequest request) {
        return Ranking.of(capacity, request);
    }

    private static Explanation explain(Capacity capacity, PlacementRequest request, int waiting) {
        List<Explanation.Host> hosts = new ArrayList<>();
        for (ContainerInstance host : capacity.hosts(request.cluster())) {
            switch (capacity.fits(host, request)) {
                case Verdict.Refused refused -> hosts.add(new Explanation.Host(host.id(), host.hostName(), refused));
                case Verdict.Fits fits -> throw new IllegalStateException(host.id() + " fits and was not chosen");
            }
        }
        return new Explanation(waiting, hosts);
    }
}
