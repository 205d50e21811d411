package dev.staithe.agent.reconcile;

import dev.staithe.agent.Tasks;
import dev.staithe.agent.container.ContainerView.Health;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalContainer.Phase;
import dev.staithe.agent.model.PullBehavior;
import dev.staithe.agent.model.Run;
import dev.staithe.proto.v1.ContainerDependency;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;

/** Containers in any state that they can be in, for tests of decisions. */
final class Containers {
    static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

    /** When those that ran began to. */
    static final Instant STARTED = NOW.minusSeconds(1);

    private Containers() {}

    /** One that forbids nothing, with ECS's usual times. */
    static AgentReconciler reconciler() {
        return new AgentReconciler(new AgentReconciler.Policy(
                PullBehavior.DEFAULT,
                Duration.ofSeconds(30),
                Duration.ofHours(3),
                "boot",
                new AssignmentCheck(HostPolicy.keeping(List.of()))));
    }

    /** WAITING, PULLED, CREATED, RUNNING, HEALTHY, UNHEALTHY, EXITED, EXITED_1 (or any other code), FAILED to start. */
    static LocalContainer in(String name, String state) {
        return switch (state) {
            case "WAITING" -> LocalContainer.waiting(name, Tasks.IMAGE);
            case "PULLED" -> LocalContainer.waiting(name, Tasks.IMAGE).pulled("");
            case "CREATED" -> LocalContainer.waiting(name, Tasks.IMAGE).created("id-" + name);
            case "RUNNING" -> ran(name, Phase.RUNNING, run(), Health.STARTING);
            case "HEALTHY" -> ran(name, Phase.RUNNING, run(), Health.HEALTHY);
            case "UNHEALTHY" -> ran(name, Phase.RUNNING, run(), Health.UNHEALTHY);
            case "EXITED" -> exited(name, 0, NOW);
            case "FAILED" -> LocalContainer.waiting(name, Tasks.IMAGE).ended("CannotStartContainerError: no");
            default -> exited(name, Integer.parseInt(state.substring("EXITED_".length())), NOW);
        };
    }

    static LocalContainer exited(String name, int code, Instant at) {
        return ran(name, Phase.STOPPED, run().ended(OptionalInt.of(code), at.toEpochMilli()), Health.NONE);
    }

    static ContainerDependency on(String container, String condition) {
        return ContainerDependency.newBuilder()
                .setContainerName(container)
                .setCondition(condition)
                .build();
    }

    private static Run run() {
        return Run.NEVER.began(STARTED.toEpochMilli());
    }

    private static LocalContainer ran(String name, Phase phase, Run run, Health health) {
        return new LocalContainer(
                name,
                Tasks.IMAGE,
                phase,
                "id-" + name,
                phase == Phase.RUNNING,
                run,
                "",
                "",
                health,
                "",
                List.of(),
                false,
                "");
    }
}
