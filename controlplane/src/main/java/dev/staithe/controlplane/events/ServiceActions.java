package dev.staithe.controlplane.events;

import dev.staithe.controlplane.events.ClusterEvent.Level;
import dev.staithe.controlplane.events.ClusterEvent.Subject;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.ServiceEvent;
import dev.staithe.controlplane.reconcile.EventTexts;
import dev.staithe.controlplane.state.ClusterState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The names that ECS gives to some of what the scheduler says of a service. What else it says is in the service's own
 * events, and shows in those of its tasks and deployments.
 */
final class ServiceActions {
    private ServiceActions() {}

    static Optional<Subject.ServiceAction> named(ServiceEvent event, Service service, ClusterState state) {
        String message = event.message();
        if (message.endsWith(EventTexts.steady())) {
            return Optional.of(action(service, Level.INFO, "SERVICE_STEADY_STATE", "", message));
        }
        if (message.endsWith(EventTexts.impaired())) {
            return Optional.of(action(service, Level.WARN, "SERVICE_TASK_START_IMPAIRED", "", message));
        }
        if (message.contains(EventTexts.UNABLE_TO_PLACE)) {
            String reason = reason(service, state);
            return Optional.of(action(service, Level.ERROR, "SERVICE_TASK_PLACEMENT_FAILURE", reason, message));
        }
        if (message.endsWith(EventTexts.MISPLACED)) {
            return Optional.of(
                    action(service, Level.ERROR, "SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED", "", message));
        }
        return Optional.empty();
    }

    private static Subject.ServiceAction action(
            Service service, Level level, String name, String reason, String message) {
        return new Subject.ServiceAction(service, level, name, reason, message);
    }

    /** What most of the hosts lack; empty when there are no hosts. */
    private static String reason(Service service, ClusterState state) {
        SortedMap<String, Integer> hosts = new TreeMap<>();
        state.waiting(service.uid())
                .map(waiting -> waiting.explanation().getHostsList())
                .orElse(List.of())
                .forEach(host -> hosts.merge(host.getReason(), 1, Integer::sum));
        return hosts.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse("");
    }
}
