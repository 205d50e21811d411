package dev.staithe.controlplane.reconcile;

import dev.staithe.controlplane.model.Brake;
import dev.staithe.controlplane.model.Cluster;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.state.ClusterState;
import java.util.List;
import java.util.Optional;

/**
 * The brake on replacing the tasks of lost hosts. When the tasks of one would be given up, and with it more than a part of
 * the cluster's hosts, and at least three, fell silent within a window, none of them is: the network to them may be cut, or
 * this leader, and their containers run on.
 *
 * <p>The brake is stored when it is put on, so that every replica can say so and the next leader keeps it. It holds a host's
 * tasks until the host is heard again, or an operator releases the brake, or the host has been silent for the window and
 * {@link Settings#lostAfter} together, by this leader's clock. Released, the record stays until no more hosts than usual are
 * silent: what was released is not braked again.
 */
public final class MassLoss {
    private static final int FEWEST = 3;

    private MassLoss() {}

    /** Whether this instance is a reason to look at the brake of its cluster. */
    public static boolean concerns(ClusterState state, ContainerInstance instance, Moment moment, Settings settings) {
        return state.brake(instance.cluster()).isPresent()
                || (silence(instance, moment) >= settings.lostAfter().toNanos() && holdsTasks(state, instance));
    }

    /** Whether to put the brake of the cluster on, or to take its record away. */
    public static List<Decision> plan(ClusterState state, Cluster cluster, Moment moment, Settings settings) {
        Optional<Brake> brake = state.brake(cluster.name());
        int hosts = 0;
        int silent = 0;
        boolean lost = false;
        boolean out = false;
        for (ContainerInstance instance : state.instances()) {
            if (!instance.cluster().equals(cluster.name()) || instance.status() == ContainerInstance.Status.INACTIVE) {
                continue;
            }
            long silence = silence(instance, moment);
            boolean holds = holdsTasks(state, instance);
            boolean heard = moment.heardFrom().containsKey(instance.id());
            boolean answers = silence < settings.suspectAfter().toNanos();
            boolean vanished = !answers && silence < lastNanos(settings) && (heard || holds);
            hosts += answers || vanished ? 1 : 0;
            silent += vanished ? 1 : 0;
            lost |= vanished && holds && silence >= settings.lostAfter().toNanos();
            out |= holds && (!answers || !heard);
        }
        boolean mass = silent >= FEWEST && silent * 100L > (long) settings.brakePercent() * hosts;
        if (brake.isEmpty() && mass && lost) {
            return List.of(new Decision.PutBrake(
                    new Brake(cluster.name(), moment.millis(), silent, hosts, cluster.brakeReleases())));
        }
        if (brake.isPresent() && !mass && !out) {
            return List.of(new Decision.DropBrake(brake.get()));
        }
        return List.of();
    }

    /** Whether the tasks of the instance are held although it is lost. */
    static boolean holds(ClusterState state, ContainerInstance instance, Moment moment, Settings settings) {
        return silence(instance, moment) < lastNanos(settings)
                && state.brake(instance.cluster())
                        .filter(b ->
                                state.cluster(instance.cluster()).filter(b::on).isPresent())
                        .isPresent();
    }

    /** When the brake no longer holds the tasks of the instance, if it is not heard until then. */
    static long endsAt(ContainerInstance instance, Moment moment, Settings settings) {
        return lastWord(instance, moment) + lastNanos(settings);
    }

    /** When the instance was last heard, or this leader began to listen. */
    static long lastWord(ContainerInstance instance, Moment moment) {
        Long heard = moment.heardFrom().get(instance.id());
        return heard == null ? moment.ledSince() : heard;
    }

    private static long silence(ContainerInstance instance, Moment moment) {
        return moment.nanos() - lastWord(instance, moment);
    }

    private static long lastNanos(Settings settings) {
        return settings.lostAfter().plus(settings.brakeWindow()).toNanos();
    }

    private static boolean holdsTasks(ClusterState state, ContainerInstance instance) {
        return !state.tasksOfInstance(instance.id()).stream().allMatch(Task::stopped);
    }
}
