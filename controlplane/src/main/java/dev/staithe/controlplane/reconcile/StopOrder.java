package dev.staithe.controlplane.reconcile;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.placement.Strategy;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.PlacementStrategy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Which tasks a service gives up first. The worse {@link Grade} goes first. Among equals the service's placement strategies
 * decide, one after the other, so that what is left stands as they want it:
 *
 * <ul>
 *   <li>spread: a task in the bucket that has most live tasks of the service;
 *   <li>binpack: a task on the instance that has most of the resource left once it is gone;
 *   <li>random: any;
 *   <li>none at all: as with a spread over zones.
 * </ul>
 *
 * Last come a task on the host that has most of them, on that host the newest, and its id: where ECS chooses at random, the
 * same question gets the same answer here.
 *
 * <pre>
 * zone 1, host a: t1 (HEALTHY, oldest), t2 (HEALTHY), t3 (HEALTHY, newest)     zone 2, host b: t4 (HEALTHY), t5 (PENDING)
 * give up 3 of them: t5 (pending), t3 (zone 1 has three, zone 2 one), t2 (two, one)
 * </pre>
 *
 * The hosts are the leaves of a tree with a level for each strategy. A task is found and taken by going down along the
 * first branch of each level, and only what is on that path changes its rank: {@code hosts + tasks × levels × log hosts}.
 */
final class StopOrder {
    private static final Comparator<Graded> NEWEST_FIRST = Comparator.comparingLong(
                    (Graded g) -> g.task().times().createdAt())
            .reversed()
            .thenComparing(g -> g.task().id());

    private static final Comparator<Node> FULLEST_FIRST =
            Comparator.comparingLong(Node::live).reversed();
    private static final Comparator<Node> EMPTIEST_FIRST =
            Comparator.comparingLong(Node::leftAfter).reversed();

    private final ClusterState state;
    private final List<Strategy> strategies;
    private final Map<String, List<Graded>> liveByHost = new TreeMap<>();
    private final Map<String, List<Graded>> gone = new TreeMap<>();

    /** An order for a service with these live tasks. */
    StopOrder(ClusterState state, List<PlacementStrategy> strategies, List<Graded> live) {
        this.state = state;
        this.strategies = strategies.isEmpty()
                ? List.of(new Strategy.SpreadAttribute("ecs.availability-zone"))
                : strategies.stream().flatMap(s -> Strategy.of(s).stream()).toList();
        live.forEach(g -> add(liveByHost, g));
    }

    /** Takes this many of the candidates, which all are live tasks of the service; fewer if there are not so many. */
    List<Graded> take(Collection<Graded> candidates, int count) {
        List<Graded> taken = new ArrayList<>();
        for (Grade grade : Grade.values()) {
            List<Graded> equals =
                    candidates.stream().filter(g -> g.grade() == grade).toList();
            if (taken.size() < count && !equals.isEmpty()) {
                takeEquals(equals, count, taken);
            }
        }
        return taken;
    }

    private void takeEquals(List<Graded> candidates, int count, List<Graded> taken) {
        Map<String, List<Graded>> byHost = new TreeMap<>();
        candidates.forEach(g -> add(byHost, g));
        List<Host> hosts = new ArrayList<>();
        liveByHost.forEach((id, live) -> hosts.add(new Host(
                id, live.size() - gone.getOrDefault(id, List.of()).size(), byHost.getOrDefault(id, List.of()))));
        Branch tree = branch("", hosts, 0);
        while (taken.size() < count && tree.candidates() > 0) {
            Graded next = tree.take();
            taken.add(next);
            add(gone, next);
        }
    }

    private static void add(Map<String, List<Graded>> byHost, Graded graded) {
        byHost.computeIfAbsent(graded.task().instanceId(), h -> new ArrayList<>())
                .add(graded);
    }

