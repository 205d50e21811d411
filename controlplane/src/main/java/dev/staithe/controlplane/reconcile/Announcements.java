package dev.staithe.controlplane.reconcile;

import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.ServiceEvent;
import dev.staithe.controlplane.state.ClusterState;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a message is news. ECS does not repeat itself while the cause of a message lasts, and says it again after six
 * hours. A cause is over when the service was steady since, or when a newer deployment began.
 */
public final class Announcements {
    private Announcements() {}

    /** Whether the message about this cause is to be told now. Only the cause is compared: its details may vary. */
    public static boolean due(ClusterState state, Service service, String cause, Moment moment, Settings settings) {
        long since = Math.max(
                moment.millis() - settings.steadyStateInterval().toMillis(),
                state.deployment(service.uid(), service.generation())
                        .map(Deployment::createdAtMillis)
                        .orElse(0L));
        for (ServiceEvent event : newestFirst(state, service)) {
            if (event.createdAtMillis() < since || event.message().endsWith(EventTexts.steady())) {
                return true;
            }
            if (event.cause().equals(cause)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a message about this cause was told since the service was last steady. */
    static boolean toldSinceSteady(ClusterState state, Service service, String cause) {
        for (ServiceEvent event : newestFirst(state, service)) {
            if (event.message().endsWith(EventTexts.steady())) {
                return false;
            }
            if (event.cause().equals(cause)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a message about this cause was told within the last six hours, whatever happened since. */
    static boolean toldLately(ClusterState state, Service service, String cause, Moment moment, Settings settings) {
        long since = moment.millis() - settings.steadyStateInterval().toMillis();
        return state.events(service.uid()).stream()
                .anyMatch(e -> e.cause().equals(cause) && e.createdAtMillis() > since);
    }

    private static List<ServiceEvent> newestFirst(ClusterState state, Service service) {
        return new ArrayList<>(state.events(service.uid())).reversed();
    }
}
