package dev.staithe.controlplane.reconcile;

import static dev.staithe.controlplane.reconcile.Census.count;

import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Scheduling;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskDefinitionRevision;
import dev.staithe.controlplane.placement.Capacity;
import dev.staithe.controlplane.placement.PlacementRequest;
import dev.staithe.controlplane.placement.Replacements;
import dev.staithe.controlplane.state.ClusterState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Decides which tasks of a steady service are to stand elsewhere, so that its spread becomes as even as it can be. It only
 * marks them: {@link DeploymentPlanner} replaces a marked task first and stops it then, as it does with those on a draining
 * host. The marks are stored, so the next leader goes on.
 *
 * <p>A task is marked only if the placer, asked where its replacement would go, names a host on which {@link Evenness}
 * gains. A tenth of the tasks are moved at a time, at least one, and never more than the maximum leaves room for. The next
 * are looked for when the service is steady again.
 *
 * <p>A mark is taken back while the replacement is not there yet: when it finds no place, when it would gain nothing any
 * more, when other tasks of the service were lost, or when the service wants no moves any more.
 *
 * <p>While a service stands unevenly and no move is possible, it is looked at once a minute; otherwise when one of its tasks
 * or the hosts change.
 */
final class Rebalancer {
    static final String CAUSE = "rebalancing";
    static final Duration RETRY = Duration.ofMinutes(1);

    /** Hosts whose tasks are considered in one plan, those with most to gain. */
    private static final int MOST_CONSIDERED = 8;

    private final Census census;
    private final Facts facts;
    private final Service service;
    private final Deployment primary;
    private final Capacity capacity;

    private Rebalancer(Census census, Facts facts) {
        this.census = census;
        this.facts = facts;
        this.service = census.service();
        this.primary = census.primary();
        this.capacity = Capacity.of(facts.state());
    }

    /**
     * What to do about a service that is steady.
     *
     * @param moving tasks are about to be moved: it is steady no more
     */
    record Proposal(List<Decision> decisions, boolean moving, OptionalLong wakeAtNanos) {
        private static final Proposal NONE = new Proposal(List.of(), false, OptionalLong.empty());
    }

    /**
     * One task, and where its replacement would go.
     *
     * @param level of the evenness, the first on which it is a gain
     */
    record Move(Task task, String to, int level) {}

    static Proposal propose(Census census, Facts facts) {
        Rebalancer rebalancer = new Rebalancer(census, facts);
        boolean well = census.primary().failedTasks() == 0;
        return rebalancer.wanted() && well ? rebalancer.propose() : Proposal.NONE;
    }

    /** Marks to take back. */
    static List<Decision> giveUp(Census census, int waitingForPlace, Facts facts) {
        List<Task> moving = census.displaced().stream()
                .filter(g -> g.displacement() == Displacement.MOVED)
                .map(Graded::task)
                .filter(t -> t.generation() == census.primary().generation())
                .toList();
        int missing = census.service().desired() - count(census.fresh(), g -> !g.unhealthy());
        if (moving.isEmpty() || missing <= 0) {
            return List.of();
        }
        Rebalancer rebalancer = new Rebalancer(census, facts);
        List<Task> unreplaced = moving.subList(Math.max(0, moving.size() - missing), moving.size());
        boolean goOn = rebalancer.wanted()
                && waitingForPlace == 0
                && missing <= moving.size()
                && unreplaced.stream().anyMatch(t -> rebalancer.stillGains(t, unreplaced));
        return goOn
                ? List.of()
                : unreplaced.stream()
                        .<Decision>map(t -> new Decision.Move(t, false))
                        .toList();
    }

    private boolean wanted() {
        return service.scheduling().rebalancing() != Scheduling.Rebalancing.DISABLED
                && !service.scheduling().daemon()
                && service.maximum() > service.desired()
                && primary.rollout() == Deployment.Rollout.COMPLETED;
    }

