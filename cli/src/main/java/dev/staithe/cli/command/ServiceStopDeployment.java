package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.proto.v1.ServiceDeployment;
import dev.staithe.proto.v1.ServicesGrpc;
import dev.staithe.proto.v1.StopServiceDeploymentRequest;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "stop-deployment",
        description =
                "Ends the deployment that is in progress: goes back to the last completed one and waits for it, or"
                        + " leaves all tasks as they are.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe service stop-deployment web", "  staithe service stop-deployment web --abort"})
final class ServiceStopDeployment implements Verb {
    @Parameters(paramLabel = "NAME", description = "The service.")
    String name = "";

    @Option(names = "--abort", description = "Go back to nothing: the deployment starts and stops no more tasks.")
    boolean abort;

    @Mixin
    WaitOptions wait = new WaitOptions();

    @Override
    public ExitCode run(Session session) {
        wait.limit();
        StopServiceDeploymentRequest request = StopServiceDeploymentRequest.newBuilder()
                .setCluster(session.cluster())
                .setService(name)
                .setStopType(abort ? "ABORT" : "ROLLBACK")
                .build();
        ServiceDeployment stopped = session.controlPlane()
                .call(ServicesGrpc::newBlockingStub, api -> api.stopDeployment(request))
                .getServiceDeployment();
        if (!abort) {
            return RolloutWait.finish(session, Lookup.service(session, name), wait);
        }
        session.output()
                .show(
                        stopped,
                        List.of(stopped.getId()),
                        () -> "deployment " + stopped.getId() + " of " + stopped.getTaskDefinition()
                                + " is stopped; the service stays as it is until its next deployment");
        return ExitCode.OK;
    }
}
