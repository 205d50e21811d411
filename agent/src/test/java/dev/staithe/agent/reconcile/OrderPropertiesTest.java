package dev.staithe.agent.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.Tasks;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.ContainerView.Health;
import dev.staithe.agent.container.ContainerView.Presence;
import dev.staithe.agent.container.ContainerView.State;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.model.LocalTask.Claim;
import dev.staithe.agent.model.Progress.Status;
import dev.staithe.proto.v1.ContainerDefinition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tasks of up to six containers that depend on each other at random, in a world where they exit, fail and become healthy at
 * random, and steps take their time. What is claimed is claimed of each single step.
 */
class OrderPropertiesTest {
    private static final List<String> NAMES = List.of("a", "b", "c", "d", "e", "f");
    private static final int MOMENTS = 600;

    private final AgentReconciler reconciler = Containers.reconciler();

    /** What the engine has, and what it is doing. */
    private record Engine(Map<String, ContainerView> containers, Map<String, Step> underWay) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void createsInOrderStopsInReverseAndComesToAnEnd(long seed) {
        for (int round = 0; round < 150; round++) {
            live(new Random(seed * 1000 + round));
        }
    }

    private void live(Random random) {
        AssignedTask assignment =
                AssignedTask.of(Tasks.of(1, definitions(random).toArray(ContainerDefinition.Builder[]::new))
                        .build());
        Dependencies dependencies = Dependencies.of(assignment);
        LocalTask task = LocalTask.assigned(assignment, "boot");
        Engine engine = new Engine(new TreeMap<>(), new TreeMap<>());
        Instant now = Containers.NOW;
        int orderToStop = random.nextInt(60);

        for (int moment = 0; moment < MOMENTS && task.status() != Status.STOPPED; moment++) {
            now = now.plusMillis(random.nextInt(3000));
            if (moment == orderToStop) {
                task = task.claimed(Claim.GONE);
            }
            if (random.nextBoolean()) {
                task = happens(task, engine, random);
            }
            task = finish(task, engine, random, now);
            Status before = task.status();
            Verdict verdict = reconciler.reconcile(
                    task, new TreeSet<>(engine.underWay().keySet()), Traffic.UNKNOWN, Admission.ADMITTED, now);
            task = verdict.task();
            assertThat(task.status()).as("a status never goes back").isGreaterThanOrEqualTo(before);
            for (Step step : verdict.steps()) {
                claim(step, task, dependencies, engine, now);
                if (step instanceof Step.OfContainer of && !engine.underWay().containsKey(of.container())) {
                    engine.underWay().put(of.container(), step);
                }
            }
        }

        assertThat(task.status()).as("it comes to an end").isEqualTo(Status.STOPPED);
        assertThat(engine.containers().values()).noneMatch(c -> c.state() == State.RUNNING);
    }

    private static void claim(Step step, LocalTask task, Dependencies dependencies, Engine engine, Instant now) {
        switch (step) {
            case Step.Create create ->
                assertThat(dependencies.of(create.container()))
                        .as("nothing is created before its time: %s", task)
                        .allMatch(need -> Readiness.of(need, task, assignment(task), now) instanceof Readiness.Holds);
            case Step.Stop stop ->
                assertThat(dependencies.dependentsOf(stop.container()))
                        .as("nothing is stopped under one that depends on it: %s", task)
                        .noneMatch(dependent -> Optional.ofNullable(
                                        engine.containers().get(dependent))
                                .filter(c -> c.state() == State.RUNNING)
                                .isPresent());
            default -> {}
        }
    }

    private static AssignedTask assignment(LocalTask task) {
        return Objects.requireNonNull(task.assignment());
    }

