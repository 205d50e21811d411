package dev.staithe.controlplane.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.World;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskStatus;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AssignmentDiffTest {
    private final Service service;

    AssignmentDiffTest() throws IntentException {
        service = World.withDefaultCluster().created("web", 1);
    }

    @Test
    void saysNothingWhenTheHostWasToldAll() {
        AssignmentDiff diff = AssignmentDiff.between(
                sent(Map.of("a", "RUNNING", "b", "STOPPED")),
                List.of(task("a", TaskStatus.RUNNING), task("b", TaskStatus.STOPPING)));

        assertThat(diff.isEmpty()).isTrue();
    }

    @Test
    void namesNewTasksAndTasksThatAreWantedOtherwise() {
        AssignmentDiff diff = AssignmentDiff.between(
                sent(Map.of("a", "RUNNING")), List.of(task("a", TaskStatus.STOPPING), task("b", TaskStatus.PENDING)));

        assertThat(diff.upserts()).extracting(Task::id).containsExactly("a", "b");
        assertThat(diff.gone()).isEmpty();
    }

    @Test
    void confirmsTheEndOfWhatTheHostWasToldOf() {
        AssignmentDiff diff = AssignmentDiff.between(
                sent(Map.of("a", "RUNNING", "b", "STOPPED", "c", "RUNNING")),
                List.of(task("b", TaskStatus.STOPPED), task("c", TaskStatus.RUNNING)));

        assertThat(diff.upserts()).isEmpty();
        assertThat(diff.gone()).containsExactly("a", "b");
    }

    @Test
    void neverSpeaksOfTasksThatEndedBeforeTheHostHeardOfThem() {
        AssignmentDiff diff = AssignmentDiff.between(sent(Map.of()), List.of(task("a", TaskStatus.STOPPED)));

        assertThat(diff.isEmpty()).isTrue();
    }

    private static SortedMap<String, String> sent(Map<String, String> told) {
        return new TreeMap<>(told);
    }

    private Task task(String id, TaskStatus status) {
        return World.task(service, id, status);
    }
}
