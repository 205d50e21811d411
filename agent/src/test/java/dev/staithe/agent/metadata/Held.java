package dev.staithe.agent.metadata;

import dev.staithe.agent.Tasks;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.ContainerView.Health;
import dev.staithe.agent.container.ContainerView.NetworkAddress;
import dev.staithe.agent.container.ContainerView.PortBinding;
import dev.staithe.agent.container.ContainerView.Presence;
import dev.staithe.agent.container.ContainerView.State;
import dev.staithe.agent.container.fake.FakeContainerRuntime;
import dev.staithe.agent.container.fake.FakeEngine;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.reconcile.Observation;
import dev.staithe.agent.stats.Meter;
import dev.staithe.agent.stats.UsageReader;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.SystemEnvironment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/** A host that holds tasks whose containers run, each at an address of its own, and no engine behind. */
final class Held implements HeldTasks, AgentHealth, AutoCloseable {
    final Environment environment = SystemEnvironment.create();
    final EventLoop loop = environment.loop("held");
    final TreeMap<String, LocalTask> tasks = new TreeMap<>();
    final TreeMap<String, ContainerView> views = new TreeMap<>();
    final FakeContainerRuntime runtime = new FakeContainerRuntime(new FakeEngine(environment.time(), loop), "instance");
    boolean connected = true;
    boolean engineAnswers = true;
    boolean ledgerWrites = true;

    /** A task of a service, with the role "reader"; its container runs at the address. */
    Held with(int number, String address) {
        var message = Tasks.web(number);
        message.getTaskDefinitionBuilder().setTaskRoleArn("reader").setCpu("512");
        AssignedTask assigned = AssignedTask.of(message.build());
        LocalTask task = LocalTask.assigned(assigned, "boot");
        ContainerView view = new ContainerView(
                "container" + number,
                Tasks.name(number, "app"),
                Map.of("com.amazonaws.ecs.cluster", "default"),
                "sha256:1",
                State.RUNNING,
                OptionalInt.empty(),
                false,
                "",
                1_700_000_001_000L,
                0,
                Health.HEALTHY,
                "fine",
                List.of(new PortBinding("0.0.0.0", 80, 32768, "tcp")),
                new Presence(
                        1_700_000_000_000L,
                        0,
                        "bridge",
                        List.of(new NetworkAddress("bridge", address, "", "02:42:ac:11:00:02"))));
        views.put(view.id(), view);
        tasks.put(task.taskId(), task.with(Observation.seen(task.containers().getFirst(), view)));
        return this;
    }

    HostEndpoints.Sources sources() {
        Meter meter = new Meter(environment, loop, new UsageReader(runtime), List::of);
        return new HostEndpoints.Sources(this, runtime, (task, then) -> {}, meter, this, "dock-1");
    }

    @Override
    public List<LocalTask> tasks() {
        return List.copyOf(tasks.values());
    }

    @Override
    public Optional<LocalTask> task(String taskId) {
        return Optional.ofNullable(tasks.get(taskId));
    }

    @Override
    public Optional<ContainerView> sighting(String runtimeId) {
        return Optional.ofNullable(views.get(runtimeId));
    }

    @Override
    public String cluster() {
        return "default";
    }

    @Override
    public String instanceId() {
        return "instance";
    }

    @Override
    public String version() {
        return "1.2.3";
    }

    @Override
    public boolean connected() {
        return connected;
    }

    @Override
    public boolean engineAnswers() {
        return engineAnswers;
    }

    @Override
    public boolean ledgerWrites() {
        return ledgerWrites;
    }

    @Override
    public void close() {
        loop.close();
    }
}