    /** Each step under way ends now or later, and nearly always well. */
    private static LocalTask finish(LocalTask task, Engine engine, Random random, Instant now) {
        LocalTask current = task;
        for (Map.Entry<String, Step> entry : List.copyOf(engine.underWay().entrySet())) {
            if (random.nextBoolean()) {
                continue;
            }
            engine.underWay().remove(entry.getKey());
            LocalContainer held = current.container(entry.getKey()).orElseThrow();
            boolean fails = random.nextInt(40) == 0;
            current = current.with(
                    fails && !(entry.getValue() instanceof Step.Stop)
                            ? held.ended("CannotStartContainerError: no")
                            : done(held, entry.getValue(), engine, now));
        }
        return current;
    }

    private static LocalContainer done(LocalContainer held, Step step, Engine engine, Instant now) {
        String name = held.name();
        return switch (step) {
            case Step.Pull pull -> held.pulled("");
            case Step.Create create -> {
                engine.containers().put(name, view(name, State.CREATED, 0, -1, Health.NONE));
                yield held.created("id-" + name);
            }
            case Step.Start start -> {
                engine.containers().put(name, view(name, State.RUNNING, now.toEpochMilli(), -1, Health.STARTING));
                yield Observation.seen(
                        held, Objects.requireNonNull(engine.containers().get(name)));
            }
            case Step.Stop stop -> {
                ContainerView view = Objects.requireNonNull(engine.containers().get(name));
                if (view.state() == State.RUNNING) {
                    engine.containers().put(name, view(name, State.STOPPED, view.startedAtMillis(), 143, Health.NONE));
                }
                yield Observation.seen(
                        held, Objects.requireNonNull(engine.containers().get(name)));
            }
            default -> held;
        };
    }

    /** A container exits or answers its health check, and the agent sees it. */
    private static LocalTask happens(LocalTask task, Engine engine, Random random) {
        List<String> running = engine.containers().entrySet().stream()
                .filter(e -> e.getValue().state() == State.RUNNING)
                .map(Map.Entry::getKey)
                .toList();
        if (running.isEmpty()) {
            return task;
        }
        String name = running.get(random.nextInt(running.size()));
        ContainerView view = Objects.requireNonNull(engine.containers().get(name));
        engine.containers()
                .put(
                        name,
                        random.nextInt(4) == 0
                                ? view(name, State.STOPPED, view.startedAtMillis(), random.nextInt(2), Health.NONE)
                                : view(name, State.RUNNING, view.startedAtMillis(), -1, Health.HEALTHY));
        return task.with(Observation.seen(
                task.container(name).orElseThrow(),
                Objects.requireNonNull(engine.containers().get(name))));
    }

    /** Each may depend on those before it, in a definition that names them in any order. */
    private static List<ContainerDefinition.Builder> definitions(Random random) {
        List<ContainerDefinition.Builder> definitions = new ArrayList<>();
        int count = 1 + random.nextInt(NAMES.size());
        for (int i = 0; i < count; i++) {
            ContainerDefinition.Builder container =
                    Tasks.container(NAMES.get(i), Tasks.IMAGE).setEssential(i == count - 1 || random.nextInt(3) == 0);
            for (int on = 0; on < i; on++) {
                if (random.nextInt(3) == 0) {
                    String condition =
                            List.of("START", "COMPLETE", "SUCCESS", "HEALTHY").get(random.nextInt(4));
                    container.addDependsOn(Containers.on(NAMES.get(on), condition));
                }
            }
            if (random.nextBoolean()) {
                container.setStartTimeout(2 + random.nextInt(30));
            }
            definitions.add(random.nextInt(definitions.size() + 1), container);
        }
        return definitions;
    }

    private static ContainerView view(String name, State state, long startedAt, int exit, Health health) {
        return new ContainerView(
                "id-" + name,
                name,
                Map.of(),
                "sha256:1",
                state,
                exit < 0 ? OptionalInt.empty() : OptionalInt.of(exit),
                false,
                "",
                startedAt,
                state == State.STOPPED ? startedAt + 1 : 0,
                health,
                "",
                List.of(),
                Presence.UNKNOWN);
    }
}
