package dev.staithe.controlplane.placement;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.Usage;
import dev.staithe.controlplane.state.ClusterState;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the hosts have left in one pass of the loop: the state, less what was placed since in this pass. It holds the one
 * {@link #fits}: whatever places a task asks here, so that no two places can disagree.
 *
 * <p>Changes with every {@link #take} and belongs to the pass that made it; thrown away at its end. Making one costs
 * nothing: hosts and groups are looked at when they are first asked for.
 */
public final class Capacity {
    static final Verdict FITS = new Verdict.Fits();

    private final ClusterState state;
    private final Map<String, List<ContainerInstance>> hosts = new TreeMap<>();
    private final Map<String, Usage> used = new TreeMap<>();
    private final TreeMap<String, Map<String, Integer>> spread = new TreeMap<>();
    private final Queries queries = new Queries();

    private Capacity(ClusterState state) {
        this.state = state;
    }

    /** What the state leaves. */
    public static Capacity of(ClusterState state) {
        return new Capacity(state);
    }

    /** Whether the host can take one more task of this demand, and if not, what it lacks. */
    public Verdict fits(ContainerInstance host, Demand demand) {
        return fits(host, new PlacementRequest(host.cluster(), "", demand, 1, PlacementRules.NONE, ""));
    }

    /**
     * Whether the host can take one more task of this request, and if not, what it lacks: room, or what a constraint wants.
     */
    public Verdict fits(ContainerInstance host, PlacementRequest request) {
        if (host.status() == ContainerInstance.Status.INACTIVE) {
            return new Verdict.Refused(Reason.INACTIVE, 0, "the host is deregistered");
        }
        if (host.status() == ContainerInstance.Status.DRAINING) {
            return new Verdict.Refused(Reason.DRAINING, 0, "the host is being drained");
        }
        if (!host.agentConnected()) {
            return new Verdict.Refused(Reason.AGENT, 0, "its agent is not connected");
        }
        if (!host.engineHealthy()) {
            return new Verdict.Refused(Reason.AGENT, 0, "its container engine does not answer");
        }
        Usage usage = usage(host);
        Demand demand = request.demand();
        if (roomFor(host, usage, demand) && allows(host, request)) {
            return FITS;
        }
        Shortages shortages = new Shortages();
        attributes(host, demand, shortages);
        constraints(host, request, shortages);
        shortages.amount(
                Reason.GPU,
                "gpu",
                "GPUs",
                demand.gpus(),
                host.gpus().size() - usage.gpus(),
                host.gpus().size());
        shortages.amount(Reason.CPU, "cpu", "units", demand.cpu(), host.cpu() - usage.cpu(), host.cpu());
        shortages.amount(Reason.MEMORY, "memory", "MiB", demand.memory(), freeMemory(host), host.memory());
        ports(host, usage, demand, shortages);
        return shortages.verdict();
    }

    /** Notes that a task of this demand goes there. */
    void take(ContainerInstance host, String group, Demand demand) {
        used.put(host.id(), usage(host).plus(demand));
        counts(host.cluster(), group).merge(host.id(), 1, Integer::sum);
    }

    /** Every container instance of the cluster, in the order of their ids. */
    List<ContainerInstance> hosts(String cluster) {
        return hosts.computeIfAbsent(
                cluster,
                name -> state.instances().stream()
                        .filter(host -> host.cluster().equals(name))
                        .toList());
    }

    /** How many tasks of the group that are not STOPPED the host has. */
    int tasksOf(String group, ContainerInstance host) {
        return counts(host.cluster(), group).getOrDefault(host.id(), 0);
    }

    /** The groups of the tasks that are on the host and have not STOPPED, each once. */
    Collection<String> groupsOn(ContainerInstance host) {
        SortedSet<String> groups = new TreeSet<>();
        state.tasksOfInstance(host.id()).stream().filter(t -> !t.stopped()).forEach(t -> groups.add(t.group()));
        String own = host.cluster() + "/";
        spread.tailMap(own, true).forEach((key, counts) -> {
            if (key.startsWith(own) && counts.containsKey(host.id())) {
                groups.add(key.substring(own.length()));
            }
        });
        return groups;
    }

    /** Tasks on the host that have not STOPPED. */
    int tasks(ContainerInstance host) {
        return usage(host).tasks();
    }

    /** Units. */
    long freeCpu(ContainerInstance host) {
        return host.cpu() - usage(host).cpu();
    }

    /** MiB. */
    long freeMemory(ContainerInstance host) {
        return host.memory() - usage(host).memory();
    }

    private Usage usage(ContainerInstance host) {
        return used.getOrDefault(host.id(), state.usage(host.id()));
    }

    private Map<String, Integer> counts(String cluster, String group) {
        return spread.computeIfAbsent(cluster + "/" + group, key -> {
            Map<String, Integer> counts = new TreeMap<>();
            count(
                    state.tasks().stream()
                            .filter(t ->
                                    t.group().equals(group) && t.cluster().equals(cluster))
                            .toList(),
                    counts);
            return counts;
        });
    }

    private static void count(List<Task> tasks, Map<String, Integer> counts) {
        for (Task task : tasks) {
            if (!task.stopped()) {
                counts.merge(task.instanceId(), 1, Integer::sum);
            }
        }
    }

    /** The hot path: no words are made for a host that fits. */
    private static boolean roomFor(ContainerInstance host, Usage usage, Demand demand) {
        return demand.cpu() <= host.cpu() - usage.cpu()
                && demand.memory() <= host.memory() - usage.memory()
                && demand.gpus() <= host.gpus().size() - usage.gpus()
                && demand.tcpPorts().stream()
                        .noneMatch(p -> usage.tcpPorts().containsKey(p)
                                || host.reservedTcpPorts().contains(p))
                && demand.udpPorts().stream()
                        .noneMatch(p -> usage.udpPorts().containsKey(p)
                                || host.reservedUdpPorts().contains(p))
                && demand.attributes().entrySet().stream().allMatch(a -> has(host, a.getKey(), a.getValue()));
    }

    private boolean allows(ContainerInstance host, PlacementRequest request) {
        return request.rules().constraints().stream().allMatch(c -> allows(host, request, c));
    }

    private boolean allows(ContainerInstance host, PlacementRequest request, Constraint constraint) {
        return switch (constraint) {
            case Constraint.DistinctInstance distinct -> tasksOf(request.group(), host) == 0;
            case Constraint.MemberOf member ->
                queries.of(member.expression())
                        .filter(q -> q.matches(new HostSubject(host, this)))
                        .isPresent();
            case Constraint.Unknown unknown -> false;
        };
    }

    private void constraints(ContainerInstance host, PlacementRequest request, Shortages shortages) {
        for (Constraint constraint : request.rules().constraints()) {
            if (!allows(host, request, constraint)) {
                switch (constraint) {
                    case Constraint.MemberOf member ->
                        shortages.add(Reason.MEMBER_OF, 1, "memberOf: not selected by " + member.expression());
                    case Constraint.DistinctInstance distinct ->
                        shortages.add(
                                Reason.DISTINCT_INSTANCE,
                                tasksOf(request.group(), host),
                                "distinctInstance: has " + tasksOf(request.group(), host) + " of " + request.group());
                    case Constraint.Unknown unknown ->
                        shortages.add(
                                Reason.MEMBER_OF,
                                1,
                                "constraint of type " + unknown.type() + ": not known to this version");
                }
            }
        }
    }

    private static boolean has(ContainerInstance host, String attribute, String value) {
        String own = host.attribute(attribute);
        return own != null && (value.isEmpty() || own.equals(value));
    }

    private static void attributes(ContainerInstance host, Demand demand, Shortages shortages) {
        for (Map.Entry<String, String> wanted : demand.attributes().entrySet()) {
            String name = wanted.getKey();
            if (!has(host, name, wanted.getValue())) {
                String own = host.attribute(name);
                shortages.add(
                        Reason.ATTRIBUTE,
                        1,
                        own == null
                                ? "attribute " + name + ": missing"
                                : "attribute " + name + ": needs " + wanted.getValue() + ", has " + own);
            }
        }
    }

    private void ports(ContainerInstance host, Usage usage, Demand demand, Shortages shortages) {
        for (int port : demand.tcpPorts()) {
            if (host.reservedTcpPorts().contains(port)) {
                shortages.add(Reason.PORTS, 1, "port " + port + "/tcp: reserved on the host");
            } else if (usage.tcpPorts().containsKey(port)) {
                shortages.add(Reason.PORTS, 1, "port " + port + "/tcp: held by " + holder(host, port, false));
            }
        }
        for (int port : demand.udpPorts()) {
            if (host.reservedUdpPorts().contains(port)) {
                shortages.add(Reason.PORTS, 1, "port " + port + "/udp: reserved on the host");
            } else if (usage.udpPorts().containsKey(port)) {
                shortages.add(Reason.PORTS, 1, "port " + port + "/udp: held by " + holder(host, port, true));
            }
        }
    }

    private String holder(ContainerInstance host, int port, boolean udp) {
        return state.tasksOfInstance(host.id()).stream()
                .filter(t -> !t.stopped())
                .filter(t -> (udp ? t.demand().udpPorts() : t.demand().tcpPorts()).contains(port))
                .findFirst()
                .map(t -> t.group() + ", task " + t.id())
                .orElse("a task that was placed a moment ago");
    }
}
