package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.proto.v1.RollbackServiceRequest;
import dev.staithe.proto.v1.Service;
import dev.staithe.proto.v1.ServicesGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "rollback",
        description = "Deploys again what the last completed deployment before this one ran, and waits for it.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe service rollback web", "  staithe service rollback web --detach"})
final class ServiceRollback implements Verb {
    @Parameters(paramLabel = "NAME", description = "The service.")
    String name = "";

    @Mixin
    WaitOptions wait = new WaitOptions();

    @Override
    public ExitCode run(Session session) {
        wait.limit();
        RollbackServiceRequest request = RollbackServiceRequest.newBuilder()
                .setCluster(session.cluster())
                .setService(name)
                .build();
        Service changed = session.controlPlane()
                .call(ServicesGrpc::newBlockingStub, api -> api.rollback(request))
                .getService();
        return RolloutWait.finish(session, changed, wait);
    }
}
