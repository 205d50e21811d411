package dev.staithe.controlplane.intent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.intent.IntentException.Violation;
import dev.staithe.controlplane.model.Deployment.Rollout;
import dev.staithe.controlplane.model.Origin;
import dev.staithe.controlplane.model.Scheduling;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.CapacityProviderStrategyItem;
import dev.staithe.proto.v1.CreateServiceRequest;
import dev.staithe.proto.v1.DeleteServiceRequest;
import dev.staithe.proto.v1.DeploymentCircuitBreaker;
import dev.staithe.proto.v1.DeploymentConfiguration;
import dev.staithe.proto.v1.DeploymentController;
import dev.staithe.proto.v1.LoadBalancer;
import dev.staithe.proto.v1.PlacementConstraint;
import dev.staithe.proto.v1.PlacementStrategy;
import dev.staithe.proto.v1.RollbackServiceRequest;
import dev.staithe.proto.v1.UpdateServiceRequest;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ServicesTest {
    private final World world = new World();

    @BeforeEach
    void createCluster() throws IntentException {
        world.clusters.ensureDefault();
    }

    record Case(String line, Consumer<CreateServiceRequest.Builder> change) {
        @Override
        public String toString() {
            return line;
        }
    }

    static Stream<Case> refused() {
        return Stream.of(
                new Case("serviceName: empty (expected: 1-255 of A-Z a-z 0-9 _ -)", r -> r.setServiceName("")),
                new Case("cluster: a/b (expected: 1-255 of A-Z a-z 0-9 _ -)", r -> r.setCluster("a/b")),
                new Case(
                        "taskDefinition: web:0 (expected: family or family:revision)",
                        r -> r.setTaskDefinition("web:0")),
                new Case("taskDefinition: empty (expected: family or family:revision)", r -> r.setTaskDefinition("")),
                new Case("desiredCount: -1 (expected: 0-5000)", r -> r.setDesiredCount(-1)),
                new Case("desiredCount: 5001 (expected: 0-5000)", r -> r.setDesiredCount(5001)),
                new Case("desiredCount: absent (expected: 0-5000)", CreateServiceRequest.Builder::clearDesiredCount),
                new Case(
                        "deploymentConfiguration.maximumPercent: 99 (expected: 100-1000)",
                        r -> r.getDeploymentConfigurationBuilder().setMaximumPercent(99)),
                new Case(
                        "deploymentConfiguration.minimumHealthyPercent: 101 (expected: 0-100)",
                        r -> r.getDeploymentConfigurationBuilder().setMinimumHealthyPercent(101)),
                new Case(
                        "clientToken: a b (expected: at most 36 printable characters, no spaces)",
                        r -> r.setClientToken("a b")),
                new Case(
                        "schedulingStrategy: replica (expected: REPLICA, DAEMON)",
                        r -> r.setSchedulingStrategy("replica")),
                new Case(
                        "desiredCount: 1 (expected: absent: a DAEMON has one task on every matching instance)",
                        r -> r.setSchedulingStrategy("DAEMON")),
                new Case(
                        "placementStrategy: 1 strategies (expected: absent: a DAEMON is on every instance)",
                        r -> daemon(r).addPlacementStrategy(strategy("binpack", "cpu"))),
                new Case(
                        "availabilityZoneRebalancing: ENABLED (expected: DISABLED for a DAEMON)",
                        r -> daemon(r).setAvailabilityZoneRebalancing("ENABLED")),
                new Case(
                        "deploymentConfiguration.maximumPercent: 150 (expected: 100 for a DAEMON)",
                        r -> daemon(r).getDeploymentConfigurationBuilder().setMaximumPercent(150)),
                new Case("launchType: FARGATE is not supported yet (expected: EC2)", r -> r.setLaunchType("FARGATE")),
                new Case(
                        "deploymentController.type: CODE_DEPLOY is not supported yet (expected: ECS)",
                        r -> r.setDeploymentController(
                                DeploymentController.newBuilder().setType("CODE_DEPLOY"))),
                new Case(
                        "deploymentConfiguration.strategy: CANARY is not supported yet (expected: ROLLING)",
                        r -> r.getDeploymentConfigurationBuilder().setStrategy("CANARY")),
                new Case("loadBalancers is not supported yet", r -> r.addLoadBalancers(LoadBalancer.newBuilder())),
                new Case(
                        "capacityProviderStrategy is not supported yet",
                        r -> r.addCapacityProviderStrategy(CapacityProviderStrategyItem.newBuilder())),
                new Case(
                        "healthCheckGracePeriodSeconds: -1 (expected: 0-2147483647)",
                        r -> r.setHealthCheckGracePeriodSeconds(-1)),
                new Case(
                        "connectionDrainingSeconds: 3601 (expected: 0-3600)",
                        r -> r.setConnectionDrainingSeconds(3601)),
                new Case("connectionDrainingSeconds: -1 (expected: 0-3600)", r -> r.setConnectionDrainingSeconds(-1)),
                new Case(
                        "availabilityZoneRebalancing: on (expected: ENABLED, DISABLED, DRY_RUN)",
                        r -> r.setAvailabilityZoneRebalancing("on")),
                new Case(
                        "propagateTags: ALL (expected: TASK_DEFINITION, SERVICE, NONE)",
                        r -> r.setPropagateTags("ALL")));
    }

    private static CreateServiceRequest.Builder daemon(CreateServiceRequest.Builder request) {
        return request.clearDesiredCount().setSchedulingStrategy("DAEMON");
    }

    private static PlacementStrategy strategy(String type, String field) {
        return PlacementStrategy.newBuilder().setType(type).setField(field).build();
    }

    private static PlacementConstraint memberOf(String expression) {
        return PlacementConstraint.newBuilder()
                .setType("memberOf")
                .setExpression(expression)
                .build();
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusesWithTheFieldTheValueAndWhatIsExpected(Case refused) {
        CreateServiceRequest.Builder request = World.service("web", "web", 1).toBuilder();
        refused.change().accept(request);

        assertThat(refusal(() -> world.services.create(request.build(), world.state()))
                        .violations())
                .extracting(Violation::line)
                .containsExactly(refused.line());
    }

    @Test
    void acceptsWhatAsksForNothing() throws IntentException {
        world.definitions.register(World.definition("web"));
        CreateServiceRequest request = World.service("web", "web", 1).toBuilder()
                .setSchedulingStrategy("REPLICA")
                .setLaunchType("EC2")
                .setDeploymentController(DeploymentController.newBuilder().setType("ECS"))
                .setDeploymentConfiguration(DeploymentConfiguration.newBuilder()
                        .setStrategy("ROLLING")
                        .setDeploymentCircuitBreaker(DeploymentCircuitBreaker.newBuilder()
                                .setEnable(false)
                                .setRollback(false)))
                .setHealthCheckGracePeriodSeconds(0)
                .setAvailabilityZoneRebalancing("DISABLED")
                .setPropagateTags("NONE")
                .setEnableExecuteCommand(false)
                .build();

        assertThat(world.services.create(request, world.state()).value().generation())
                .isEqualTo(1);
    }

    @Test
    void resolvesAFamilyToItsLatestActiveRevision() throws IntentException {
        for (int i = 0; i < 4; i++) {
            world.definitions.register(World.definition("web"));
        }
        ClusterState old = world.state();
        world.definitions.deregister("web:4");
        world.definitions.deregister("web:3");

        Service service =
                world.services.create(World.service("web", "web", 1), old).value();

        assertThat(service.taskDefinition()).isEqualTo(new TaskDefinitionRef("web", 2));
    }

    @Test
    void refusesAnInactiveTaskDefinition() throws IntentException {
        world.definitions.register(World.definition("web"));
        world.definitions.deregister("web:1");

        IntentException refused = refusal(() -> world.services.create(World.service("web", "web:1", 1), world.state()));

        assertThat(refused.reason()).isEqualTo(Reason.TASK_DEFINITION_INACTIVE);
        assertThat(refused)
                .hasMessage("TaskDefinition is inactive: web:1 (expected: an ACTIVE revision; register a new one)");
    }

    @Test
    void refusesATaskDefinitionThatIsDeregisteredMeanwhile() throws IntentException {
        world.definitions.register(World.definition("web"));
        world.store.next(FaultyStore.after(() -> deregister("web:1")));

        assertThat(refusal(() -> world.services.create(World.service("web", "web:1", 1), world.state()))
                        .reason())
                .isEqualTo(Reason.TASK_DEFINITION_INACTIVE);
    }

    @Test
    void refusesAFamilyWithoutRevisions() {
        assertThat(refusal(() -> world.services.create(World.service("web", "nothing", 1), world.state())))
                .hasMessage("TaskDefinition not found: nothing has no ACTIVE revision");
    }

    @Test
    void refusesAClusterThatIsNotThere() {
        CreateServiceRequest request =
                World.service("web", "web", 1).toBuilder().setCluster("prod").build();

        assertThat(refusal(() -> world.services.create(request, world.state())).reason())
                .isEqualTo(Reason.CLUSTER_NOT_FOUND);
    }

    @Test
    void refusesANameThatIsTaken() throws IntentException {
        world.created("web", 1);

        IntentException refused = refusal(() -> world.services.create(World.service("web", "web", 1), world.state()));

        assertThat(refused.reason()).isEqualTo(Reason.SERVICE_ALREADY_EXISTS);
        assertThat(refused)
                .hasMessage(
                        "Creation of service was not idempotent. (service web is ACTIVE in cluster default; update it,"
                                + " or choose another name)");
    }

    @Test
    void answersTheSameRequestWithTheSameTokenWithTheServiceThatItMade() throws IntentException {
        world.definitions.register(World.definition("web"));
        CreateServiceRequest request =
                World.service("web", "web", 1).toBuilder().setClientToken("t1").build();

        var first = world.services.create(request, world.state());
        var second = world.services.create(request, world.state());

        assertThat(second).isEqualTo(first);
        assertThat(refusal(() -> world.services.create(
                                request.toBuilder().setDesiredCount(2).build(), world.state()))
                        .reason())
                .isEqualTo(Reason.SERVICE_ALREADY_EXISTS);
    }

    @Test
    void freesTheNameOnceTheLastTaskHasStopped() throws IntentException {
        Service first = world.created("web", 1);
        world.put(World.task(first, "a".repeat(32), TaskStatus.RUNNING));
        ClusterState before = world.state();
        delete(true);

        assertThat(refusal(() -> world.services.create(World.service("web", "web", 1), world.state())))
                .hasMessageContaining("service web is DRAINING");
        assertThat(refusal(() -> world.services.create(World.service("web", "web", 1), before)))
                .hasMessageContaining("service web is DRAINING");

        world.put(World.task(first, "a".repeat(32), TaskStatus.STOPPED));
        Service second = world.services
                .create(World.service("web", "web", 1), world.state())
                .value();

        assertThat(second.uid()).isNotEqualTo(first.uid());
    }

    @Test
    void startsNoDeploymentForAnotherCountOrConfiguration() throws IntentException {
        world.created("web", 1);

        Service updated = update(r -> r.setDesiredCount(3)
                .setDeploymentConfiguration(DeploymentConfiguration.newBuilder().setMaximumPercent(150)));

        assertThat(updated.generation()).isEqualTo(1);
        assertThat(updated.desiredCount()).isEqualTo(3);
        assertThat(updated.deploymentConfiguration().getMaximumPercent()).isEqualTo(150);
        assertThat(updated.deploymentConfiguration().getMinimumHealthyPercent()).isEqualTo(100);
    }

    @Test
    void fillsInWhatEcsFillsIn() throws IntentException {
        Service service = world.created("web", 1);

        assertThat(service.scheduling())
                .isEqualTo(new Scheduling(
                        Scheduling.Kind.REPLICA,
                        List.of(),
                        List.of(),
                        Duration.ZERO,
                        Scheduling.Rebalancing.ENABLED,
                        Scheduling.TagSource.NONE,
                        Scheduling.USUAL_DRAINING,
                        false));
        assertThat(service.deploymentConfiguration().getMaximumPercent()).isEqualTo(200);
        assertThat(service.deploymentConfiguration().getMinimumHealthyPercent()).isEqualTo(100);
    }

    @Test
    void replacesADaemonInItsPlace() throws IntentException {
        world.definitions.register(World.definition("web"));

        Service service = world.services
                .create(daemon(World.service("web", "web", 1).toBuilder()).build(), world.state())
                .value();

        assertThat(service.scheduling().daemon()).isTrue();
        assertThat(service.scheduling().rebalancing()).isEqualTo(Scheduling.Rebalancing.DISABLED);
        assertThat(service.deploymentConfiguration().getMaximumPercent()).isEqualTo(100);
        assertThat(service.deploymentConfiguration().getMinimumHealthyPercent()).isZero();
        assertThat(refusal(() -> update(r -> r.setDesiredCount(3))))
                .hasMessage("desiredCount: 3 (expected: absent: a DAEMON has one task on every matching instance)");
    }

    @Test
    void keepsReplacesAndClearsPlacement() throws IntentException {
        world.created("web", 1);

        Scheduling given = update(r -> r.addPlacementConstraints(memberOf("attribute:disk == ssd"))
                        .addPlacementStrategy(strategy("spread", "attribute:rack"))
                        .addPlacementStrategy(strategy("binpack", "memory")))
                .scheduling();
        Scheduling kept = update(r -> r.setDesiredCount(2)).scheduling();
        Scheduling replaced =
                update(r -> r.addPlacementStrategy(strategy("random", ""))).scheduling();
        Service cleared = update(r -> r.setClearPlacementConstraints(true).setClearPlacementStrategy(true));

        assertThat(given.constraints()).containsExactly(memberOf("attribute:disk == ssd"));
        assertThat(given.strategies()).hasSize(2);
        assertThat(kept).isEqualTo(given);
        assertThat(replaced.constraints()).isEqualTo(given.constraints());
        assertThat(replaced.strategies()).containsExactly(strategy("random", ""));
        assertThat(cleared.scheduling().constraints()).isEmpty();
        assertThat(cleared.scheduling().strategies()).isEmpty();
        assertThat(cleared.generation()).isEqualTo(1);
    }

    @Test
    void doesNotClearWhatIsGiven() throws IntentException {
        world.created("web", 1);

        assertThat(refusal(() -> update(
                        r -> r.addPlacementStrategy(strategy("random", "")).setClearPlacementStrategy(true))))
                .hasMessage("clearPlacementStrategy: true (expected: false, where a placementStrategy is given)");
    }

    @Test
    void startsNoDeploymentForSettingsOfTheScheduler() throws IntentException {
        world.created("web", 1);

        Service updated = update(r -> r.setHealthCheckGracePeriodSeconds(30)
                .setAvailabilityZoneRebalancing("DRY_RUN")
                .setPropagateTags("SERVICE")
                .setEnableExecuteCommand(true)
                .setConnectionDrainingSeconds(0)
                .setDeploymentConfiguration(DeploymentConfiguration.newBuilder()
                        .setDeploymentCircuitBreaker(DeploymentCircuitBreaker.newBuilder()
                                .setEnable(true)
                                .setRollback(true))));
        Service kept = update(r -> r.setDesiredCount(2));

        assertThat(updated.generation()).isEqualTo(1);
        assertThat(kept.scheduling()).isEqualTo(updated.scheduling());
        assertThat(kept.deploymentConfiguration()).isEqualTo(updated.deploymentConfiguration());
        assertThat(kept.scheduling().gracePeriod()).isEqualTo(Duration.ofSeconds(30));
        assertThat(kept.scheduling().rebalancing()).isEqualTo(Scheduling.Rebalancing.DRY_RUN);
        assertThat(kept.scheduling().propagateTags()).isEqualTo(Scheduling.TagSource.SERVICE);
        assertThat(kept.scheduling().executeCommand()).isTrue();
        assertThat(kept.scheduling().connectionDraining()).isZero();
        assertThat(kept.deploymentConfiguration().getDeploymentCircuitBreaker().getRollback())
                .isTrue();
    }

    @Test
    void remembersWhyADeploymentBegan() throws IntentException {
        assertThat(world.created("web", 1).origin()).isEqualTo(Origin.CREATED);
        assertThat(update(r -> r.setForceNewDeployment(true)).origin()).isEqualTo(Origin.FORCED);
        world.definitions.register(World.definition("web"));
        assertThat(update(r -> r.setTaskDefinition("web").setForceNewDeployment(true))
                        .origin())
                .isEqualTo(Origin.TASK_DEFINITION);
        assertThat(update(r -> r.setDesiredCount(5)).origin()).isEqualTo(Origin.TASK_DEFINITION);
    }

    @Test
    void startsADeploymentForAnotherTaskDefinition() throws IntentException {
        world.created("web", 1);
        world.definitions.register(World.definition("web"));

        Service updated = update(r -> r.setTaskDefinition("web"));

        assertThat(updated.generation()).isEqualTo(2);
        assertThat(updated.taskDefinition().revision()).isEqualTo(2);
        assertThat(update(r -> r.setTaskDefinition("web:2")).generation()).isEqualTo(2);
    }

    @Test
    void startsADeploymentOnDemand() throws IntentException {
        world.created("web", 1);

        assertThat(update(r -> r.setForceNewDeployment(true)).generation()).isEqualTo(2);
    }

    @Test
    void writesNothingWhenNothingChanges() throws IntentException {
        world.created("web", 1);
        long before = world.state().revision();

        update(r -> r.setDesiredCount(1));

        assertThat(world.state().revision()).isEqualTo(before);
    }

    @Test
    void scalesAServiceWhoseTaskDefinitionIsInactive() throws IntentException {
        world.created("web", 1);
        world.definitions.deregister("web:1");

        assertThat(update(r -> r.setDesiredCount(2).setTaskDefinition("web:1")).desiredCount())
                .isEqualTo(2);
    }

    @Test
    void updatesNoServiceThatIsDeleted() throws IntentException {
        world.created("web", 0);
        delete(false);

        IntentException refused = refusal(() -> update(r -> r.setDesiredCount(1)));

        assertThat(refused.reason()).isEqualTo(Reason.SERVICE_NOT_ACTIVE);
        assertThat(refused).hasMessage("Service was not ACTIVE: web is INACTIVE, it was deleted");
    }

    @Test
    void saysThatThereIsNoSuchService() {
        IntentException refused = refusal(() -> update(r -> r.setDesiredCount(1)));

        assertThat(refused.reason()).isEqualTo(Reason.SERVICE_NOT_FOUND);
        assertThat(refused).hasMessage("Service not found: web in cluster default");
    }

    @Test
    void deletesNoServiceThatIsScaledUpUnlessForced() throws IntentException {
        world.created("web", 2);

        IntentException refused = refusal(() -> delete(false));

        assertThat(refused.reason()).isEqualTo(Reason.SERVICE_SCALED_UP);
        assertThat(refused).hasMessageStartingWith("The service cannot be stopped while it is scaled above 0.");
        assertThat(delete(true).deleted()).isTrue();
    }

    @Test
    void rollsBackToTheLastCompletedDeployment() throws IntentException {
        Service service = world.created("web", 1);
        world.definitions.register(World.definition("web"));
        world.definitions.register(World.definition("web"));
        update(r -> r.setTaskDefinition("web:2"));
        Service current = update(r -> r.setTaskDefinition("web:3"));
        world.put(World.deployment(service, 1, 1, Rollout.COMPLETED));
        world.put(World.deployment(service, 2, 2, Rollout.FAILED));
        world.put(World.deployment(service, 3, 3, Rollout.IN_PROGRESS));

        Service back = rollback();

        assertThat(current.generation()).isEqualTo(3);
        assertThat(back.generation()).isEqualTo(4);
        assertThat(back.taskDefinition().revision()).isEqualTo(1);
        assertThat(back.origin()).isEqualTo(new Origin(Origin.Kind.ROLLBACK, 3, 1));
    }

    @Test
    void saysThatThereIsNothingToRollBackTo() throws IntentException {
        Service service = world.created("web", 1);
        world.put(World.deployment(service, 1, 1, Rollout.COMPLETED));

        assertThat(refusal(this::rollback).reason()).isEqualTo(Reason.NO_ROLLBACK_TARGET);
    }

    private Service update(Consumer<UpdateServiceRequest.Builder> change) throws IntentException {
        UpdateServiceRequest.Builder request = UpdateServiceRequest.newBuilder().setService("web");
        change.accept(request);
        return world.services.update(request.build(), world.state()).value();
    }

    private Service rollback() throws IntentException {
        return world.services
                .rollouts()
                .rollback(RollbackServiceRequest.newBuilder().setService("web").build(), world.state())
                .value();
    }

    private Service delete(boolean force) throws IntentException {
        return world.services
                .delete(
                        DeleteServiceRequest.newBuilder()
                                .setService("web")
                                .setForce(force)
                                .build(),
                        world.state())
                .value();
    }

    private void deregister(String definition) {
        try {
            world.definitions.deregister(definition);
        } catch (IntentException e) {
            throw new AssertionError(e);
        }
    }

    private static IntentException refusal(ThrowingCallable call) {
        return catchThrowableOfType(IntentException.class, call);
    }
}
