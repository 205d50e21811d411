package dev.staithe.controlplane.reconcile;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskDefinitionRevision;
import dev.staithe.controlplane.placement.Capacity;
import dev.staithe.controlplane.placement.Rules;
import dev.staithe.controlplane.state.ClusterState;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Where a DAEMON is to run: on every instance of its cluster that is ACTIVE and has what its task definition and its
 * constraints ask for. How much room a host has is another question: one without is wanted, and waits.
 *
 * @param wanted instances that are to have a task: those that answer, and those that do not and hold one still. Silence
 *     changes nothing until a host is lost
 * @param answering those of them that can be told to start a task: agent connected, engine healthy
 * @param instances all of the cluster, by id
 */
record DaemonHosts(
        SortedSet<String> wanted, SortedSet<String> answering, SortedMap<String, ContainerInstance> instances) {
    DaemonHosts {
        wanted = Collections.unmodifiableSortedSet(wanted);
        answering = Collections.unmodifiableSortedSet(answering);
        instances = Collections.unmodifiableSortedMap(instances);
    }

    /** Where tasks of the service's own task definition are to run. */
    static DaemonHosts of(ClusterState state, Service service) {
        Capacity capacity = Capacity.of(state);
        Rules rules = Rules.of(service.scheduling().constraints(), List.of());
        Optional<TaskDefinitionRevision> definition = state.taskDefinition(service.taskDefinition());
        // Of a task definition that cannot be read nothing is started, and nothing that runs is stopped.
        return of(
                state,
                service,
                host -> definition
                        .map(d -> capacity.suits(host, d.demand(), rules.and(d.spec())))
                        .orElse(true));
    }

    private static DaemonHosts of(ClusterState state, Service service, Predicate<ContainerInstance> matches) {
        SortedSet<String> holding = new TreeSet<>();
        state.tasksOfService(service.uid()).stream().filter(Task::live).forEach(t -> holding.add(t.instanceId()));
        SortedSet<String> wanted = new TreeSet<>();
        SortedSet<String> answering = new TreeSet<>();
        SortedMap<String, ContainerInstance> instances = new TreeMap<>();
        for (ContainerInstance instance : state.instances()) {
            if (!instance.cluster().equals(service.cluster())) {
                continue;
            }
            instances.put(instance.id(), instance);
            boolean answers = instance.agentConnected() && instance.engineHealthy();
            if (instance.status() == ContainerInstance.Status.ACTIVE
                    && (answers || holding.contains(instance.id()))
                    && matches.test(instance)) {
                wanted.add(instance.id());
                if (answers) {
                    answering.add(instance.id());
                }
            }
        }
        return new DaemonHosts(wanted, answering, instances);
    }

    /** What operators let happen on the instance; INACTIVE for one that is not there. */
    ContainerInstance.Status status(String instanceId) {
        ContainerInstance instance = instances.get(instanceId);
        return instance == null ? ContainerInstance.Status.INACTIVE : instance.status();
    }
}
