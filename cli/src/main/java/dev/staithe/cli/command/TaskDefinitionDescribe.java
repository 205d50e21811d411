package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.TaskDefinitionView;
import dev.staithe.proto.v1.DescribeTaskDefinitionRequest;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskDefinitionsGrpc;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "describe",
        description = "Shows one revision.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe task-definition describe web", "  staithe td describe web:3 -o json"})
final class TaskDefinitionDescribe implements Verb {
    @Parameters(paramLabel = "FAMILY[:REVISION]", description = "Without a revision: the latest active one.")
    String name = "";

    @Override
    public ExitCode run(Session session) {
        TaskDefinition definition = session.controlPlane()
                .call(
                        TaskDefinitionsGrpc::newBlockingStub,
                        api -> api.describe(DescribeTaskDefinitionRequest.newBuilder()
                                .setTaskDefinition(name)
                                .build()))
                .getTaskDefinition();
        session.output()
                .show(
                        definition,
                        List.of(TaskDefinitionView.name(definition)),
                        () -> TaskDefinitionView.text(definition, session.now()));
        return ExitCode.OK;
    }
}
