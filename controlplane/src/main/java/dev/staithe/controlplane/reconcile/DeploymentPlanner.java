package dev.staithe.controlplane.reconcile;

import static dev.staithe.controlplane.reconcile.Census.count;

import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * The rolling-update kernel: how many tasks to start and which to stop, between the two bounds of the deployment
 * configuration. The rules are ECS's.
 *
 * <p>Two things hold for every answer, whatever happened before: all its starts together do not lift the number of live
 * tasks above {@link Service#maximum}; all its stops together do not take the number of healthy ones below {@link
 * Service#minimumHealthy}.
 *
 * <ol>
 *   <li>What is known to work keeps the minimum: while healthy tasks are too few, lost tasks of the last deployment that
 *       came up are replaced by that deployment.
 *   <li>The primary deployment gets what it lacks, up to the maximum, throttled while its tasks fail.
 *   <li>Old tasks that serve nobody (pending, unhealthy) go at once. The others go as new ones become healthy, or to make
 *       room where the maximum or the hosts leave none, and never below the minimum.
 *   <li>An unhealthy task goes when its replacement is healthy. Where the maximum leaves no room for a replacement,
 *       unhealthy tasks go one by one.
 * </ol>
 */
final class DeploymentPlanner {
    private final Census census;
    private final Facts facts;
    private final int waitingForPlace;
    private final int desired;
    private final int healthy;
    private final StopOrder order;

    private final List<Decision> starts = new ArrayList<>();
    private final List<Decision> stops = new ArrayList<>();
    private OptionalLong wakeAt = OptionalLong.empty();

    /** How many live tasks the maximum still allows. */
    private int room;
    /** How many healthy tasks may go before the minimum is reached. */
    private int spare;
    /** Tasks that the primary deployment lacks and did not get. */
    private int unmet;

    private boolean throttled;

    private DeploymentPlanner(Census census, int waitingForPlace, Facts facts) {
        this.census = census;
        this.facts = facts;
        this.waitingForPlace = waitingForPlace;
        Service service = census.service();
        desired = service.desired();
        healthy = census.healthy();
        room = Math.max(0, service.maximum() - census.total());
        spare = Math.max(0, healthy - service.minimumHealthy());
        List<Graded> live = new ArrayList<>(census.fresh());
        live.addAll(census.old());
        order = new StopOrder(live);
    }

    /**
     * What to start and stop.
     *
     * @param throttled tasks are missing, and the throttle holds them back
     * @param stuck the bounds let nothing move, and nothing that is under way will change that
     */
    record Moves(List<Decision> decisions, boolean throttled, boolean stuck, OptionalLong wakeAtNanos) {}

    static Moves plan(Census census, int waitingForPlace, Facts facts) {
        DeploymentPlanner planner = new DeploymentPlanner(census, waitingForPlace, facts);
        Optional<Deployment> standIn = planner.standIn();
        standIn.ifPresent(planner::keepMinimum);
        planner.startFresh();
        planner.stopOld(standIn);
        planner.stopUnhealthyFresh();
        planner.stopSurplusFresh();
        List<Decision> decisions = new ArrayList<>(planner.starts);
        decisions.addAll(planner.stops);
        return new Moves(decisions, planner.throttled, planner.stuck(), planner.wakeAt);
    }

    /**
     * The older deployment whose lost tasks are replaced: the newest that is known to work, which is that it came up once,
     * or has healthy tasks, and that no task of it failed since.
     */
    private Optional<Deployment> standIn() {
        return census.older().reversed().stream()
                .filter(d -> d.rollout() == Deployment.Rollout.COMPLETED
                        || count(census.old(), of(d).and(Graded::healthy)) > 0)
                .findFirst()
                .filter(d -> d.failedTasks() == 0);
    }

    private void keepMinimum(Deployment standIn) {
        int lacking = census.service().minimumHealthy() - healthy - onTheWay(Optional.of(standIn));
        int lost = standIn.desiredCount() - count(census.old(), of(standIn).and(g -> !g.unhealthy()));
        int count = Math.min(Math.min(lacking, lost), room);
        if (!census.old().isEmpty() && count > 0) {
            start(standIn, count);
        }
    }

    private void startFresh() {
        int missing = desired - count(census.fresh(), g -> !g.unhealthy());
        if (missing <= 0) {
            return;
        }
        int possible = Math.min(missing, room);
        long startsAt = RestartThrottle.startsAt(census.primary(), possible, facts);
        if (startsAt - facts.moment().nanos() > 0) {
            throttled = true;
            wakeAt = OptionalLong.of(startsAt);
            return;
        }
        if (possible > 0) {
            start(census.primary(), possible);
        }
        unmet = missing - possible;
    }

    private void stopOld(Optional<Deployment> standIn) {
        Predicate<Graded> useless = g -> g.unhealthy()
                || (g.pending() && standIn.filter(d -> of(d).test(g)).isEmpty());
        List<Graded> goesAtOnce = census.old().stream().filter(useless).toList();
        List<Graded> serving = census.old().stream().filter(useless.negate()).toList();
        goesAtOnce.forEach(g -> stop(g.task()));

        int replaced = serving.size() - Math.max(0, desired - count(census.fresh(), Graded::healthy));
        int inTheWay = Math.max(unmet, throttled ? 0 : waitingForPlace)
                - goesAtOnce.size()
                - census.leaving().size();
        int wanted = Math.min(serving.size(), Math.max(replaced, inTheWay));
        // What runs may be healthy without our knowing it yet, as after a change of leaders: it goes only while enough
        // others are known to be.
        boolean enough = healthy >= census.service().minimumHealthy();
        List<Graded> unproven = serving.stream().filter(g -> !g.healthy()).toList();
        int first = enough ? Math.min(wanted, unproven.size()) : 0;
        stop(unproven, first);
        int proven = Math.min(wanted - Math.max(0, first), spare);
        stopHealthy(serving, proven);
    }

    /** Old tasks that are not healthy yet and may become so. */
    private int onTheWay(Optional<Deployment> standIn) {
        return count(
                census.old(),
                g -> g.warming()
                        || (g.pending() && standIn.filter(d -> of(d).test(g)).isPresent()));
    }

    private void stopUnhealthyFresh() {
        List<Graded> unhealthy =
                census.fresh().stream().filter(Graded::unhealthy).toList();
        int replaced = count(census.fresh(), Graded::healthy) + unhealthy.size() - desired;
        boolean noRoom = unmet > 0
                && starts.isEmpty()
                && census.leaving().isEmpty()
                && census.fresh().stream().noneMatch(g -> g.pending() || g.warming());
        int count = Math.min(unhealthy.size(), Math.max(replaced, noRoom && stops.isEmpty() ? 1 : 0));
        for (Task task : order.take(unhealthy, count)) {
            stops.add(new Decision.Stop(task, StopCodes.SCHEDULER, StopCodes.FAILED_HEALTH_CHECKS));
        }
    }

    private void stopSurplusFresh() {
        List<Graded> good = census.fresh().stream().filter(g -> !g.unhealthy()).toList();
        int surplus = good.size() - desired;
        List<Graded> coming = good.stream().filter(g -> !g.healthy()).toList();
        int warming = count(good, Graded::warming);
        int kept = Math.min(warming, Math.max(0, census.service().minimumHealthy() - healthy));
        int count = Math.min(surplus, coming.size() - kept);
        stop(coming, count);
        stopHealthy(good, surplus - Math.max(0, count));
    }

    private boolean stuck() {
        boolean moving = !starts.isEmpty()
                || !stops.isEmpty()
                || !census.leaving().isEmpty()
                || census.healthy() < census.total();
        return unmet > 0 && !census.old().isEmpty() && !moving;
    }

    private void start(Deployment deployment, int count) {
        starts.add(new Decision.Start(census.service(), deployment, count));
        room -= count;
    }

    private void stopHealthy(List<Graded> candidates, int count) {
        int allowed = Math.min(count, spare);
        List<Graded> healthyOnes = candidates.stream().filter(Graded::healthy).toList();
        spare -= Math.max(0, Math.min(allowed, healthyOnes.size()));
        stop(healthyOnes, allowed);
    }

    private void stop(List<Graded> candidates, int count) {
        order.take(candidates, count).forEach(this::stop);
    }

    private void stop(Task task) {
        stops.add(new Decision.Stop(
                task, StopCodes.SCHEDULER, EventTexts.scaling(census.primary().id())));
    }

    private static Predicate<Graded> of(Deployment deployment) {
        return g -> g.task().generation() == deployment.generation();
    }
}
