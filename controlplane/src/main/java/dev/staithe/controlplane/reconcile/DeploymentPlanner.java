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
 *       came up are replaced by that deployment. While the primary deployment is held back, that deployment is restored as
 *       far as there is room.
 *   <li>The primary deployment gets what it lacks, up to the maximum, throttled while its tasks fail. A displaced task
 *       counts as lacking: its replacement is started first.
 *   <li>What is pending on a draining host, or of an old deployment, goes at once: it serves nobody.
 *   <li>Displaced tasks, and unhealthy old ones, go when enough others are healthy; the other old tasks as new ones become
 *       healthy. All of them also to make room where the maximum or the hosts leave none, and never below the minimum.
 *   <li>An unhealthy task goes when its replacement is healthy. Where the maximum leaves no room for a replacement,
 *       unhealthy tasks go one by one.
 *   <li>What is too many goes, in {@link StopOrder}.
 * </ol>
 *
 * A protected task is stopped by none of these while it is healthy.
 */
final class DeploymentPlanner {
    private final Census census;
    private final Facts facts;
    private final int waitingForPlace;
    private final int desired;
    private final int healthy;
    private final int healthyFresh;
    private final Optional<Deployment> standIn;
    private final StopOrder order;
    private final List<Task> replaced;

    private final List<Decision> stops = new ArrayList<>();
    private OptionalLong wakeAt = OptionalLong.empty();

    /** How many live tasks the maximum still allows. */
    private int room;
    /** How many healthy tasks may go before the minimum is reached. */
    private int spare;
    /** Tasks that the primary deployment lacks and did not get. */
    private int unmet;
    /** Tasks that the stand-in lacks and did not get. */
    private int unmetStandIn;

    private int startedFresh;
    private int startedStandIn;

    private boolean throttled;

    private DeploymentPlanner(Census census, int waitingForPlace, Facts facts) {
        this.census = census;
        this.facts = facts;
        this.waitingForPlace = waitingForPlace;
        Service service = census.service();
        List<Graded> live = census.live();
        desired = service.desired();
        healthy = count(live, Graded::healthy);
        healthyFresh = count(census.fresh(), Graded::healthy);
        room = Math.max(0, service.maximum() - live.size());
        spare = Math.max(0, healthy - service.minimumHealthy());
        standIn = standIn();
        replaced = census.displaced().stream().map(Graded::task).toList();
        order = new StopOrder(facts.state(), service.scheduling().strategies(), live);
    }

    /**
     * What to start and stop.
     *
     * @param throttled tasks are missing, and the throttle holds them back
     * @param stuck the bounds let nothing move, and nothing that is under way will change that
     * @param shielded the deployment of which more tasks are protected than are wanted
     */
    record Moves(
            List<Decision> decisions,
            boolean throttled,
            boolean stuck,
            Optional<Deployment> shielded,
            OptionalLong wakeAtNanos) {}

    static Moves plan(Census census, int waitingForPlace, Facts facts) {
        DeploymentPlanner planner = new DeploymentPlanner(census, waitingForPlace, facts);
        planner.keepMinimum();
        if (census.primary().rollout() == Deployment.Rollout.STOPPED) {
            planner.holdStill();
        } else {
            planner.rollOn();
        }
        List<Decision> decisions = planner.starts();
        decisions.addAll(planner.stops);
        return new Moves(decisions, planner.throttled, planner.stuck(), planner.shielded(), planner.wakeAt);
    }

    private void rollOn() {
        startFresh();
        restoreStandIn();
        stopPending();
        stopReplaced();
        stopOld();
        stopUnhealthyFresh();
        stopSurplusFresh();
    }

    /**
     * A user stopped the deployment and wants the tasks of all deployments left as they are: what is above the maximum goes,
     * because the service was scaled, and what is displaced as far as the minimum allows.
     */
    private void holdStill() {
        retire(census.displaced(), census.displaced().size());
        List<Graded> staying = new ArrayList<>(census.old());
        staying.addAll(census.fresh());
        retire(staying, census.live().size() - stops.size() - census.service().maximum());
    }