    private Proposal propose() {
        List<Task> standing = census.fresh().stream().map(Graded::task).toList();
        Optional<Evenness> evenness = evenness(facts.state(), standing);
        boolean even = evenness.isEmpty()
                || standing.stream().noneMatch(t -> evenness.get().mayGain(t.instanceId()));
        List<Move> moves = even ? List.of() : moves(standing);
        boolean dryRun = service.scheduling().rebalancing() == Scheduling.Rebalancing.DRY_RUN;
        List<Decision> decisions = new ArrayList<>();
        if (!moves.isEmpty()) {
            if (!dryRun) {
                moves.forEach(m -> decisions.add(new Decision.Move(m.task(), true)));
            }
            RebalancingTexts texts = new RebalancingTexts(facts.state(), evenness.orElseThrow());
            String message = dryRun ? texts.wouldMove(moves) : texts.begins(moves.getFirst());
            boolean due = dryRun
                    ? !Announcements.toldLately(facts.state(), service, CAUSE, facts.moment(), facts.settings())
                    : !Announcements.toldSinceSteady(facts.state(), service, CAUSE);
            if (due) {
                decisions.add(new Decision.Announce(service, message, CAUSE));
            }
        } else if (even && !dryRun && Announcements.toldSinceSteady(facts.state(), service, CAUSE)) {
            Evenness now = evenness.orElseGet(() -> Evenness.any(facts.state(), service, instances(standing)));
            new RebalancingTexts(facts.state(), now)
                    .ends()
                    .ifPresent(text -> decisions.add(new Decision.Announce(service, text, "balanced")));
        }
        boolean again = !even && (moves.isEmpty() || dryRun);
        OptionalLong wakeAt = again ? OptionalLong.of(facts.moment().nanos() + RETRY.toNanos()) : OptionalLong.empty();
        return new Proposal(decisions, !moves.isEmpty() && !dryRun, wakeAt);
    }

    /** Each as if those before it were done. */
    private List<Move> moves(List<Task> tasks) {
        int most = Math.min(Math.max(1, service.desired() / 10), service.maximum() - service.desired());
        List<Move> moves = new ArrayList<>();
        Map<String, Task> standing = new TreeMap<>();
        tasks.forEach(t -> standing.put(t.id(), t));
        Map<String, Task> movable = new TreeMap<>();
        census.fresh().stream().filter(g -> !g.shielded()).map(Graded::task).forEach(t -> movable.put(t.id(), t));
        ClusterState state = facts.state();
        while (moves.size() < most) {
            Optional<Move> next = move(state, List.copyOf(standing.values()), List.copyOf(movable.values()));
            if (next.isEmpty()) {
                return moves;
            }
            Task moved = next.get().task().on(next.get().to());
            moves.add(next.get());
            movable.remove(moved.id());
            standing.put(moved.id(), moved);
            capacity.touched(next.get().task().instanceId());
            capacity.touched(moved.instanceId());
            state = state.assuming(List.of(moved));
        }
        return moves;
    }

    private Optional<Move> move(ClusterState state, List<Task> standing, List<Task> movable) {
        Optional<Evenness> evenness = evenness(state, standing);
        if (evenness.isEmpty()) {
            return Optional.empty();
        }
        for (Task task : candidates(evenness.get(), movable)) {
            Optional<String> to = place(state, List.of(task));
            Optional<Integer> level = to.flatMap(host -> evenness.get().gain(task.instanceId(), host));
            if (level.isPresent()) {
                return Optional.of(new Move(task, to.orElseThrow(), level.get()));
            }
        }
        return Optional.empty();
    }

    /** The newest task of each host from which a move may gain, from the fullest bucket on. */
    private static List<Task> candidates(Evenness evenness, List<Task> movable) {
        Map<String, Task> byHost = new TreeMap<>();
        for (Task task : movable) {
            byHost.merge(
                    task.instanceId(),
                    task,
                    (a, b) -> a.times().createdAt() >= b.times().createdAt() ? a : b);
        }
        return byHost.values().stream()
                .filter(t -> evenness.mayGain(t.instanceId()))
                .sorted(Comparator.<Task, List<Integer>>comparing(
                        t -> evenness.tasks(t.instanceId()), Rebalancer::moreTasksFirst))
                .limit(MOST_CONSIDERED)
                .toList();
    }

    private static int moreTasksFirst(List<Integer> a, List<Integer> b) {
        for (int level = 0; level < a.size(); level++) {
            int order = Integer.compare(b.get(level), a.get(level));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private boolean stillGains(Task task, List<Task> unreplaced) {
        List<Task> standing = new ArrayList<>(unreplaced);
        census.fresh().stream().map(Graded::task).forEach(standing::add);
        return evenness(facts.state(), standing)
                .flatMap(e -> place(facts.state(), List.of(task)).flatMap(host -> e.gain(task.instanceId(), host)))
                .isPresent();
    }

    private Optional<Evenness> evenness(ClusterState state, List<Task> standing) {
        return Evenness.of(state, service, instances(standing));
    }

    private static List<String> instances(List<Task> tasks) {
        return tasks.stream().map(Task::instanceId).toList();
    }

    /** Where the placer would put a task that takes the place of one of these. */
    private Optional<String> place(ClusterState state, List<Task> replaced) {
        Optional<TaskDefinitionRevision> definition = state.taskDefinition(primary.taskDefinition());
        return definition.flatMap(
                d -> Replacements.next(state, capacity, PlacementRequest.of(service, primary, d, 1), replaced));
    }
}
