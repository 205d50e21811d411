package dev.staithe.agent.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.Tasks;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.sandbox.Sandbox.Use;
import dev.staithe.agent.sandbox.SandboxPlanner.Limits;
import dev.staithe.agent.sandbox.SandboxPlanner.Plan;
import dev.staithe.proto.v1.PortMapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class SandboxPlannerTest {
    private final SandboxPlanner planner = new SandboxPlanner(new Limits(2, 3));
    private final List<LocalTask> tasks = new ArrayList<>();
    private final List<Sandbox> held = new ArrayList<>();
    private final SortedSet<String> kept = new TreeSet<>();
    private final SortedSet<String> blocked = new TreeSet<>();

    @Test
    void makesTheFirstForAServiceThatHasATaskHere() {
        tasks.add(task(1, "service:web", 80));

        assertThat(plan().make())
                .contains(planner.wanted(tasks).firstEntry().getValue().settings());
        assertThat(plan().remove()).isEmpty();
    }

    @Test
    void hasEnoughWithAsManyAsAreAskedFor() {
        tasks.add(task(1, "service:web", 80));
        free(keyOf(1), 2);

        assertThat(plan()).isEqualTo(new Plan(List.of(), java.util.Optional.empty()));
    }

    @Test
    void tasksOfAServiceAskTogetherAndServicesEachForThemselves() {
        tasks.add(task(1, "service:web", 80));
        tasks.add(task(2, "service:web", 80));
        tasks.add(task(3, "service:shop", 80));

        assertThat(Objects.requireNonNull(planner.wanted(tasks).get(keyOf(1))).count())
                .isEqualTo(4);
    }

    @Test
    void tasksThatAreToStopAskForNothing() {
        tasks.add(LocalTask.assigned(AssignedTask.of(Tasks.stopped(Tasks.web(1), "enough")), "boot"));

        assertThat(planner.wanted(tasks)).isEmpty();
    }

    @Test
    void withLittleRoomEachServiceHasOneBeforeAnyHasTwo() {
        tasks.add(task(1, "service:web", 80));
        tasks.add(task(2, "service:shop", 81));
        free(keyOf(1), 1);

        assertThat(plan().make().orElseThrow().key()).isEqualTo(keyOf(2));
    }

    @Test
    void takesFromWhoHasMoreWhenThereIsNoRoomLeft() {
        SandboxPlanner tight = new SandboxPlanner(new Limits(3, 3));
        tasks.add(task(1, "service:web", 80));
        tasks.add(task(2, "service:shop", 81));
        free(keyOf(1), 3);

        Plan plan = tight.plan(tight.wanted(tasks), tasks, held, List.of(), kept, blocked);

        assertThat(plan.remove()).hasSize(1);
        assertThat(plan.make()).isEmpty();
    }

    @Test
    void whatNobodyAsksForGoesOnceItIsNotKeptAnyMore() {
        free("old", 1);
        kept.add("old");
        assertThat(plan().remove()).isEmpty();

        kept.clear();
        assertThat(plan().remove()).containsExactly("old-0");
    }

    @Test
    void whatIsKeptMakesRoomForWhatIsWanted() {
        free("old", 3);
        kept.add("old");
        tasks.add(task(1, "service:web", 80));

        assertThat(plan().remove()).hasSize(1);
    }

    @Test
    void theDeadAreRemovedAndReplaced() {
        tasks.add(task(1, "service:web", 80));
        held.add(new Sandbox("dead", keyOf(1), new Use.Free(), false));

        assertThat(plan().remove()).containsExactly("dead");
        assertThat(plan().make()).isPresent();
    }

    @Test
    void aUsedOneStaysWithItsContainerAndGoesWithIt() {
        LocalTask running = task(1, "service:web", 80);
        tasks.add(running);
        held.add(new Sandbox("used", keyOf(1), new Use.By(Tasks.id(1), "app"), true));
        assertThat(plan().remove()).isEmpty();

        tasks.set(0, running.with(running.containers().getFirst().ended("it is over")));
        assertThat(plan().remove()).containsExactly("used");

        tasks.clear();
        assertThat(plan().remove()).containsExactly("used");
    }

    @Test
    void whatCouldNotBeMadeAMomentAgoIsNotTriedNow() {
        tasks.add(task(1, "service:web", 80));
        blocked.add(keyOf(1));

        assertThat(plan().make()).isEmpty();
    }

    @Test
    void theSizeOfThePoolIsBounded() {
        for (int i = 0; i < 20; i++) {
            tasks.add(task(i, "service:s" + i, 80 + i));
        }
        for (int round = 0; round < 100; round++) {
            Plan plan = plan();
            held.removeIf(s -> plan.remove().contains(s.id()));
            int number = round;
            plan.make().ifPresent(s -> held.add(new Sandbox("made-" + number, s.key(), new Use.Free(), true)));
            assertThat(held).hasSizeLessThanOrEqualTo(3);
        }
        assertThat(held).hasSize(3);
        assertThat(held.stream().map(Sandbox::key).distinct()).hasSize(3);
    }

    private Plan plan() {
        return planner.plan(planner.wanted(tasks), tasks, held, List.of(), kept, blocked);
    }

    private void free(String key, int count) {
        for (int i = 0; i < count; i++) {
            held.add(new Sandbox(key + "-" + i, key, new Use.Free(), true));
        }
    }

    private String keyOf(int number) {
        return planner.wanted(tasks.stream()
                        .filter(t -> t.taskId().equals(Tasks.id(number)))
                        .toList())
                .firstKey();
    }

    private static LocalTask task(int number, String group, int port) {
        var app = Tasks.app().addPortMappings(PortMapping.newBuilder().setContainerPort(port));
        return LocalTask.assigned(
                AssignedTask.of(Tasks.of(number, app).setGroup(group).build()), "boot");
    }
}
