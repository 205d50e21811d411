package dev.staithe.controlplane.reconcile;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.state.ClusterState;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Compares a host with how long ago its agent was heard. A silent host first gets no new tasks, then its tasks are given
 * up, so that they are replaced elsewhere. One that is heard again takes tasks again; what was given up is not taken back:
 * its agent is told which of its tasks are gone. So is that of a host that was deregistered, at once.
 *
 * <p>When many hosts are silent together, {@link MassLoss} keeps their tasks from being given up.
 *
 * <p>Silence is measured with this leader's own clock from its own sightings, and a host that it has not heard yet has
 * been silent since it began to lead. So a change of leaders gives every host a full allowance.
 */
public final class HostReconciler {
    private HostReconciler() {}

    /** What to do about the instance at this moment. */
    public static Plan plan(ClusterState state, ContainerInstance instance, Moment moment, Settings settings) {
        boolean heard = moment.heardFrom().containsKey(instance.id());
        long lastWord = MassLoss.lastWord(instance, moment);
        long silence = moment.nanos() - lastWord;
        long suspectAt = lastWord + settings.suspectAfter().toNanos();
        long lostAt = lastWord + settings.lostAfter().toNanos();
        boolean suspect = silence >= settings.suspectAfter().toNanos();
        boolean lost = silence >= settings.lostAfter().toNanos();

        List<Decision> decisions = new ArrayList<>();
        OptionalLong wakeAt = OptionalLong.empty();
        if (suspect && instance.agentConnected()) {
            decisions.add(new Decision.Update(instance.connected(false, instance.engineHealthy())));
        }
        if (!suspect && heard && !instance.agentConnected()) {
            decisions.add(new Decision.Update(instance.connected(true, instance.engineHealthy())));
        }
        if (!suspect && (heard || instance.agentConnected())) {
            wakeAt = OptionalLong.of(suspectAt);
        }
        List<Task> held = state.tasksOfInstance(instance.id()).stream()
                .filter(t -> !t.stopped())
                .toList();
        if (instance.status() == ContainerInstance.Status.INACTIVE) {
            String reason = "Host (instance " + instance.id() + ") was deregistered";
            held.forEach(t -> decisions.add(new Decision.Lose(t, StopCodes.HOST_GONE, reason)));
        } else if (lost && !MassLoss.holds(state, instance, moment, settings)) {
            String reason = "Host (instance " + instance.id() + ") was lost: no word from its agent for "
                    + settings.lostAfter().toSeconds() + " s";
            held.forEach(t -> decisions.add(new Decision.Lose(t, StopCodes.HOST_GONE, reason)));
        } else if (!lost && !held.isEmpty()) {
            wakeAt = Plan.earlier(wakeAt, OptionalLong.of(lostAt));
        }
        if (lost && state.brake(instance.cluster()).isPresent()) {
            // When it no longer counts as one of those that vanished together.
            long endsAt = MassLoss.endsAt(instance, moment, settings);
            wakeAt = endsAt - moment.nanos() > 0 ? Plan.earlier(wakeAt, OptionalLong.of(endsAt)) : wakeAt;
        }
        return new Plan(decisions, wakeAt);
    }
}
