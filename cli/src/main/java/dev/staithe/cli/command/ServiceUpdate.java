package dev.staithe.cli.command;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.proto.v1.Service;
import dev.staithe.proto.v1.ServicesGrpc;
import dev.staithe.proto.v1.UpdateServiceRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "update",
        description = "Changes what is given of a service, keeps the rest, and waits until it is so.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  staithe service update web --task-definition web",
            "  staithe service update web --force-new-deployment --timeout 5m",
            "  staithe service update web --circuit-breaker rollback --clear-constraints"
        })
final class ServiceUpdate implements Verb {
    @Parameters(paramLabel = "NAME", description = "The service.")
    String name = "";

    @Option(
            names = "--task-definition",
            paramLabel = "FAMILY[:REVISION]",
            description = "Another revision starts a deployment.")
    @Nullable
    String taskDefinition;

    @Option(names = "--desired-count", paramLabel = "N", description = "How many tasks.")
    @Nullable
    Integer desiredCount;

    @Option(names = "--force-new-deployment", description = "Replace all tasks although nothing else changed.")
    boolean force;

    @Option(names = "--clear-constraints", description = "Drop all placement constraints of the service.")
    boolean clearConstraints;

    @Option(names = "--clear-strategy", description = "Drop all placement strategies of the service.")
    boolean clearStrategy;

    @Mixin
    PlacementOptions placement = new PlacementOptions();

    @Mixin
    SchedulingOptions scheduling = new SchedulingOptions();

    @Option(names = "--disable-execute-command", description = "Allow it no longer in tasks started from now on.")
    boolean disableExecuteCommand;

    @Mixin
    RollingOptions rolling = new RollingOptions();

    @Mixin
    WaitOptions wait = new WaitOptions();

    @Override
    public ExitCode run(Session session) {
        UpdateServiceRequest.Builder request = UpdateServiceRequest.newBuilder()
                .setCluster(session.cluster())
                .setService(name)
                .setForceNewDeployment(force)
                .addAllPlacementConstraints(placement.constraints())
                .addAllPlacementStrategy(placement.strategies())
                .setClearPlacementConstraints(clearConstraints)
                .setClearPlacementStrategy(clearStrategy)
                .setAvailabilityZoneRebalancing(scheduling.rebalancing())
                .setPropagateTags(scheduling.propagateTags());
        if (taskDefinition != null) {
            request.setTaskDefinition(taskDefinition);
        }
        if (desiredCount != null) {
            request.setDesiredCount(desiredCount);
        }
        Integer grace = scheduling.gracePeriodSeconds();
        if (grace != null) {
            request.setHealthCheckGracePeriodSeconds(grace);
        }
        Integer draining = scheduling.drainingSeconds();
        if (draining != null) {
            request.setConnectionDrainingSeconds(draining);
        }
        if (scheduling.enableExecuteCommand || disableExecuteCommand) {
            request.setEnableExecuteCommand(scheduling.enableExecuteCommand);
        }
        rolling.configuration().ifPresent(request::setDeploymentConfiguration);
        refuseNothing();
        if (scheduling.enableExecuteCommand && disableExecuteCommand) {
            throw CommandFailure.usage("--enable-execute-command and --disable-execute-command exclude each other");
        }
        wait.limit();
        return send(session, request.build(), wait);
    }

    private void refuseNothing() {
        boolean something = taskDefinition != null
                || desiredCount != null
                || force
                || clearConstraints
                || clearStrategy
                || placement.given()
                || scheduling.given()
                || disableExecuteCommand
                || rolling.configuration().isPresent();
        if (!something) {
            throw CommandFailure.usage("nothing to change (expected: --task-definition, --desired-count,"
                    + " --force-new-deployment or another option; see --help)");
        }
    }

    static ExitCode send(Session session, UpdateServiceRequest request, WaitOptions wait) {
        Service updated = session.controlPlane()
                .call(ServicesGrpc::newBlockingStub, api -> api.update(request))
                .getService();
        return RolloutWait.finish(session, updated, wait);
    }
}
