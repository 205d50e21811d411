package dev.staithe.controlplane.placement;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.Usage;
import dev.staithe.controlplane.placement.query.ClusterQuery;
import dev.staithe.controlplane.state.ClusterState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntPredicate;

/**
 * What the hosts have left: a state, less what was placed since. It holds the one {@link #fits}: whatever places a task asks
 * here, so that no two places can disagree.
 *
 * <p>Making one costs nothing: a cluster is looked at when it is first asked for. Its owner may keep it from state to state,
 * so that only what changed is looked at again: it says which hosts were {@link #touched} and then of which state answers
 * are wanted, {@link #at} or {@link #suppose}. What is kept is soft: made from the state, and equal to what a new one would
 * say.
 *
 * <p>Changes with every task that is placed. Confined to whoever owns it.
 */
public final class Capacity {
    static final Verdict FITS = new Verdict.Fits();

    /** Hosts in all the views that are kept of a cluster: some 50 bytes each. */
    private static final int MOST_VIEWED = 2_000_000;

    private ClusterState state;
    private final Queries queries = new Queries();
    private final SortedMap<String, HostTable> tables = new TreeMap<>();
    private final SortedMap<String, LinkedHashMap<Shape, View>> views = new TreeMap<>();
    private final SortedMap<String, SortedMap<String, GroupTasks>> groups = new TreeMap<>();
    private final SortedSet<String> touched = new TreeSet<>();
    private final SortedSet<String> supposed = new TreeSet<>();

    private Capacity(ClusterState state) {
        this.state = state;
    }

    /** What the state leaves. */
    public static Capacity of(ClusterState state) {
        return new Capacity(state);
    }

    /** Something about the host, or its tasks, is not as it was in the last state: it is looked at again. */
    public void touched(String instanceId) {
        touched.add(instanceId);
    }

    /**
     * Answers for this state from now on. Every host that differs from the last state must have been {@link #touched}; what
     * was placed since, or supposed, is forgotten.
     */
    public void at(ClusterState next) {
        touched.addAll(supposed);
        supposed.clear();
        lookAgain(next);
    }

    /**
     * Answers for this state from now on, which is ahead of the last one and may never be. Every host that differs must have
     * been {@link #touched}. What was placed since counts as far as it is in the state.
     */
    public void suppose(ClusterState ahead) {
        supposed.addAll(touched);
        lookAgain(ahead);
    }

    private void lookAgain(ClusterState next) {
        state = next;
        groups.clear();
        touched.forEach(this::lookAgain);
        touched.clear();
    }

    private void lookAgain(String id) {
        Optional<ContainerInstance> host = state.instance(id);
        for (HostTable table : List.copyOf(tables.values())) {
            int slot = table.slot(id);
            boolean belongs = host.isPresent() && host.get().cluster().equals(table.cluster());
            if (slot >= 0 && belongs) {
                table.refresh(slot, host.get(), state.usage(id));
            } else if (slot >= 0 || belongs) {
                tables.remove(table.cluster());
                views.remove(table.cluster());
            }
        }
    }

    /** Whether the host can take one more task of this demand, and if not, what it lacks. */
    public Verdict fits(ContainerInstance host, Demand demand) {
        return fits(host, new PlacementRequest(host.cluster(), "", demand, 1, Rules.NONE, ""));
    }

    /** Whether the host can take one more task of this request, and if not, what it lacks: room, or what a constraint wants. */
    public Verdict fits(ContainerInstance host, PlacementRequest request) {
        Optional<Verdict.Refused> out = Room.outOfService(host);
        if (out.isPresent()) {
            return out.get();
        }
        Usage usage = usage(host);
        if (Room.has(host, usage, request.demand()) && allows(host, request)) {
            return FITS;
        }
        Shortages shortages = new Shortages();
        Room.attributes(host, request.demand(), shortages);
        constraints(host, request, shortages);
        Room.amounts(host, usage, request.demand(), shortages);
        Room.ports(host, usage, request.demand(), state, shortages);
        return shortages.verdict();
    }

    /**
     * Whether a DAEMON of this demand and these rules belongs on the host, for all that does not change with tasks: room is
     * another question, and what an expression says about tasks is asked when one is placed, so that no daemon can drive
     * itself out.
     */
    public boolean suits(ContainerInstance host, Demand demand, Rules rules) {
        return Room.hasAttributes(host, demand.attributes())
                && rules.constraints().stream().allMatch(constraint -> switch (constraint) {
                    case Constraint.DistinctInstance distinct -> true;
                    case Constraint.MemberOf member ->
                        queries.of(member.expression())
                                .filter(q -> q.dependsOnTasks() || q.matches(new HostSubject(host, this)))
                                .isPresent();
                    case Constraint.Unknown unknown -> false;
                });
    }

