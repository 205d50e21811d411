package dev.staithe.controlplane.placement;

import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Scheduling;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.TaskDefinitionRevision;

/**
 * A number of equal tasks that look for a host.
 *
 * @param group of the tasks, "service:NAME" for those of a service: whose tasks are spread, and kept apart
 * @param demand of each of them
 * @param seed what the lots of a random strategy are drawn from: the id of the first task, say
 */
public record PlacementRequest(String cluster, String group, Demand demand, int count, Rules rules, String seed) {
    public PlacementRequest {
        if (count < 1) {
            throw new IllegalArgumentException("count: " + count + " (expected: >= 1)");
        }
    }

    /** The next tasks of a deployment of a service. */
    public static PlacementRequest of(
            Service service, Deployment deployment, TaskDefinitionRevision definition, int count) {
        Scheduling scheduling = service.scheduling();
        return new PlacementRequest(
                service.cluster(),
                service.group(),
                definition.demand(),
                count,
                Rules.of(scheduling.constraints(), scheduling.strategies()).and(definition.spec()),
                deployment.taskId(deployment.nextOrdinal()));
    }

    /** The same for another number of tasks. */
    public PlacementRequest of(int tasks) {
        return new PlacementRequest(cluster, group, demand, tasks, rules, seed);
    }
}
