package dev.staithe.controlplane.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Health;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskStatus;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ServiceReconcilerTest {
    private final World world = new World().hosts(3, 65536);

    private List<Decision> starts() {
        return world.decided().stream().filter(Decision.Start.class::isInstance).toList();
    }

    private List<Decision.Stop> stops() {
        return world.decided().stream()
                .filter(Decision.Stop.class::isInstance)
                .map(Decision.Stop.class::cast)
                .toList();
    }

    @Nested
    final class ANewService {
        @Test
        void getsItsDeploymentAndAllItsTasksInOnePlan() {
            world.service(3, 100, 200);

            Plan plan = world.plan();

            assertThat(plan.decisions()).hasSize(2);
            assertThat(plan.decisions().get(0)).isInstanceOfSatisfying(Decision.Deploy.class, deploy -> {
                assertThat(deploy.deployment().rollout()).isEqualTo(Deployment.Rollout.IN_PROGRESS);
                assertThat(deploy.deployment().rolloutReason())
                        .matches("ECS deployment ecs-svc/[0-9]{19} in progress\\.");
            });
            assertThat(plan.decisions().get(1))
                    .isInstanceOfSatisfying(
                            Decision.Start.class,
                            start -> assertThat(start.count()).isEqualTo(3));
        }

        @Test
        void completesWhenItsTasksRanLongEnoughAndSaysSoOnce() {
            world.service(3, 100, 200).settle();
            world.cooperate();
            world.settle();

            assertThat(world.deployment(1).rollout()).isEqualTo(Deployment.Rollout.IN_PROGRESS);
            assertThat(world.plan().wakeAtNanos())
                    .hasValue(world.moment().nanos() + Duration.ofSeconds(40).toNanos());

            world.pass(Duration.ofSeconds(40));
            world.settle();
            String id = world.deployment(1).id();
            assertThat(world.deployment(1).rollout()).isEqualTo(Deployment.Rollout.COMPLETED);
            assertThat(world.deployment(1).rolloutReason()).isEqualTo("ECS deployment " + id + " completed.");
            assertThat(world.events())
                    .containsExactly("(deployment " + id + ") deployment completed.", "has reached a steady state.");
        }

        @Test
        void saysThatItIsSteadyAgainAfterSixHours() {
            world.service(1, 100, 200).converge();
            int said = world.events().size();

            world.pass(Duration.ofHours(5));
            world.settle();
            assertThat(world.events()).hasSize(said);

            world.pass(Duration.ofHours(1));
            world.settle();
            assertThat(world.events()).hasSize(said + 1).last().isEqualTo("has reached a steady state.");
        }

        @Test
        void isSteadyWithNoTasksAtAll() {
            world.service(0, 100, 200).settle();

            assertThat(world.deployment(1).rollout()).isEqualTo(Deployment.Rollout.COMPLETED);
            assertThat(world.events()).last().isEqualTo("has reached a steady state.");
        }

        @Test
        void waitsForAPlaceAndNeedsNoMoreRecordsWhenItHasOne() {
            World small = new World().hosts(1, 512).service(3, 100, 200).settle();

            assertThat(small.live()).hasSize(2);
            assertThat(small.state()
                            .waiting(World.UID)
                            .orElseThrow()
                            .explanation()
                            .getWaitingCount())
                    .isEqualTo(1);

            small.hosts(1, 512);
            small.settle();

            assertThat(small.live()).hasSize(3);
            assertThat(small.state().waiting(World.UID)).isEmpty();
        }
    }

    @Nested
    final class ATaskThatEnds {
        @Test
        void isReplacedAtOnceWhenItWasHealthy() {
            world.service(3, 100, 200).converge();
            world.decided();

            world.ends(world.live().getFirst());
            world.settle();

            assertThat(world.live()).hasSize(3);
            assertThat(starts()).hasSize(1);
            assertThat(world.deployment(1).failedTasks()).isZero();
        }

        @Test
        void isReplacedAtOnceHoweverManyEndTogether() {
            world.service(12, 100, 200).converge();

            List.copyOf(world.live()).forEach(world::ends);
            world.settle();

            assertThat(world.live()).hasSize(12);
        }

        @Test
        void makesTheServiceSteadyAgainWhenItsReplacementIsHealthy() {
            world.service(1, 100, 200).converge();
            int said = world.events().size();

            world.ends(world.live().getFirst());
            world.converge();

            assertThat(world.events().size()).isGreaterThanOrEqualTo(said);
            assertThat(world.deployment(1).rollout()).isEqualTo(Deployment.Rollout.COMPLETED);
        }

        @Test
        void isCountedAndThrottledWhenItNeverCameUp() {
            world.service(1, 100, 200).settle();

            world.ends(world.live().getFirst());
            world.settle();
            assertThat(world.live()).as("the first retry is immediate").hasSize(1);

            world.ends(world.live().getFirst());
            world.settle();
            assertThat(world.live()).isEmpty();
            assertThat(world.deployment(1).failedTasks()).isEqualTo(2);
            assertThat(world.plan().wakeAtNanos())
                    .hasValue(world.moment().nanos() + Duration.ofSeconds(1).toNanos());
            assertThat(world.events()).containsExactly("is unable to consistently start tasks successfully.");

            world.pass(Duration.ofSeconds(1));
            world.settle();
            assertThat(world.live()).hasSize(1);
        }

        @Test
        void saysOnlyOnceThatItKeepsFailing() {
            world.service(1, 100, 200);
            fail(6);

            assertThat(world.deployment(1).failedTasks()).isEqualTo(6);
            assertThat(world.events()).containsExactly("is unable to consistently start tasks successfully.");
        }

        @Test
        void isNotCountedTwiceByTheNextLeader() {
            world.service(1, 100, 200);
            fail(4);

            world.changeLeader();
            world.settle();

            assertThat(world.deployment(1).failedTasks()).isEqualTo(4);
            assertThat(world.plan().wakeAtNanos())
                    .as("the delay begins with the new leader")
                    .hasValue(world.moment().nanos() + Duration.ofSeconds(4).toNanos());
        }

        @Test
        void isForgivenWhenATaskComesUp() {
            world.service(1, 100, 200);
            fail(4);

            world.converge();

            assertThat(world.deployment(1).failedTasks()).isZero();
        }

        @Test
        void isNotForgivenBecauseOthersWereHealthyAllAlong() {
            world.service(3, 100, 200).converge();

            world.ends(world.live().getFirst());
            world.settle();
            for (int i = 0; i < 3; i++) {
                world.pass(Duration.ofMinutes(1));
                world.settle();
                world.live().stream()
                        .filter(t -> t.times().startedAt() == 0)
                        .toList()
                        .forEach(world::ends);
                world.settle();
            }

            assertThat(world.deployment(1).failedTasks()).isEqualTo(3);
            assertThat(world.live()).hasSize(2);
        }

        @Test
        void startsAfreshWithANewDeployment() {
            world.service(1, 100, 200);
            fail(6);

            world.update();
            world.settle();

            assertThat(world.live(2)).hasSize(1);
        }

        private void fail(int times) {
            world.settle();
            for (int i = 0; i < times; i++) {
                while (world.live().isEmpty()) {
                    world.pass(Duration.ofSeconds(1));
                    world.settle();
                }
                world.ends(world.live().getFirst());
                world.settle();
            }
        }
    }

    @Nested
    final class ADeployment {
        @Test
        void startsUpToTheMaximumAndStopsOldTasksAsNewOnesBecomeHealthy() {
            world.service(4, 100, 200).converge();
            world.update();
            world.settle();
            assertThat(world.live(1)).hasSize(4);
            assertThat(world.live(2)).hasSize(4);

            world.cooperate();
            world.settle();
            assertThat(world.live(1))
                    .as("new tasks run, and are not healthy yet")
                    .hasSize(4);

            world.pass(Duration.ofSeconds(40));
            world.settle();
            assertThat(world.live(1)).isEmpty();
            assertThat(world.deployment(2).rollout())
                    .as("old tasks are still stopping")
                    .isEqualTo(Deployment.Rollout.IN_PROGRESS);

            world.cooperate();
            world.settle();
            assertThat(world.deployment(2).rollout()).isEqualTo(Deployment.Rollout.COMPLETED);
            assertThat(world.generations()).as("one to roll back to").containsExactly(1L, 2L);
        }

        @Test
        void givesEveryStopItsReason() {
            world.service(1, 100, 200).converge();
            world.update();
            world.decided();
            world.converge();

            assertThat(stops()).singleElement().satisfies(stop -> {
                assertThat(stop.stopCode()).isEqualTo("ServiceSchedulerInitiated");
                assertThat(stop.reason())
                        .isEqualTo("Scaling activity initiated by (deployment "
                                + world.deployment(2).id() + ")");
            });
        }

        /** What the first plan of a roll-out does from four, three or two healthy tasks: the examples of ECS's documents. */
        @ParameterizedTest(name = "{0} tasks, {1}-{2} %: starts {3}, stops {4}")
        @CsvSource({
            "4, 100, 200, 4, 0",
            "4,  50, 200, 4, 0",
            "4,  50, 100, 0, 2",
            "2,  75, 100, 0, 0",
            "4,  75, 125, 1, 1",
            "3, 100, 125, 0, 0",
            "1, 100, 200, 1, 0",
            "1,   0, 100, 0, 1",
            "3,  50, 150, 1, 1",
            "10, 90, 110, 1, 1",
            "10, 100, 100, 0, 0",
            "4, 100, 150, 2, 0",
        })
        void movesWithinItsBounds(int desired, int minimum, int maximum, int starts, int stops) {
            world.service(desired, minimum, maximum).converge();
            world.update();

            List<Decision> plan = world.plan().decisions();

            assertThat(plan.stream()
                            .filter(Decision.Start.class::isInstance)
                            .mapToInt(d -> ((Decision.Start) d).count())
                            .sum())
                    .isEqualTo(starts);
            assertThat(plan.stream().filter(Decision.Stop.class::isInstance)).hasSize(stops);
        }

        @Test
        void saysThatItsBoundsLetItNeitherStopNorStart() {
            world.service(3, 100, 125).converge();
            world.update();
            world.settle();

            assertThat(world.live(1)).hasSize(3);
            assertThat(world.events())
                    .last()
                    .asString()
                    .startsWith("was unable to stop or start tasks during a deployment because of the service"
                            + " deployment configuration.");

            world.limit(100, 200);
            world.converge();
            assertThat(world.deployment(2).rollout()).isEqualTo(Deployment.Rollout.COMPLETED);
        }

        @Test
        void replacesALostOldTaskByTheOldRevisionWhileTheMinimumNeedsIt() {
            world.service(4, 100, 200).converge();
            world.update();
            world.settle();

            world.ends(world.live(1).getFirst());
            world.settle();

            assertThat(world.live(1)).hasSize(4);
            assertThat(world.live(2)).hasSize(4);
        }

        @Test
        void doesNotReplaceALostOldTaskThatTheMinimumDoesNotNeed() {
            world.service(4, 50, 200).converge();
            world.update();
            world.settle();

            world.ends(world.live(1).getFirst());
            world.settle();

            assertThat(world.live(1)).hasSize(3);
        }

        @Test
        void startsOnlyTheNewRevisionWhenItIsScaledOut() {
            world.service(2, 100, 200).converge();
            world.update();
            world.settle();

            world.scale(5);
            world.settle();

            assertThat(world.live(1)).hasSize(2);
            assertThat(world.live(2)).hasSize(5);
        }

        @Test
        void shrinksWhenItIsScaledIn() {
            world.service(6, 100, 200).converge();
            world.update();
            world.settle();

            world.scale(2);
            world.settle();
            assertThat(world.live(1)).as("the minimum of two").hasSize(2);
            assertThat(world.live(2)).hasSize(2);

            world.converge();
            assertThat(world.live(2)).hasSize(2);
            assertThat(world.deployment(2).rollout()).isEqualTo(Deployment.Rollout.COMPLETED);
        }

        @Test
        void makesWayForANewerOne() {
            world.service(2, 100, 200).converge();
            world.update();
            world.settle();
            world.update();
            world.settle();

            assertThat(world.live(2))
                    .as("pending tasks of a superseded deployment go at once")
                    .isEmpty();
            assertThat(world.live(1)).hasSize(2);
            assertThat(world.live(3)).hasSize(2);

            world.converge();
            assertThat(world.live(3)).hasSize(2);
            assertThat(world.generations()).containsExactly(1L, 2L, 3L);
        }

        @Test
        void stopsTasksOfABrokenRevisionAtOnce() {
            world.service(2, 100, 100).settle();
            world.ends(world.live().getFirst());
            world.settle();
            world.update();
            world.converge();

            assertThat(world.live(2)).hasSize(2);
            assertThat(world.live(1)).isEmpty();
        }

        @Test
        void leavesTheOldTasksAloneWhenTheNewOnesKeepFailing() {
            world.service(2, 50, 200).converge();
            world.update();
            for (int i = 0; i < 8; i++) {
                world.settle();
                world.live(2).forEach(world::ends);
                world.pass(Duration.ofMinutes(1));
            }
            world.settle();

            assertThat(world.live(1)).hasSize(2);
        }

        @Test
        void freesAPlaceUnderTheMinimumWhenTheHostsAreFull() {
            World full = new World().hosts(1, 1024).service(4, 50, 200).converge();
            full.update();
            full.settle();

            assertThat(full.live(1)).as("two go to make place").hasSize(2);

            full.converge();
            assertThat(full.live(2)).hasSize(4);
        }

        @Test
        void keepsServingTasksThatANewLeaderHasNotSeenLongEnough() {
            world.service(2, 100, 200).converge();
            world.update();
            world.settle();
            world.cooperate();
            world.changeLeader();
            world.update();
            world.settle();

            assertThat(world.live(1)).hasSize(2);
            assertThat(world.live(2)).as("they run, and may be healthy").hasSize(2);
        }
    }

    @Nested
    final class AnUnhealthyTask {
        @Test
        void isStoppedOnlyWhenItsReplacementIsHealthy() {
            checkedService(3, 100, 200);
            Task sick = world.live().getFirst();
            world.runs(sick, Health.UNHEALTHY);
            world.decided();
            world.settle();

            assertThat(starts()).hasSize(1);
            assertThat(world.live()).hasSize(4);

            world.live().stream()
                    .filter(t -> t.status() == dev.staithe.controlplane.model.TaskStatus.PENDING)
                    .toList()
                    .forEach(t -> world.runs(t, Health.HEALTHY));
            world.settle();
            assertThat(stops()).singleElement().satisfies(stop -> {
                assertThat(stop.task().id()).isEqualTo(sick.id());
                assertThat(stop.reason()).isEqualTo("Task failed container health checks");
            });
            assertThat(world.events()).contains("(task " + sick.id() + ") failed container health checks.");
        }

        @Test
        void isStoppedFirstAndAloneWhereTheMaximumLeavesNoRoom() {
            checkedService(3, 0, 100);
            world.live().forEach(t -> world.runs(t, Health.UNHEALTHY));
            world.decided();
            world.settle();

            assertThat(stops()).hasSize(1);
            assertThat(world.live()).as("its replacement is on the way").hasSize(3);
        }

        @Test
        void countsAsFailedSoThatItsReplacementsAreThrottled() {
            checkedService(1, 0, 100);
            for (int i = 0; i < 3; i++) {
                world.live().forEach(t -> world.runs(t, Health.UNHEALTHY));
                world.settle();
                world.tasks().stream().filter(Task::stopWanted).forEach(world::ends);
                world.settle();
            }

            assertThat(world.deployment(2).failedTasks()).isEqualTo(2);
            assertThat(world.live())
                    .as("what cannot be replaced yet is left alone")
                    .hasSize(1);
            assertThat(world.events()).contains("is unable to consistently start tasks successfully.");

            world.pass(Duration.ofSeconds(1));
            world.decided();
            world.settle();
            assertThat(stops()).hasSize(1);
        }

        @Test
        void thatWasHealthyAndEndsIsReplacedAtOnceAgainAndAgain() {
            checkedService(3, 100, 200);
            for (int i = 0; i < 3; i++) {
                world.ends(world.live().stream()
                        .filter(t -> t.health() == Health.HEALTHY)
                        .findFirst()
                        .orElseThrow());
                world.settle();
                assertThat(world.live()).hasSize(3);
            }
            assertThat(world.deployment(2).failedTasks()).isZero();
        }

        @Test
        void isNoneWhileItsGracePeriodLasts() {
            checkedService(3, 100, 200);
            world.grace(Duration.ofMinutes(5));
            Task sick = world.live().getFirst();
            world.runs(sick, Health.UNHEALTHY);
            world.settle();

            assertThat(world.live()).hasSize(3);
            assertThat(world.plan().wakeAtNanos())
                    .hasValue(world.moment().nanos() + Duration.ofMinutes(5).toNanos());

            world.pass(Duration.ofMinutes(5));
            world.settle();
            assertThat(world.live()).hasSize(4);
        }

        @Test
        void thatRecoversWithinItsGracePeriodCountsAtOnce() {
            checkedService(3, 100, 200);
            world.grace(Duration.ofMinutes(5));
            Task task = world.live().getFirst();
            world.runs(task, Health.UNHEALTHY);
            assertThat(world.healthy()).isEqualTo(2);

            world.runs(world.state().task(task.id()).orElseThrow(), Health.HEALTHY);

            assertThat(world.healthy()).isEqualTo(3);
        }

        @Test
        void ofAnOldRevisionIsStoppedWhenItsReplacementOfThatRevisionIsHealthy() {
            checkedService(3, 100, 300);
            world.update();
            world.settle();
            Task sick = world.live(2).getFirst();
            world.runs(sick, Health.UNHEALTHY);
            world.settle();

            assertThat(world.live(2)).hasSize(4).extracting(Task::id).contains(sick.id());
            assertThat(world.live(3)).hasSize(3);

            world.live(2).stream()
                    .filter(t -> t.status() == TaskStatus.PENDING)
                    .toList()
                    .forEach(t -> world.runs(t, Health.HEALTHY));
            world.settle();
            assertThat(world.live(2)).hasSize(3).extracting(Task::id).doesNotContain(sick.id());
        }

        private void checkedService(int desired, int minimum, int maximum) {
            world.service(desired, minimum, maximum);
            world.update(world.register(256, 0, true));
            world.converge();
        }
    }

    @Nested
    final class Scaling {
        @Test
        void isNoDeployment() {
            world.service(2, 100, 200).converge();

            world.scale(4);
            world.settle();

            assertThat(world.generations()).containsExactly(1L);
            assertThat(world.deployment(1).rollout()).isEqualTo(Deployment.Rollout.COMPLETED);
            assertThat(world.live()).hasSize(4);
        }

        @Test
        void inGivesUpPendingTasksFirst() {
            world.service(2, 100, 200).converge();
            List<String> running = world.live().stream().map(Task::id).toList();
            world.scale(5);
            world.settle();

            world.scale(2);
            world.settle();

            assertThat(world.live()).extracting(Task::id).containsExactlyInAnyOrderElementsOf(running);
        }

        @Test
        void inLeavesTheTasksSpread() {
            world.service(9, 100, 200).converge();

            world.scale(3);
            world.settle();

            assertThat(world.live())
                    .extracting(Task::instanceId)
                    .containsExactlyInAnyOrder("host-a", "host-b", "host-c");
        }

        @Test
        void toNothingStopsEverything() {
            world.service(3, 100, 200).converge();

            world.scale(0);
            world.converge();

            assertThat(world.tasks()).isEmpty();
        }
    }

    @Nested
    final class AProtectedTask {
        private static final String UNABLE =
                "was unable to reach steady state because task set (%s) was unable to scale"
                        + " in. Reason: The number of protected tasks are more than the desired count of tasks.";

        @Test
        void isNotTakenByScaleIn() {
            world.service(6, 100, 200).converge();
            List<Task> chosen = world.live().subList(0, 2);
            chosen.forEach(t -> world.protect(t, Duration.ofHours(2)));

            world.scale(2);
            world.settle();

            assertThat(world.live())
                    .extracting(Task::id)
                    .containsExactlyInAnyOrderElementsOf(
                            chosen.stream().map(Task::id).toList());
        }

        @Test
        void keepsTheServiceFromScalingInAndIsToldOnce() {
            world.service(3, 100, 200).converge();
            world.live().forEach(t -> world.protect(t, Duration.ofHours(2)));

            world.scale(1);
            world.settle();
            world.pass(Duration.ofMinutes(30));
            world.settle();

            assertThat(world.live()).hasSize(3);
            String text = UNABLE.formatted(world.deployment(1).id());
            assertThat(world.events().stream().filter(text::equals)).hasSize(1);
            assertThat(world.events()).last().isEqualTo(text);
        }

        @Test
        void isTakenWhenItsProtectionEnds() {
            world.service(3, 100, 200).converge();
            world.live().forEach(t -> world.protect(t, Duration.ofMinutes(10)));
            world.scale(1);
            world.settle();

            assertThat(world.plan().wakeAtNanos())
                    .hasValue(world.moment().nanos() + Duration.ofMinutes(10).toNanos());

            world.pass(Duration.ofMinutes(10));
            world.converge();
            assertThat(world.live()).hasSize(1);
        }

        @Test
        void outlivesADeployment() {
            world.service(2, 100, 200).converge();
            Task kept = world.live().getFirst();
            world.protect(kept, Duration.ofMinutes(10));
            world.update();
            world.settle();
            for (int i = 0; i < 3; i++) {
                world.cooperate();
                world.settle();
                world.pass(Duration.ofMinutes(1));
                world.settle();
            }

            assertThat(world.live(1)).extracting(Task::id).containsExactly(kept.id());
            assertThat(world.live(2)).hasSize(2);
            assertThat(world.deployment(2).rollout()).isEqualTo(Deployment.Rollout.IN_PROGRESS);
            assertThat(world.events())
                    .last()
                    .isEqualTo(UNABLE.formatted(world.deployment(1).id()));

            world.pass(Duration.ofMinutes(10));
            world.converge();
            assertThat(world.deployment(2).rollout()).isEqualTo(Deployment.Rollout.COMPLETED);
            assertThat(world.live(1)).isEmpty();
        }

        @Test
        void isReplacedWhenItBecomesUnhealthy() {
            world.service(2, 100, 200);
            world.update(world.register(256, 0, true));
            world.converge();
            Task sick = world.live().getFirst();
            world.protect(sick, Duration.ofHours(2));
            world.runs(world.state().task(sick.id()).orElseThrow(), Health.UNHEALTHY);
            world.settle();
            world.live().stream()
                    .filter(t -> t.status() == TaskStatus.PENDING)
                    .toList()
                    .forEach(t -> world.runs(t, Health.HEALTHY));
            world.settle();

            assertThat(world.live()).hasSize(2).extracting(Task::id).doesNotContain(sick.id());
        }

        @Test
        void goesWithItsService() {
            world.service(2, 100, 200).converge();
            world.live().forEach(t -> world.protect(t, Duration.ofHours(2)));

            world.delete();
            world.settle();

            assertThat(world.live()).isEmpty();
        }
    }

    @Nested
    final class ADeletedService {
        @Test
        void stopsItsTasksAndKeepsItsDeploymentsUntilTheyHaveStopped() {
            world.service(3, 100, 200).converge();
            world.delete();
            world.settle();

            assertThat(world.live()).isEmpty();
            assertThat(world.generations()).containsExactly(1L);

            world.cooperate();
            world.settle();
            assertThat(world.generations()).isEmpty();
            assertThat(world.plan().decisions()).isEmpty();
        }

        @Test
        void waitsForNoPlaceAnyMore() {
            World none = new World().service(3, 100, 200).settle();
            assertThat(none.state().waiting(World.UID)).isPresent();

            none.delete();
            none.settle();

            assertThat(none.state().waiting(World.UID)).isEmpty();
            assertThat(none.generations()).isEmpty();
        }
    }
}
