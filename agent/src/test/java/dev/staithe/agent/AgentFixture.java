package dev.staithe.agent;

import dev.staithe.agent.container.fake.FakeContainerRuntime;
import dev.staithe.agent.container.fake.FakeEngine;
import dev.staithe.agent.container.fake.FakeImage;
import dev.staithe.agent.host.HostIdentity;
import dev.staithe.agent.ledger.MemoryLedger;
import dev.staithe.agent.ledger.TaskLedger;
import dev.staithe.agent.model.PullBehavior;
import dev.staithe.agent.traffic.fake.FakeGate;
import dev.staithe.proto.agent.v1.TaskReport;
import dev.staithe.runtime.EventLoop;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A host with an engine and a ledger, the control plane it talks to, and the agents that live on it one after the other. */
final class AgentFixture {
    final SimulatedWorld world = new SimulatedWorld();
    final FakeEngine engine = new FakeEngine(world, world.loop());
    final FakeGate gate = new FakeGate();
    final FakeControlPlane controlPlane = new FakeControlPlane();
    TaskLedger ledger = new MemoryLedger();
    String bootId = "boot-1";
    PullBehavior pulls = PullBehavior.DEFAULT;
    Sandboxes sandboxes = new Sandboxes(0, 0);
    private final List<EventLoop> loops = new ArrayList<>();
    private final List<FakeContainerRuntime> runtimes = new ArrayList<>();
    private @Nullable Agent agent;

    AgentFixture() {
        engine.offer(Tasks.IMAGE, FakeImage.running());
    }

    AgentConfig config() {
        return new AgentConfig(
                List.of("cp1:7070", "cp2:7070"),
                "default",
                Path.of("/var/lib/staithe/agent"),
                null,
                null,
                null,
                null,
                null,
                null,
                Map.of("rack", "a"),
                pulls,
                Duration.ofSeconds(30),
                Duration.ofMinutes(10),
                null,
                null,
                null,
                null,
                null,
                new Endpoints("off", "off"),
                sandboxes);
    }

    /** Starts an agent and lets it find its control plane. */
    AgentFixture start() {
        agent = Agent.create(
                config(),
                world.environment(loops::add),
                new Surroundings(
                        new HostIdentity("host-1", bootId),
                        ledger,
                        instance -> {
                            FakeContainerRuntime runtime = new FakeContainerRuntime(engine, instance);
                            runtimes.add(runtime);
                            return runtime;
                        },
                        instance -> gate,
                        controlPlane));
        agent.start();
        return run(Duration.ofMillis(100));
    }

    /** As kill -9 does: nothing of the agent runs any more, and its connections are gone. */
    void kill() {
        loops.forEach(EventLoop::close);
        loops.clear();
        runtimes.forEach(FakeContainerRuntime::close);
        runtimes.clear();
        controlPlane.drop();
    }

    AgentFixture run(Duration duration) {
        world.run(duration);
        return this;
    }

    /** The task's status as the control plane knows it by inventory and reports. */
    String lastKnown(String task) {
        return controlPlane.received.stream()
                .flatMap(m ->
                        m.hasHello() ? m.getHello().getInventoryList().stream() : m.getReport().getTasksList().stream())
                .filter(report -> report.getTaskId().equals(task))
                .max(java.util.Comparator.comparingLong(TaskReport::getObservation))
                .map(TaskReport::getStatus)
                .orElse("unknown");
    }

    AgentStatus status() {
        AtomicReference<@Nullable AgentStatus> answer = new AtomicReference<>();
        if (agent != null) {
            agent.inspect(answer::set);
        }
        world.run(Duration.ZERO);
        AgentStatus status = answer.get();
        if (status == null) {
            throw new AssertionError("the agent has not started");
        }
        return status;
    }
}
