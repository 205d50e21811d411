package dev.staithe.controlplane.intent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Deployment.Rollout;
import dev.staithe.controlplane.model.Origin;
import dev.staithe.controlplane.model.Service;
import dev.staithe.proto.v1.DeploymentCircuitBreaker;
import dev.staithe.proto.v1.DeploymentConfiguration;
import dev.staithe.proto.v1.StopServiceDeploymentRequest;
import dev.staithe.proto.v1.UpdateServiceRequest;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class RolloutsTest {
    private final World world = new World();
    private final Service service;

    RolloutsTest() throws IntentException {
        world.clusters.ensureDefault();
        Service first = world.created("web", 2);
        world.put(World.deployment(first, 1, 1, Rollout.COMPLETED));
        world.definitions.register(World.definition("web"));
        service = deploy("web:2");
    }

    @Test
    void stopsADeploymentByGoingBack() throws IntentException {
        Rollouts.Stopped stopped = stop("", "");

        assertThat(stopped.generation()).isEqualTo(2);
        Service after = stopped.service().value();
        assertThat(after.generation()).isEqualTo(3);
        assertThat(after.taskDefinition().revision()).isEqualTo(1);
        assertThat(after.origin()).isEqualTo(new Origin(Origin.Kind.ROLLBACK, 2, 1));
    }

    @Test
    void stopsADeploymentAndLeavesThingsAsTheyAre() throws IntentException {
        Rollouts.Stopped stopped = stop(Deployment.id(service.uid(), 2), "ABORT");

        assertThat(stopped.generation()).isEqualTo(2);
        assertThat(stopped.service().value().generation()).isEqualTo(2);
        assertThat(stopped.service().value().stoppedGeneration()).isEqualTo(2);
        assertThat(deploy("web:1").generation()).isEqualTo(3);
    }

    @Test
    void stopsOnlyWhatIsInProgress() {
        assertThat(refusal(() -> stop("ecs-svc/1", "")))
                .hasMessage("deployment ecs-svc/1 is not in progress (service web has "
                        + Deployment.id(service.uid(), 2) + ")");
        world.put(World.deployment(service, 2, 2, Rollout.COMPLETED));

        IntentException over = refusal(() -> stop("", ""));

        assertThat(over.reason()).isEqualTo(Reason.DEPLOYMENT_NOT_IN_PROGRESS);
        assertThat(over)
                .hasMessage("service web has no deployment in progress: " + Deployment.id(service.uid(), 2)
                        + " is COMPLETED (roll back to leave it)");
    }

    @Test
    void saysHowADeploymentMayBeStopped() {
        assertThat(refusal(() -> stop("", "PAUSE"))).hasMessage("stopType: PAUSE (expected: ROLLBACK, ABORT)");
    }

    @Test
    void bringsBackWhatWorkedOnce() throws IntentException {
        Deployment target = World.deployment(service, 1, 1, Rollout.COMPLETED);
        Service breaking = breaker(true);

        Service first = world.services.rollouts().bringBack(breaking, target).value();
        Service second = world.services.rollouts().bringBack(breaking, target).value();

        assertThat(first.generation()).isEqualTo(3);
        assertThat(first.origin()).isEqualTo(new Origin(Origin.Kind.CIRCUIT_BREAKER, 2, 1));
        assertThat(second).isEqualTo(first);
    }

    @Test
    void bringsNothingBackOnceTheUserWantsNoRollbackAnyMore() throws IntentException {
        Deployment target = World.deployment(service, 1, 1, Rollout.COMPLETED);
        Service breaking = breaker(true);
        Service without = breaker(false);

        assertThat(world.services.rollouts().bringBack(breaking, target).value())
                .isEqualTo(without);
    }

    @Test
    void bringsNothingBackWhenAUserWasFaster() throws IntentException {
        Deployment target = World.deployment(service, 1, 1, Rollout.COMPLETED);
        Service breaking = breaker(true);
        world.definitions.register(World.definition("web"));
        Service newer = deploy("web:3");

        assertThat(world.services.rollouts().bringBack(breaking, target).value())
                .isEqualTo(newer);
    }

    private Service breaker(boolean rollback) throws IntentException {
        return world.services
                .update(
                        UpdateServiceRequest.newBuilder()
                                .setService("web")
                                .setDeploymentConfiguration(DeploymentConfiguration.newBuilder()
                                        .setDeploymentCircuitBreaker(DeploymentCircuitBreaker.newBuilder()
                                                .setEnable(true)
                                                .setRollback(rollback)))
                                .build(),
                        world.state())
                .value();
    }

    private Service deploy(String definition) throws IntentException {
        return world.services
                .update(
                        UpdateServiceRequest.newBuilder()
                                .setService("web")
                                .setTaskDefinition(definition)
                                .build(),
                        world.state())
                .value();
    }

    private Rollouts.Stopped stop(String deployment, String type) throws IntentException {
        return world.services
                .rollouts()
                .stop(
                        StopServiceDeploymentRequest.newBuilder()
                                .setService("web")
                                .setDeployment(deployment)
                                .setStopType(type)
                                .build(),
                        world.state());
    }

    private static IntentException refusal(ThrowingCallable call) {
        return catchThrowableOfType(IntentException.class, call);
    }
}
