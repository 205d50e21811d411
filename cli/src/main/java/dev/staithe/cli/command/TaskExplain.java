package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.PlacementView;
import dev.staithe.proto.v1.ExplainTaskRequest;
import dev.staithe.proto.v1.ExplainTaskResponse;
import dev.staithe.proto.v1.TasksGrpc;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "explain",
        description = "Shows where a task on its own would go, host by host and why, and the smallest change that would"
                + " make it fit. Starts nothing; exits with 5 when the task fits nowhere.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  staithe task explain --task-definition worker",
            "  staithe task explain --task-definition worker:3 --constraint distinctInstance"
        })
final class TaskExplain implements Verb {
    @Option(
            names = "--task-definition",
            required = true,
            paramLabel = "FAMILY[:REVISION]",
            description = "What it would run.")
    String taskDefinition = "";

    @Option(names = "--group", paramLabel = "TEXT", description = "The group (default: family:FAMILY).")
    String group = "";

    @Mixin
    PlacementOptions placement = new PlacementOptions();

    @Override
    public ExitCode run(Session session) {
        ExplainTaskRequest request = ExplainTaskRequest.newBuilder()
                .setCluster(session.cluster())
                .setTaskDefinition(taskDefinition)
                .setGroup(group)
                .addAllPlacementConstraints(placement.constraints())
                .addAllPlacementStrategy(placement.strategies())
                .build();
        ExplainTaskResponse response =
                session.controlPlane().call(TasksGrpc::newBlockingStub, api -> api.explain(request));
        String chosen = response.getDecision().getChosen();
        session.output()
                .show(
                        response,
                        chosen.isEmpty() ? List.of() : List.of(chosen),
                        () -> PlacementView.text(
                                "task definition " + taskDefinition, response.getDecision(), List.of()));
        return chosen.isEmpty() ? ExitCode.NOT_PLACED : ExitCode.OK;
    }
}
