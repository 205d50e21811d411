package dev.staithe.cli.rollout;

import static dev.staithe.cli.Scene.DEPLOYMENT;
import static dev.staithe.cli.Scene.NEWER_DEPLOYMENT;
import static dev.staithe.cli.Scene.complete;
import static dev.staithe.cli.Scene.deployment;
import static dev.staithe.cli.Scene.pending;
import static dev.staithe.cli.Scene.placement;
import static dev.staithe.cli.Scene.running;
import static dev.staithe.cli.Scene.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.proto.v1.Deployment;
import dev.staithe.proto.v1.Service;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.WatchServiceResponse;
import org.junit.jupiter.api.Test;

final class RolloutTest {
    private static final Goal FIRST = new Goal(DEPLOYMENT, "web:1", 2);

    private static WatchServiceResponse view(Service.Builder service, Task.Builder... tasks) {
        WatchServiceResponse.Builder view = WatchServiceResponse.newBuilder().setService(service);
        for (Task.Builder task : tasks) {
            view.addTasks(task);
        }
        return view.build();
    }

    private static Deployment.Builder inProgress() {
        return deployment(DEPLOYMENT, "PRIMARY", "web:1", "IN_PROGRESS").toBuilder();
    }

    private static Verdict judge(Service.Builder service, Task.Builder... tasks) {
        return new Rollout(FIRST).judge(view(service, tasks));
    }

    @Test
    void isSteadyWhenAllTasksRunAreHealthyAndNoOlderOneIsLeft() {
        assertThat(judge(service(complete(DEPLOYMENT, "web:1")))).isEqualTo(new Verdict.Steady());
    }

    @Test
    void isNotSteadyWhileTheRecordIsCompleteButTasksAreMissing() {
        Deployment one = complete(DEPLOYMENT, "web:1").toBuilder()
                .setRunningCount(1)
                .setHealthyCount(1)
                .build();

        assertThat(judge(service(one))).isEqualTo(new Verdict.InProgress("1 of 2 running", false));
    }

    @Test
    void isNotSteadyWhileAnOlderDeploymentHasTasks() {
        Deployment older = deployment("ecs-svc/9", "ACTIVE", "web:0", "COMPLETED").toBuilder()
                .setRunningCount(1)
                .build();

        assertThat(judge(service(complete(DEPLOYMENT, "web:1"), older)))
                .isEqualTo(new Verdict.InProgress("2 of 2 running, 1 older to stop", false));
    }

    @Test
    void concludesNothingFromAViewThatIsOlderThanTheChange() {
        Rollout rollout = new Rollout(new Goal(NEWER_DEPLOYMENT, "web:2", 2));

        assertThat(rollout.judge(view(service(complete(DEPLOYMENT, "web:1"))))).isInstanceOf(Verdict.InProgress.class);
        assertThat(rollout.judge(view(service(complete(NEWER_DEPLOYMENT, "web:2")))))
                .isEqualTo(new Verdict.Steady());
        assertThat(rollout.judge(view(service(complete("ecs-svc/3", "web:3")))))
                .isEqualTo(new Verdict.Superseded("ecs-svc/3", "web:3"));
    }

    @Test
    void failsAfterThreeFailuresInARowWhileNoneIsHealthyAndAfterTenOtherwise() {
        assertThat(judge(service(inProgress().setFailedTasks(2).build()))).isInstanceOf(Verdict.InProgress.class);
        assertThat(judge(service(inProgress().setFailedTasks(3).build()))).isInstanceOf(Verdict.Failed.class);

        Deployment.Builder oneHealthy = inProgress().setRunningCount(1).setHealthyCount(1);
        assertThat(judge(service(oneHealthy.setFailedTasks(9).build()))).isInstanceOf(Verdict.InProgress.class);
        assertThat(judge(service(oneHealthy.setFailedTasks(10).build()))).isInstanceOf(Verdict.Failed.class);
    }

    @Test
    void isBlockedOnlyWhenNothingThatRunsCanFreeAPlace() {
        Service.Builder waiting = service(
                        inProgress().setRunningCount(1).setHealthyCount(1).build())
                .setPlacement(placement(1));

        assertThat(judge(waiting, running("c1")))
                .isEqualTo(new Verdict.InProgress("1 of 2 running, 1 without a place", true));
        assertThat(judge(waiting, running("c1"), pending("c2")))
                .isEqualTo(new Verdict.InProgress("1 of 2 running, 1 without a place", false));
        assertThat(judge(waiting, running("c1"), running("c2").setDesiredStatus("STOPPED")))
                .isEqualTo(new Verdict.InProgress("1 of 2 running, 1 stopping, 1 without a place", false));
    }

