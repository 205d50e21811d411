package dev.staithe.sim;

import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.runtime.AssignmentDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Whether everything is as the users want it and nothing is left to do: what must be so some time after the last fault. */
final class Convergence {
    private final Simulation simulation;

    Convergence(Simulation simulation) {
        this.simulation = simulation;
    }

    /** What is still missing; empty at rest. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        simulation.users().stream().filter(u -> !u.content()).forEach(u -> problems.add("a user waits for an answer"));
        if (!simulation.operator().content()) {
            problems.add("a host is not in service");
        }
        leadership(problems);
        ClusterState state = simulation.truth().state();
        state.services().forEach(service -> service(state, service, problems));
        state.tasks().stream()
                .filter(t -> t.standalone() && !t.stopped() && (t.stopWanted() || t.status() != TaskStatus.RUNNING))
                .forEach(t -> problems.add("standalone task " + t.id() + " is " + t.status()));
        simulation.hosts().stream().filter(h -> !h.lost()).forEach(host -> host(state, host, problems));
        return problems;
    }

    private void leadership(List<String> problems) {
        long leaders = simulation.controlPlanes().stream()
                .filter(c -> c.replica().filter(r -> r.leads()).isPresent())
                .count();
        if (leaders != 1) {
            problems.add(leaders + " replicas lead");
        } else if (simulation
                .leader()
                .flatMap(SimControlPlane::replica)
                .filter(r -> r.idle())
                .isEmpty()) {
            problems.add("something is dirty");
        }
    }

    private static void service(ClusterState state, Service service, List<String> problems) {
        List<Task> tasks = state.tasksOfService(service.uid()).stream()
                .filter(t -> !t.stopped())
                .toList();
        long serving = tasks.stream()
                .filter(t -> t.live() && t.status() == TaskStatus.RUNNING)
                .count();
        int desired = service.scheduling().daemon() && !service.deleted() ? daemons(state, service) : service.desired();
        tasks.stream().filter(t -> t.marks().moving()).forEach(t -> problems.add(t.id() + " is being moved"));
        if (serving != desired || tasks.size() != desired) {
            problems.add(service.name() + " has " + serving + " tasks of " + desired + ", and " + tasks.size()
                    + " that have not stopped; it runs " + service.taskDefinition() + "; "
                    + state.newestEvent(service.uid()).map(e -> e.message()).orElse("no event"));
        }
        if (!service.deleted()) {
            List<Deployment> deployments = List.copyOf(state.deployments(service.uid()));
            // An older one may be kept, to roll back to; it has no tasks then.
            boolean completed = !deployments.isEmpty()
                    && deployments.getLast().generation() == service.generation()
                    && deployments.getLast().rollout() == Deployment.Rollout.COMPLETED;
            if (!completed) {
                problems.add(service.name() + " has deployments " + deployments);
            }
        }
    }

    /** One on every host that is there and in the zone that is asked for. */
    private static int daemons(ClusterState state, Service service) {
        boolean zoneA = service.scheduling().constraints().contains(Wishes.ZONE_A);
        return (int) state.instances().stream()
                .filter(i -> i.status() == ContainerInstance.Status.ACTIVE && i.agentConnected() && i.engineHealthy())
                .filter(i -> !zoneA || "zone-a".equals(i.attribute("ecs.availability-zone")))
                .count();
    }

    private static void host(ClusterState state, SimHost host, List<String> problems) {
        if (host.process().isEmpty()) {
            problems.add(host.name() + " has no agent");
            return;
        }
        String instance = host.instanceId().orElse("");
        if (state.instance(instance)
                .filter(i -> i.agentConnected() && i.engineHealthy())
                .isEmpty()) {
            problems.add(host.name() + " is not connected");
        }
        TreeMap<String, String> wanted = new TreeMap<>();
        TreeSet<String> running = new TreeSet<>();
        for (Task task : state.tasksOfInstance(instance)) {
            if (!task.stopped()) {
                wanted.put(task.id(), task.stopWanted() ? "STOPPED" : "RUNNING");
                running.add(task.id());
            }
        }
        TreeMap<String, String> held = new TreeMap<>();
        for (LocalTask task : host.ledger().tasks()) {
            AssignedTask assignment = task.assignment();
            if (task.claim() == LocalTask.Claim.ASSIGNED && assignment != null) {
                held.put(task.taskId(), assignment.desired().name());
            }
        }
        if (AssignmentDigest.of(wanted) != AssignmentDigest.of(held)) {
            problems.add(host.name() + " holds " + held + " and should hold " + wanted);
        }
        containers(host, running, problems);
    }

    /** Each is used by a container that runs, or one of the few that are ready. */
    private static void sandboxes(SimHost host, List<String> problems) {
        TreeSet<String> used = new TreeSet<>();
        host.engine().running().forEach(request -> request.sandbox().ifPresent(used::add));
        int ready = 0;
        for (ContainerView container : host.engine().containers()) {
            if (container.labels().containsKey(ContainerLabels.SANDBOX) && !used.remove(container.id())) {
                ready++;
                if (container.state() != ContainerView.State.RUNNING) {
                    problems.add(host.name() + " has the dead sandbox " + container.name());
                }
            }
        }
        if (ready > host.sandboxes().most()) {
            problems.add(host.name() + " has " + ready + " ready sandboxes (at most "
                    + host.sandboxes().most() + ")");
        }
        if (!used.isEmpty()) {
            problems.add(host.name() + " has containers in sandboxes that are gone: " + used);
        }
    }

    private static void containers(SimHost host, Set<String> wanted, List<String> problems) {
        TreeSet<String> there = new TreeSet<>();
        sandboxes(host, problems);
        for (ContainerView container : host.engine().containers()) {
            if (container.labels().containsKey(ContainerLabels.SANDBOX)) {
                continue;
            }
            String task = String.valueOf(container.labels().get(ContainerLabels.TASK));
            there.add(task);
            if (!wanted.contains(task)) {
                problems.add(host.name() + " has the orphan container " + container.name() + ", " + container.state());
            }
        }
        if (!there.containsAll(wanted)) {
            problems.add(host.name() + " has containers of " + there + " and should have of " + wanted);
        }
    }
}
