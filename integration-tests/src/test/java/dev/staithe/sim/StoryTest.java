package dev.staithe.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.model.Task;
import java.time.Duration;
import java.util.List;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;

/** What happens when one thing goes wrong: the real control plane and the real agents, in virtual time. */
final class StoryTest {
    @Test
    void aPausedLeaderThatWakesUpWritesNothing() {
        Story story = Story.of(2, 3).serviceRuns("web", "plain:1", 2);
        long epoch = story.epoch();

        story.leaderStandsStillFor(Duration.ofSeconds(20))
                .passes(Duration.ofSeconds(1))
                .updates("web", u -> u.setDesiredCount(4))
                .passes(Duration.ofSeconds(20))
                .comesToRest();

        assertThat(story.epoch()).isGreaterThan(epoch);
        assertThat(story.tasks("web")).hasSize(4);
    }

    @Test
    void containersOutliveTheirAgentAndAreTakenUpByTheNextOne() {
        Story story = Story.of(2, 3).serviceRuns("web", "pair:1", 3);
        SortedSet<String> before = story.runningContainers();

        story.agentDies("host-1")
                .agentDies("host-2")
                .passes(Duration.ofSeconds(3))
                .agentStarts("host-1")
                .agentStarts("host-2")
                .comesToRest();

        assertThat(story.runningContainers()).isEqualTo(before);
    }

    @Test
    void containersOutliveEveryControlPlane() {
        Story story = Story.of(3, 3).serviceRuns("web", "plain:1", 3);
        SortedSet<String> before = story.runningContainers();

        story.allControlPlanesDie()
                .passes(Duration.ofMinutes(10))
                .allControlPlanesStart()
                .comesToRest();

        assertThat(story.runningContainers()).isEqualTo(before);
    }

    @Test
    void tasksOfALostHostAreReplacedAndStoppedWhenItComesBack() {
        Story story = Story.of(2, 3).serviceRuns("web", "plain:1", 3);
        assertThat(story.hostsOf("web")).hasSize(3);

        story.hostIsCutOff("host-2").passes(Simulation.LOST_AFTER.multipliedBy(2));
        assertThat(story.hostsOf("web")).containsExactly("host-1", "host-3");
        assertThat(story.runningContainers()).hasSize(4);

        story.hostIsBack("host-2").comesToRest();
        assertThat(story.tasks("web")).hasSize(3);
        assertThat(story.runningContainers()).hasSize(3);
    }

    @Test
    void aHostThatBootsLosesItsTasksAndGetsNewOnes() {
        Story story = Story.of(1, 1).serviceRuns("web", "plain:1", 2);
        List<String> before = story.tasks("web").stream().map(Task::id).toList();

        story.hostBoots("host-1").comesToRest();

        assertThat(story.tasks("web")).hasSize(2).noneMatch(t -> before.contains(t.id()));
    }

    @Test
    void aNewRevisionReplacesEveryTask() {
        Story story = Story.of(2, 3).serviceRuns("web", "plain:1", 4);

        story.updates("web", u -> u.setTaskDefinition("checked:1")).comesToRest();

        assertThat(story.tasks("web"))
                .hasSize(4)
                .allMatch(t -> t.taskDefinition().toString().equals("checked:1"));
    }

    @Test
    void aTaskThatEndsIsReplacedAtOnce() {
        Story story = Story.of(1, 2).serviceRuns("web", "plain:1", 2);

        story.containersOfOneTaskEnd("web").passes(Duration.ofMillis(500));

        assertThat(story.runningContainers()).hasSize(2);
    }

    @Test
    void aBadRevisionLeavesTheOldTasksRunning() {
        Story story = Story.of(2, 3).serviceRuns("web", "plain:1", 3);
        SortedSet<String> before = story.runningContainers();

        story.updates("web", u -> u.setTaskDefinition("missing:1")).passes(Duration.ofMinutes(2));

        assertThat(story.runningContainers()).containsAll(before);
        story.updates("web", u -> u.setTaskDefinition("plain:1")).comesToRest();
    }
}