    @Test
    void isNotBlockedWhileATaskThatRunsMayStillBecomeHealthyAndAnOlderOneGoForIt() {
        Deployment older = deployment("ecs-svc/9", "ACTIVE", "web:0", "COMPLETED").toBuilder()
                .setRunningCount(1)
                .build();
        Deployment newer = inProgress().setRunningCount(1).build();

        assertThat(judge(service(newer, older).setPlacement(placement(1)), running("c1")))
                .isEqualTo(
                        new Verdict.InProgress("1 of 2 running, 0 healthy, 1 older to stop, 1 without a place", false));
        assertThat(judge(service(newer).setPlacement(placement(1)), running("c1")))
                .isEqualTo(new Verdict.InProgress("1 of 2 running, 0 healthy, 1 without a place", true));
    }

    @Test
    void isDeletedWhenTheServiceIsNotActive() {
        assertThat(judge(service().setStatus("DRAINING"))).isEqualTo(new Verdict.Deleted());
    }

    @Test
    void takesWhicheverDeploymentIsPrimaryWhenItWaitsForNoneInParticular() {
        Rollout rollout = new Rollout(new Goal("", "web:1", 2));

        assertThat(rollout.judge(view(service(complete("ecs-svc/7", "web:7"))))).isEqualTo(new Verdict.Steady());
    }

    @Test
    void givesTheCircuitBreakerTheTimeToJudge() {
        Service.Builder watched = service(inProgress().setFailedTasks(9).build());
        watched.getDeploymentConfigurationBuilder()
                .getDeploymentCircuitBreakerBuilder()
                .setEnable(true);

        assertThat(judge(watched)).isInstanceOf(Verdict.InProgress.class);
        assertThat(judge(watched.setDeployments(0, inProgress().setFailedTasks(10))))
                .isInstanceOf(Verdict.Failed.class);
    }

    @Test
    void isRolledBackOnlyWhenTheRollbackIsSteady() {
        Rollout rollout = new Rollout(FIRST);
        Deployment back = deployment(NEWER_DEPLOYMENT, "PRIMARY", "web:0", "IN_PROGRESS").toBuilder()
                .setRolloutStateReason("ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/0.")
                .build();

        rollout.judge(view(service(inProgress().build())));
        Verdict failed = rollout.judge(view(service(inProgress()
                .setRolloutState("FAILED")
                .setRollbackTo("ecs-svc/0")
                .build())));
        Verdict onItsWay = rollout.judge(view(service(back)));
        Verdict done = rollout.judge(view(service(complete(NEWER_DEPLOYMENT, "web:0"))));

        assertThat(failed).isEqualTo(new Verdict.InProgress("failed; waiting for the rollback to begin", false));
        assertThat(onItsWay).isEqualTo(new Verdict.InProgress("failed; rolling back to web:0: 0 of 2 running", false));
        assertThat(done).isEqualTo(new Verdict.RolledBack("rolled back to web:0"));
    }

    @Test
    void failsWhenTheRollbackFailsToo() {
        Rollout rollout = new Rollout(FIRST);
        rollout.judge(view(service(inProgress().build())));
        rollout.judge(view(service(deployment(NEWER_DEPLOYMENT, "PRIMARY", "web:0", "IN_PROGRESS").toBuilder()
                .setRolloutStateReason("ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/0.")
                .build())));

        assertThat(rollout.judge(view(service(deployment(NEWER_DEPLOYMENT, "PRIMARY", "web:0", "FAILED")))))
                .isEqualTo(new Verdict.Failed("and so did the rollback to web:0"));
    }

    @Test
    void failsAtOnceWhenNothingIsGoneBackTo() {
        assertThat(judge(service(inProgress()
                        .setRolloutState("FAILED")
                        .setRolloutStateReason("ECS deployment circuit breaker: tasks failed to start.")
                        .build())))
                .isEqualTo(new Verdict.Failed("ECS deployment circuit breaker: tasks failed to start."));
    }

    @Test
    void doesNotExpectACountOfADaemon() {
        Service.Builder daemon = service(complete(DEPLOYMENT, "web:1")).setSchedulingStrategy("DAEMON");

        assertThat(new Rollout(new Goal(DEPLOYMENT, "web:1", 0)).judge(view(daemon)))
                .isEqualTo(new Verdict.Steady());
    }
}
