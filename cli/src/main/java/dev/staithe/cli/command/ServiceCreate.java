package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.proto.v1.CreateServiceRequest;
import dev.staithe.proto.v1.Service;
import dev.staithe.proto.v1.ServicesGrpc;
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
            "  staithe service create web --task-definition web:2 --desired-count 3 --min-healthy 50 --max 100"
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
    int desiredCount = 1;

    @Mixin
    RollingOptions rolling = new RollingOptions();

    @Mixin
    WaitOptions wait = new WaitOptions();

    @Override
    public ExitCode run(Session session) {
        CreateServiceRequest.Builder request = CreateServiceRequest.newBuilder()
                .setCluster(session.cluster())
                .setServiceName(name)
                .setTaskDefinition(taskDefinition)
                .setDesiredCount(desiredCount)
                .setClientToken(session.environment().ids().next());
        rolling.configuration().ifPresent(request::setDeploymentConfiguration);
        wait.limit();
        Service created = session.controlPlane()
                .call(ServicesGrpc::newBlockingStub, api -> api.create(request.build()))
                .getService();
        return RolloutWait.finish(session, created, wait);
    }
}