    /** The tree of these hosts from that level down. */
    private Branch branch(String name, List<Host> hosts, int level) {
        if (level == strategies.size()) {
            return new Branch(name, FULLEST_FIRST, hosts);
        }
        return switch (strategies.get(level)) {
            case Strategy.SpreadAttribute spread -> buckets(name, hosts, level, h -> value(h, spread.name()));
            case Strategy.SpreadHosts spread -> buckets(name, hosts, level, h -> h);
            case Strategy.Binpack binpack -> emptiest(name, hosts, binpack.resource() == Strategy.Resource.CPU);
            case Strategy.Random random -> branch(name, hosts, level + 1);
        };
    }

    /** Hosts without the attribute share a bucket. */
    private String value(String host, String attribute) {
        String value = state.instance(host).map(i -> i.attribute(attribute)).orElse(null);
        return value == null ? "" : value;
    }

    private Branch buckets(String name, List<Host> hosts, int level, Function<String, String> bucketOf) {
        Map<String, List<Host>> buckets = new TreeMap<>();
        hosts.forEach(h -> buckets.computeIfAbsent(bucketOf.apply(h.id), b -> new ArrayList<>())
                .add(h));
        List<Branch> branches = new ArrayList<>();
        buckets.forEach((bucket, own) -> branches.add(branch(bucket, own, level + 1)));
        return new Branch(name, FULLEST_FIRST, branches);
    }

    /** What comes after it would decide between hosts that have equally much left: the next of its own order does. */
    private Branch emptiest(String name, List<Host> hosts, boolean cpu) {
        for (Host host : hosts) {
            host.cpu = cpu;
            state.instance(host.id).ifPresent(instance -> host.left = left(instance, cpu));
            gone.getOrDefault(host.id, List.of()).forEach(g -> host.left += host.demand(g));
        }
        return new Branch(name, EMPTIEST_FIRST, hosts);
    }

    private long left(ContainerInstance instance, boolean cpu) {
        return cpu
                ? instance.cpu() - state.usage(instance.id()).cpu()
                : instance.memory() - state.usage(instance.id()).memory();
    }

    /** A part of the tree. What it says of itself changes with every task that is taken from it. */
    private interface Node {
        /** Decides between equals. */
        String name();

        /** Live tasks of the service. */
        long live();

        int candidates();

        /** What the host of the next task has left once that is gone. */
        long leftAfter();

        Graded take();
    }

    private static final class Branch implements Node {
        private final String name;
        private final PriorityQueue<Node> nodes;
        private long live;
        private int candidates;

        Branch(String name, Comparator<Node> first, List<? extends Node> nodes) {
            this.name = name;
            this.nodes = new PriorityQueue<>(first.thenComparing(Node::name));
            for (Node node : nodes) {
                live += node.live();
                candidates += node.candidates();
                if (node.candidates() > 0) {
                    this.nodes.add(node);
                }
            }
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public long live() {
            return live;
        }

        @Override
        public int candidates() {
            return candidates;
        }

        @Override
        public long leftAfter() {
            return nodes.isEmpty() ? 0 : nodes.element().leftAfter();
        }

        @Override
        public Graded take() {
            Node node = nodes.remove();
            Graded taken = node.take();
            live--;
            candidates--;
            if (node.candidates() > 0) {
                nodes.add(node);
            }
            return taken;
        }
    }

    private static final class Host implements Node {
        private final String id;
        private final Deque<Graded> newestFirst;
        private long live;
        private long left;
        private boolean cpu;

        Host(String id, long live, List<Graded> candidates) {
            this.id = id;
            this.live = live;
            this.newestFirst =
                    new ArrayDeque<>(candidates.stream().sorted(NEWEST_FIRST).toList());
        }

        @Override
        public String name() {
            return id;
        }

        @Override
        public long live() {
            return live;
        }

        @Override
        public int candidates() {
            return newestFirst.size();
        }

        @Override
        public long leftAfter() {
            return newestFirst.isEmpty() ? left : left + demand(newestFirst.element());
        }

        @Override
        public Graded take() {
            Graded taken = newestFirst.remove();
            live--;
            left += demand(taken);
            return taken;
        }

        private long demand(Graded graded) {
            return cpu ? graded.task().demand().cpu() : graded.task().demand().memory();
        }
    }
}