    /**
     * The older deployment whose lost tasks are replaced: the newest that is known to work, which is that it came up once,
     * or has healthy tasks, and that no task of it failed since.
     */
    private Optional<Deployment> standIn() {
        return census.older().reversed().stream()
                .filter(d -> d.rollout() == Deployment.Rollout.COMPLETED
                        || count(census.live(), of(d).and(Graded::healthy)) > 0)
                .findFirst()
                .filter(d -> d.failedTasks() == 0)
                .filter(d -> count(census.live(), g -> !of(census.primary()).test(g)) > 0);
    }

    private void keepMinimum() {
        int lacking = Math.min(census.service().minimumHealthy() - healthy - onTheWay(), lost());
        unmetStandIn = Math.max(0, lacking - room);
        startStandIn(Math.min(lacking, room));
    }

    /** Old tasks that are not healthy yet and may become so. */
    private int onTheWay() {
        return count(census.old(), g -> g.warming() || (g.pending() && ofStandIn(g)));
    }

    /** How many more tasks the stand-in held when it was the primary deployment. */
    private int lost() {
        int left = count(census.old(), g -> ofStandIn(g) && !g.unhealthy());
        return standIn.map(d -> d.desiredCount() - left - startedStandIn).orElse(0);
    }

    private void startFresh() {
        int missing = desired - count(census.fresh(), g -> !g.unhealthy());
        if (missing <= 0 || failed()) {
            return;
        }
        int wanted = ImagePins.open(facts.state(), census.primary()).isEmpty()
                ? missing
                : Math.min(missing, census.has(census.primary()) ? 0 : 1);
        int possible = Math.min(wanted, room);
        long startsAt = RestartThrottle.startsAt(census.primary(), possible, facts);
        if (startsAt - facts.moment().nanos() > 0) {
            throttled = true;
            wakeAt = OptionalLong.of(startsAt);
            // Kept for when it may start: old tasks that took it would only have to go again.
            room -= possible;
            return;
        }
        if (possible > 0) {
            startedFresh = possible;
            room -= possible;
        }
        unmet = wanted - possible;
    }

    /** While nothing comes of the primary deployment, what works is what there is. */
    private void restoreStandIn() {
        if (throttled || failed()) {
            int left = count(census.old(), g -> !g.unhealthy()) + startedStandIn;
            startStandIn(Math.min(Math.min(desired - healthyFresh - left, lost()), room));
        }
    }

    private void startStandIn(int count) {
        int started = standIn.isPresent() ? Math.max(0, count) : 0;
        startedStandIn += started;
        room -= started;
    }

    private void stopPending() {
        stop(census.displaced().stream().filter(Graded::pending).toList(), Integer.MAX_VALUE);
        stop(
                census.old().stream()
                        .filter(g -> g.pending() && !ofStandIn(g) && !g.shielded())
                        .toList(),
                Integer.MAX_VALUE);
    }

    /** Tasks that others have taken the place of, or were started to. */
    private void stopReplaced() {
        List<Graded> candidates = new ArrayList<>();
        census.old().stream().filter(Graded::unhealthy).forEach(candidates::add);
        census.displaced().stream().filter(g -> !g.pending()).forEach(candidates::add);
        int others = healthyFresh + count(census.old(), Graded::healthy);
        int replaced = candidates.size() - Math.max(0, desired - others);
        boolean neverReplaced = failed() && standIn.isEmpty();
        int wanted = neverReplaced ? candidates.size() : Math.max(replaced, Math.max(inTheWay(), unmetStandIn));
        retire(candidates, wanted);
    }

    private void stopOld() {
        List<Graded> serving = census.old().stream()
                .filter(g -> !g.unhealthy() && (!g.pending() || ofStandIn(g)))
                .toList();
        int replaced = serving.size() - Math.max(0, desired - healthyFresh);
        retire(serving, Math.max(replaced, inTheWay()));
    }

    /** How many tasks must go so that the primary deployment gets what it lacks. */
    private int inTheWay() {
        int kept = Math.max(unmet, Math.min(waitingForPlace, startedFresh));
        return kept - stops.size() - census.leaving().size();
    }

