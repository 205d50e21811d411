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

    private static List<ServiceEvent> newestFirst(ClusterState state, Service service) {
        return new ArrayList<>(state.events(service.uid())).reversed();
    }
}
