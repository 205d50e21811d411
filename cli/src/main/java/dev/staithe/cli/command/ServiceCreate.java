package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.proto.v1.CreateServiceRequest;
import dev.staithe.proto.v1.Service;
import dev.staithe.proto.v1.ServicesGrpc;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "create",
        description = "Creates a service and waits until all its tasks run and are healthy.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  staithe service create web --task-definition web --desired-count 3",
            "  staithe service create web --task-definition web:2 --desired-count 3 --min-healthy 50 --max 100",
            "  staithe service create web --task-definition web --circuit-breaker rollback",
            "  staithe service create logs --task-definition logs --daemon"
        })
final class ServiceCreate implements Verb {
    @Parameters(paramLabel = "NAME", description = "1-255 of A-Z a-z 0-9 _ -.")
    String name = "";

    @Option(
            names = "--task-definition",
            required = true,
            paramLabel = "FAMILY[:REVISION]",
            description = "What its tasks run; without a revision the latest active one.")
    String taskDefinition = "";

    @Option(names = "--desired-count", paramLabel = "N", description = "How many tasks (default: 1).")
    @Nullable
    Integer desiredCount;

    @Option(names = "--daemon", description = "One task on every instance that matches, instead of a number of tasks.")
    boolean daemon;

    @Mixin
    PlacementOptions placement = new PlacementOptions();

    @Mixin
    SchedulingOptions scheduling = new SchedulingOptions();

    @Mixin
    RollingOptions rolling = new RollingOptions();

    @Mixin
    TagOptions tags = new TagOptions();

    @Mixin
    WaitOptions wait = new WaitOptions();

    @Override
    public ExitCode run(Session session) {
        CreateServiceRequest.Builder request = CreateServiceRequest.newBuilder()
                .setCluster(session.cluster())
                .setServiceName(name)
                .setTaskDefinition(taskDefinition)
                .setSchedulingStrategy(daemon ? "DAEMON" : "REPLICA")
                .addAllPlacementConstraints(placement.constraints())
                .addAllPlacementStrategy(placement.strategies())
                .setAvailabilityZoneRebalancing(scheduling.rebalancing())
                .setPropagateTags(scheduling.propagateTags())
                .addAllTags(tags.tags())
                .setClientToken(session.environment().ids().next());
        if (desiredCount != null) {
            request.setDesiredCount(desiredCount);
        } else if (!daemon) {
            request.setDesiredCount(1);
        }
        Integer grace = scheduling.gracePeriodSeconds();
        if (grace != null) {
            request.setHealthCheckGracePeriodSeconds(grace);
        }
        Integer draining = scheduling.drainingSeconds();
        if (draining != null) {
            request.setConnectionDrainingSeconds(draining);
        }
        if (scheduling.enableExecuteCommand) {
            request.setEnableExecuteCommand(true);
        }
        rolling.configuration().ifPresent(request::setDeploymentConfiguration);
        wait.limit();
        Service created = session.controlPlane()
                .call(ServicesGrpc::newBlockingStub, api -> api.create(request.build()))
                .getService();
        return RolloutWait.finish(session, created, wait);
    }
}