    private void stopUnhealthyFresh() {
        List<Graded> unhealthy =
                census.fresh().stream().filter(Graded::unhealthy).toList();
        int replaced = healthyFresh + unhealthy.size() - desired;
        boolean noRoom = unmet > 0
                && startedFresh + startedStandIn == 0
                && census.leaving().isEmpty()
                && census.fresh().stream().noneMatch(g -> g.pending() || g.warming());
        int count = Math.min(unhealthy.size(), Math.max(replaced, noRoom && stops.isEmpty() ? 1 : 0));
        for (Graded graded : order.take(unhealthy, count)) {
            stops.add(new Decision.Stop(graded.task(), StopCodes.SCHEDULER, StopCodes.FAILED_HEALTH_CHECKS));
        }
    }

    private void stopSurplusFresh() {
        List<Graded> good = census.fresh().stream().filter(g -> !g.unhealthy()).toList();
        List<Graded> mayGo = good.stream().filter(g -> !g.shielded()).toList();
        int surplus = good.size() - desired;
        List<Graded> coming = mayGo.stream().filter(g -> !g.healthy()).toList();
        int warming = count(mayGo, Graded::warming);
        int kept = Math.min(warming, Math.max(0, census.service().minimumHealthy() - healthy));
        int count = Math.min(surplus, coming.size() - kept);
        stop(coming, count);
        stopHealthy(mayGo, surplus - Math.max(0, count));
    }

    /** The bounds are what keeps everything as it is. */
    private boolean stuck() {
        boolean moving = startedFresh + startedStandIn > 0
                || !stops.isEmpty()
                || !census.leaving().isEmpty()
                || healthy < census.live().size();
        boolean toBeReplaced =
                !census.displaced().isEmpty() || census.old().stream().anyMatch(g -> !g.shielded());
        return unmet > 0 && toBeReplaced && !moving;
    }

    private Optional<Deployment> shielded() {
        if (count(census.fresh(), Graded::shielded) > desired) {
            return Optional.of(census.primary());
        }
        return healthyFresh < desired
                ? Optional.empty()
                : census.older().reversed().stream()
                        .filter(d -> count(census.old(), of(d).and(Graded::shielded)) > 0)
                        .findFirst();
    }

    private boolean failed() {
        return census.primary().rollout() == Deployment.Rollout.FAILED;
    }

    private List<Decision> starts() {
        List<Decision> starts = new ArrayList<>();
        standIn.filter(d -> startedStandIn > 0).ifPresent(d -> starts.add(start(d, startedStandIn)));
        if (startedFresh > 0) {
            starts.add(start(census.primary(), startedFresh));
        }
        return starts;
    }

    private Decision start(Deployment deployment, int count) {
        return new Decision.Start(census.service(), deployment, count, replaced);
    }

    /**
     * Stops this many of the candidates, the worst first, as far as the minimum allows. What runs may be healthy without our
     * knowing it yet, as after a change of leaders: it goes only while enough others are known to be.
     */
    private void retire(List<Graded> candidates, int count) {
        List<Graded> mayGo = candidates.stream().filter(g -> !g.shielded()).toList();
        boolean enough = healthy >= census.service().minimumHealthy();
        List<Graded> unproven = mayGo.stream()
                .filter(g -> g.unhealthy() || (enough && !g.healthy()))
                .toList();
        int first = Math.clamp(count, 0, unproven.size());
        stop(unproven, first);
        stopHealthy(mayGo, count - first);
    }

    private void stopHealthy(List<Graded> candidates, int count) {
        List<Graded> healthyOnes = candidates.stream().filter(Graded::healthy).toList();
        int allowed = Math.clamp(Math.min(count, spare), 0, healthyOnes.size());
        spare -= allowed;
        stop(healthyOnes, allowed);
    }

    private void stop(List<Graded> candidates, int count) {
        order.take(candidates, count).forEach(this::stop);
    }

    private void stop(Graded graded) {
        stops.add(new Decision.Stop(graded.task(), StopCodes.SCHEDULER, reason(graded)));
    }

    private String reason(Graded graded) {
        return switch (graded.displacement()) {
            case NONE -> EventTexts.scaling(census.primary().id());
            case DRAINED -> StopCodes.HOST_DRAINED;
            case MOVED -> StopCodes.REBALANCED;
        };
    }

    private boolean ofStandIn(Graded graded) {
        return standIn.filter(d -> of(d).test(graded)).isPresent();
    }

    private static Predicate<Graded> of(Deployment deployment) {
        return g -> g.task().generation() == deployment.generation();
    }
}
