package dev.staithe.controlplane.reconcile;

import static dev.staithe.controlplane.reconcile.Census.count;

import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The rules for a DAEMON: which hosts get a task now, and which tasks go. The rules are ECS's.
 *
 * <p>Two things hold for every answer, whatever happened before: a task is started only on a host where none of the service
 * is left that has not STOPPED; and all its stops on hosts that are wanted do not take the number of healthy tasks there
 * below {@link Service#minimumHealthy}. The desired count of the service is the number of hosts that are wanted.
 *
 * <ol>
 *   <li>A task goes at once from a host that no longer matches; from one that is drained, it goes last: when no task of a
 *       service that is no daemon is left there.
 *   <li>A host that is wanted and has no task gets one of the primary deployment, throttled while its tasks fail. When that
 *       deployment has failed or was stopped, it gets one of the last that worked.
 *   <li>A task of an older deployment is stopped before its successor is started on the same host, on as many hosts at a time
 *       as the minimum leaves; nothing of it stops while the new tasks fail, or when the deployment was stopped.
 *   <li>Until it is known what images the primary deployment runs, it has one task only ({@link ImagePins}).
 *   <li>An unhealthy task is replaced in the same way, one at a time, when everything else is quiet.
 * </ol>
 *
 * A protected task is stopped by none of these while it is healthy.
 */
final class DaemonPlanner {
    /** Of two tasks on one host, the one to keep: of the newest deployment, the best grade, the oldest. */
    private static final Comparator<Graded> BEST_FIRST = Comparator.comparingLong(
                    (Graded g) -> g.task().generation())
            .thenComparing(Graded::grade)
            .reversed()
            .thenComparingLong(g -> g.task().times().createdAt())
            .thenComparing(g -> g.task().id());

    private final Census census;
    private final DaemonHosts hosts;
    private final Facts facts;
    private final boolean pinned;
    private final SortedMap<String, Graded> kept = new TreeMap<>();
    private final SortedSet<String> emptying = new TreeSet<>();

    private final List<Decision> starts = new ArrayList<>();
    private final List<Decision> stops = new ArrayList<>();
    private final List<String> misplaced = new ArrayList<>();
    private OptionalLong wakeAt = OptionalLong.empty();
    private boolean throttled;

    private DaemonPlanner(Census census, DaemonHosts hosts, Facts facts) {
        this.census = census;
        this.hosts = hosts;
        this.facts = facts;
        pinned = ImagePins.open(facts.state(), census.primary()).isEmpty();
        census.leaving().forEach(t -> emptying.add(t.instanceId()));
    }

    /**
     * What to start and stop.
     *
     * @param misplaced instances that lose their task because they no longer match
     */
    record Moves(DeploymentPlanner.Moves moves, List<String> misplaced) {}

    /** @param census of the service as it is with the desired count that follows from the hosts */
    static Moves plan(Census census, DaemonHosts hosts, Facts facts) {
        DaemonPlanner planner = new DaemonPlanner(census, hosts, facts);
        planner.clearOthers();
        planner.fillEmpty();
        planner.replaceOld();
        planner.replaceUnhealthy();
        List<Decision> decisions = new ArrayList<>(planner.starts);
        decisions.addAll(planner.stops);
        return new Moves(
                new DeploymentPlanner.Moves(
                        decisions, planner.throttled, planner.stuck(), Optional.empty(), planner.wakeAt),
                planner.misplaced);
    }

    /** Stops what is not where it should be, and finds the one task to keep of each host. */
    private void clearOthers() {
        SortedMap<String, List<Graded>> byHost = new TreeMap<>();
        census.live()
                .forEach(g -> byHost.computeIfAbsent(g.task().instanceId(), h -> new ArrayList<>())
                        .add(g));
        byHost.forEach((host, tasks) -> {
            if (hosts.wanted().contains(host)) {
                List<Graded> bestFirst = tasks.stream().sorted(BEST_FIRST).toList();
                kept.put(host, bestFirst.getFirst());
                bestFirst.stream().skip(1).forEach(g -> stop(g.task()));
            } else {
                clear(host, tasks);
            }
        });
    }

    private void clear(String host, List<Graded> tasks) {
        switch (hosts.status(host)) {
            case ACTIVE -> {
                List<Graded> going = tasks.stream().filter(g -> !g.shielded()).toList();
                going.forEach(g -> stop(g.task()));
                if (!going.isEmpty()) {
                    misplaced.add(host);
                }
            }
            case DRAINING -> {
                boolean last = onlyDaemonsLeft(host);
                tasks.stream()
                        .filter(g -> !g.shielded() && (last || g.pending()))
                        .forEach(g -> stop(g.task()));
            }
            // Its tasks are given up with it.
            case INACTIVE -> {}
        }
    }

    private boolean onlyDaemonsLeft(String host) {
        return facts.state().tasksOfInstance(host).stream()
                .filter(t -> !t.stopped() && !t.standalone())
                .allMatch(t -> facts.state()
                        .serviceByUid(t.serviceUid())
                        .filter(s -> s.scheduling().daemon())
                        .isPresent());
    }

    private void fillEmpty() {
        List<String> empty = hosts.answering().stream()
                .filter(h -> !kept.containsKey(h) && !emptying.contains(h))
                .toList();
        if (empty.isEmpty()) {
            return;
        }
        Optional<Deployment> works = failed() || stopped() ? standIn() : Optional.empty();
        works.ifPresent(d -> starts.add(new Decision.StartOn(census.service(), d, empty, empty.size())));
        if (failed() || works.isPresent()) {
            return;
        }
        int most = pinned ? empty.size() : firstIsUp() ? 0 : 1;
        if (most > 0 && mayStart(most)) {
            starts.add(new Decision.StartOn(census.service(), census.primary(), empty, most));
        }
    }

    /** Whether there is a task of the primary deployment. Until its images are known there is one only. */
    private boolean firstIsUp() {
        return kept.values().stream().anyMatch(g -> of(g, census.primary()));
    }

    /** Whether the throttle lets this many tasks of the primary deployment start now. */
    private boolean mayStart(int tasks) {
        long startsAt = RestartThrottle.startsAt(census.primary(), tasks, facts);
        if (startsAt - facts.moment().nanos() <= 0) {
            return true;
        }
        throttled = true;
        wakeAt = OptionalLong.of(startsAt);
        return false;
    }

    /** The newest older deployment that came up once, and of which no task failed since. */
    private Optional<Deployment> standIn() {
        return census.older().reversed().stream()
                .filter(d -> d.rollout() == Deployment.Rollout.COMPLETED
                        || count(census.live(), g -> of(g, d) && g.healthy()) > 0)
                .findFirst()
                .filter(d -> d.failedTasks() == 0);
    }

    private void replaceOld() {
        List<Graded> old = kept.values().stream()
                .filter(g -> !of(g, census.primary()) && !g.shielded())
                .filter(g -> hosts.answering().contains(g.task().instanceId()))
                .toList();
        if (old.isEmpty() || failed() || stopped() || throttled || !mayStart(1)) {
            return;
        }
        List<Graded> going = new ArrayList<>();
        old.stream().filter(g -> g.pending() || g.unhealthy()).forEach(going::add);
        int healthy = count(List.copyOf(kept.values()), Graded::healthy);
        // What runs may be healthy without our knowing it yet, as after a change of leaders: it goes only while enough
        // others are known to be.
        if (healthy >= census.service().minimumHealthy()) {
            old.stream().filter(Graded::warming).forEach(going::add);
        }
        int spare = Math.max(0, healthy - census.service().minimumHealthy());
        old.stream().filter(Graded::healthy).limit(spare).forEach(going::add);
        going.stream().limit(pinned ? going.size() : roomForFirst()).forEach(g -> stop(g.task()));
    }

    /** How many hosts to clear so that the first task of the primary deployment has one that it fits on. */
    private int roomForFirst() {
        boolean coming = firstIsUp() || !emptying.isEmpty();
        boolean tried = facts.state().waiting(census.service().uid()).isPresent();
        return coming || (!starts.isEmpty() && !tried) ? 0 : 1;
    }

    private void replaceUnhealthy() {
        boolean quiet = starts.isEmpty()
                && stops.isEmpty()
                && emptying.isEmpty()
                && kept.values().stream().noneMatch(g -> g.pending() || g.warming());
        if (quiet && !failed()) {
            kept.values().stream()
                    .filter(g -> g.unhealthy() && of(g, census.primary()))
                    .filter(g -> hosts.answering().contains(g.task().instanceId()))
                    .findFirst()
                    .filter(g -> mayStart(1))
                    .ifPresent(g -> stops.add(
                            new Decision.Stop(g.task(), StopCodes.SCHEDULER, StopCodes.FAILED_HEALTH_CHECKS)));
        }
    }

    /** The minimum is what keeps old tasks where they are. */
    private boolean stuck() {
        boolean old = kept.values().stream().anyMatch(g -> !of(g, census.primary()) && !g.shielded());
        boolean moving = !starts.isEmpty()
                || !stops.isEmpty()
                || !emptying.isEmpty()
                || kept.size() < hosts.wanted().size()
                || kept.values().stream().anyMatch(g -> !g.healthy());
        return old && !moving && !throttled && census.primary().rollout() == Deployment.Rollout.IN_PROGRESS;
    }

    /** A user wants the tasks of all deployments left as they are. */
    private boolean stopped() {
        return census.primary().rollout() == Deployment.Rollout.STOPPED;
    }

    private boolean failed() {
        return census.primary().rollout() == Deployment.Rollout.FAILED;
    }

    private void stop(Task task) {
        stops.add(new Decision.Stop(
                task, StopCodes.SCHEDULER, EventTexts.scaling(census.primary().id())));
    }

    private static boolean of(Graded graded, Deployment deployment) {
        return graded.task().generation() == deployment.generation();
    }
}
