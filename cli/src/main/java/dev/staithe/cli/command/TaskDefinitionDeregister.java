package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.TaskDefinitionView;
import dev.staithe.proto.v1.DeregisterTaskDefinitionRequest;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskDefinitionsGrpc;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "deregister",
        description = "Makes one revision inactive: services that run it keep it, new ones cannot use it.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe task-definition deregister web:3", "  staithe td deregister web:3 -o json"})
final class TaskDefinitionDeregister implements Verb {
    @Parameters(paramLabel = "FAMILY:REVISION", description = "The revision; its number is never used again.")
    String name = "";

    @Override
    public ExitCode run(Session session) {
        TaskDefinition definition = session.controlPlane()
                .call(
                        TaskDefinitionsGrpc::newBlockingStub,
                        api -> api.deregister(DeregisterTaskDefinitionRequest.newBuilder()
                                .setTaskDefinition(name)
                                .build()))
                .getTaskDefinition();
        String shown = TaskDefinitionView.name(definition);
        session.output().show(definition, List.of(shown), () -> shown + " is INACTIVE");
        return ExitCode.OK;
    }
}