    private boolean allows(ContainerInstance host, PlacementRequest request) {
        for (Constraint constraint : request.rules().constraints()) {
            if (!allows(host, request, constraint)) {
                return false;
            }
        }
        return true;
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

    /**
     * Finds hosts for the tasks of the request, one after the other; empty where no host can ever take one.
     *
     * @param replaced tasks of the group that are about to go: strategies do not count them
     */
    Optional<Search> search(PlacementRequest request, List<Task> replaced) {
        HostTable table = table(request.cluster());
        List<ClusterQuery> fixed = new ArrayList<>();
        List<ClusterQuery> moving = new ArrayList<>();
        for (Constraint constraint : request.rules().constraints()) {
            switch (constraint) {
                case Constraint.MemberOf member -> {
                    Optional<ClusterQuery> query = queries.of(member.expression());
                    if (query.isEmpty()) {
                        return Optional.empty();
                    }
                    (query.get().dependsOnTasks() ? moving : fixed).add(query.get());
                }
                case Constraint.DistinctInstance distinct -> {}
                case Constraint.Unknown unknown -> {
                    return Optional.empty();
                }
            }
        }
        List<Level> levels = Level.of(request.rules().ranking());
        View view = view(table, new Shape(levels, request.demand().attributes(), fixed));
        GroupTasks group = group(table, request.group());
        return Optional.of(new Search(
                table,
                view,
                group,
                replaced.isEmpty() ? group : group.without(table, hostsOf(table, replaced)),
                levels,
                request,
                request.rules().distinctInstance(),
                filter(table, request.demand(), moving)));
    }

    private static SlotCounts hostsOf(HostTable table, List<Task> tasks) {
        SlotCounts counts = new SlotCounts(table.size());
        for (Task task : tasks) {
            int slot = table.slot(task.instanceId());
            if (slot >= 0 && !task.stopped()) {
                counts.add(slot, 1);
            }
        }
        return counts;
    }

    private IntPredicate filter(HostTable table, Demand demand, List<ClusterQuery> moving) {
        boolean ports = !demand.tcpPorts().isEmpty() || !demand.udpPorts().isEmpty();
        if (!ports && moving.isEmpty()) {
            return slot -> true;
        }
        return slot -> (!ports || Room.hasPorts(table.host(slot), table.usage(slot), demand))
                && moving.stream().allMatch(q -> q.matches(new HostSubject(table.host(slot), this)));
    }

    private View view(HostTable table, Shape shape) {
        LinkedHashMap<Shape, View> own = views.computeIfAbsent(table.cluster(), c -> new LinkedHashMap<>());
        View known = own.remove(shape);
        if (known == null) {
            known = new View(table, shape.levels(), host -> suits(host, shape));
            if ((own.size() + 1L) * table.size() > MOST_VIEWED && !own.isEmpty()) {
                own.pollFirstEntry();
            }
        }
        // The one that was asked last is the last to go.
        own.put(shape, known);
        known.follow();
        return known;
    }

    /** Whether the host can take tasks of the shape, for all that does not change with its tasks. */
    private boolean suits(ContainerInstance host, Shape shape) {
        return Room.outOfService(host).isEmpty()
                && Room.hasAttributes(host, shape.attributes())
                && shape.queries().stream().allMatch(q -> q.matches(new HostSubject(host, this)));
    }

    /** Notes that a task of this demand goes there. */
    void take(ContainerInstance host, String group, Demand demand) {
        HostTable table = table(host.cluster());
        int slot = table.slot(host.id());
        group(table, group).add(slot, 1);
        table.take(slot, demand);
        touched.add(host.id());
    }

    /** Every container instance of the cluster, in the order of their ids. */
    List<ContainerInstance> hosts(String cluster) {
        return table(cluster).hosts();
    }

    ContainerInstance host(String cluster, int slot) {
        return table(cluster).host(slot);
    }

    /** How many tasks of the group that are not STOPPED the host has. */
    int tasksOf(String group, ContainerInstance host) {
        HostTable table = table(host.cluster());
        int slot = table.slot(host.id());
        return slot < 0 ? 0 : group(table, group).on(slot);
    }

    /** The groups of the tasks that are on the host and have not STOPPED, each once. */
    Collection<String> groupsOn(ContainerInstance host) {
        SortedSet<String> names = new TreeSet<>();
        state.tasksOfInstance(host.id()).stream().filter(t -> !t.stopped()).forEach(t -> names.add(t.group()));
        HostTable table = table(host.cluster());
        int slot = table.slot(host.id());
        Map<String, GroupTasks> known = groups.getOrDefault(host.cluster(), new TreeMap<>());
        known.forEach((name, tasks) -> {
            if (slot >= 0 && tasks.on(slot) > 0) {
                names.add(name);
            }
        });
        return names;
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
        HostTable table = tables.get(host.cluster());
        int slot = table == null ? -1 : table.slot(host.id());
        return table == null || slot < 0 ? state.usage(host.id()) : table.usage(slot);
    }

    private HostTable table(String cluster) {
        HostTable known = tables.get(cluster);
        if (known == null) {
            known = new HostTable(cluster, state);
            tables.put(cluster, known);
        }
        return known;
    }

    private GroupTasks group(HostTable table, String name) {
        return groups.computeIfAbsent(table.cluster(), c -> new TreeMap<>()).computeIfAbsent(name, n -> {
            GroupTasks tasks = new GroupTasks(table);
            state.tasksOfGroup(table.cluster(), name).forEach((host, count) -> {
                int slot = table.slot(host);
                if (slot >= 0) {
                    tasks.add(slot, count);
                }
            });
            return tasks;
        });
    }
}
