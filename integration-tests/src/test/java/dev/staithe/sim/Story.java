package dev.staithe.sim;

import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.proto.v1.CreateServiceRequest;
import dev.staithe.proto.v1.UpdateServiceRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * A simulation in which a test decides what happens, in sentences. All invariants hold throughout, as they do under a
 * {@link FaultPlan}.
 */
final class Story {
    private final Simulation simulation;
    private final SimClient client;

    private Story(Simulation simulation) {
        this.simulation = simulation;
        this.client = new SimClient(simulation, "test");
    }

    /** Begins with so many control planes and hosts, all of them up, and the task definitions of {@link SimDefinitions}. */
    static Story of(int replicas, int machines) {
        Story story = new Story(new Simulation(1, replicas, machines));
        story.tell(story.simulation::boot);
        return story;
    }

    /** A user creates a service, and it comes up. */
    Story serviceRuns(String name, String taskDefinition, int count) {
        return asks(
                        "create " + name,
                        replica -> replica.services()
                                .create(
                                        CreateServiceRequest.newBuilder()
                                                .setServiceName(name)
                                                .setTaskDefinition(taskDefinition)
                                                .setDesiredCount(count)
                                                .build(),
                                        replica.view().current()))
                .comesToRest();
    }

    /** A user changes a service, and is answered. */
    Story updates(String name, Consumer<UpdateServiceRequest.Builder> change) {
        UpdateServiceRequest.Builder request = UpdateServiceRequest.newBuilder().setService(name);
        change.accept(request);
        return asks(
                "update " + name,
                replica -> replica.services()
                        .update(request.build(), replica.view().current()));
    }

    private <T> Story asks(String what, SimControlPlane.Call<T> call) {
        boolean[] done = new boolean[1];
        tell(() -> {
            client.send(what, call, answer -> done[0] = answer instanceof SimClient.Answer.Acknowledged<T>);
            simulation.until(what + " is acknowledged", () -> done[0] ? List.of() : List.of("not yet"));
        });
        return this;
    }

    /** The leader stands still, for this long; others go on. */
    Story leaderStandsStillFor(Duration time) {
        return happens("the leader is paused", () -> {
            SimProcess leader = leader().process().orElseThrow();
            leader.pause();
            simulation.scheduler().after(simulation.world(), time, "resume", leader::resume);
        });
    }

    /** Every control plane dies at once. */
    Story allControlPlanesDie() {
        return happens(
                "all control planes die", () -> simulation.controlPlanes().forEach(SimControlPlane::kill));
    }

    Story allControlPlanesStart() {
        return happens(
                "all control planes start", () -> simulation.controlPlanes().forEach(SimControlPlane::start));
    }

    Story agentDies(String host) {
        return happens("the agent of " + host + " dies", () -> host(host).kill());
    }

    Story agentStarts(String host) {
        return happens("the agent of " + host + " starts", () -> host(host).start());
    }

    Story hostBoots(String host) {
        return happens(host + " boots", () -> {
            host(host).reboot();
            host(host).start();
        });
    }

    /** Nothing gets through between the host and any control plane. */
    Story hostIsCutOff(String host) {
        return happens(
                host + " is cut off",
                () -> simulation
                        .controlPlanes()
                        .forEach(c -> simulation.network().cut(host, c.name())));
    }

    Story hostIsBack(String host) {
        return happens(
                host + " is back",
                () -> simulation
                        .controlPlanes()
                        .forEach(c -> simulation.network().mend(host, c.name())));
    }

    /** The engine of the host ends every container of the task. */
    Story containersOfOneTaskEnd(String service) {
        return happens("a task ends", () -> {
            Task task = tasks(service).getFirst();
            SimHost host = simulation.hosts().stream()
                    .filter(h -> h.instanceId().equals(Optional.of(task.instanceId())))
                    .findFirst()
                    .orElseThrow();
            host.engine().containers().stream()
                    .filter(c -> task.id().equals(c.labels().get(ContainerLabels.TASK)))
                    .forEach(c -> host.engine().end(c.id(), 1, false));
        });
    }

    private Story happens(String what, Runnable work) {
        tell(() -> {
            simulation.trace("test", what);
            work.run();
        });
        return this;
    }

    Story passes(Duration time) {
        tell(() -> simulation.scheduler().run(time));
        return this;
    }

    /** Everything is as users want it, and nothing is left to do. */
    Story comesToRest() {
        tell(simulation::rest);
        return this;
    }

    private void tell(Runnable work) {
        simulation.reporting(work);
    }

    // What a test looks at.

    ClusterState state() {
        return simulation.truth().state();
    }

    /** The service's tasks that have not stopped. */
    List<Task> tasks(String service) {
        String uid =
                state().service(Simulation.CLUSTER, service).map(Service::uid).orElseThrow();
        return state().tasksOfService(uid).stream().filter(t -> !t.stopped()).toList();
    }

    /** The names of the hosts that the service's tasks are on, each once. */
    List<String> hostsOf(String service) {
        return tasks(service).stream()
                .map(t -> state().instance(t.instanceId()).orElseThrow().hostName())
                .distinct()
                .sorted()
                .toList();
    }

    /** The engine's ids of the tasks' containers that run, on all hosts. */
    SortedSet<String> runningContainers() {
        TreeSet<String> ids = new TreeSet<>();
        simulation
                .hosts()
                .forEach(h -> h.engine().containers().stream()
                        .filter(c -> c.state() == ContainerView.State.RUNNING)
                        .filter(c -> c.labels().containsKey(ContainerLabels.TASK))
                        .forEach(c -> ids.add(c.id())));
        return ids;
    }

    /** The epoch of whoever leads, by the store. */
    long epoch() {
        return simulation.truth().leader().map(Entry::created).orElse(0L);
    }

    /** Lines of the trace that contain the text. */
    List<String> traced(String text) {
        return simulation.trace().lines().stream().filter(l -> l.contains(text)).toList();
    }

    private SimControlPlane leader() {
        return simulation.leader().orElseThrow(() -> new SimulationFailure("nobody leads"));
    }

    private SimHost host(String name) {
        return simulation.hosts().stream()
                .filter(h -> h.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
