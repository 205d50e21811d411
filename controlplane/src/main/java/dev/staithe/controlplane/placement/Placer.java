package dev.staithe.controlplane.placement;

import dev.staithe.controlplane.model.ContainerInstance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

public final class Placer {
    private Placer() {}

    /** Places what can be placed and takes it off the capacity. */
    public static Placement place(Capacity capacity, PlacementRequest request) {
        List<String> chosen = new ArrayList<>();
        capacity.search(request).ifPresent(search -> {
            int slot = search.next(0);
            while (slot != Forest.NONE) {
                ContainerInstance host = capacity.host(request.cluster(), slot);
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
