package dev.staithe.cli.command;

import dev.staithe.cli.client.ApiError;
import dev.staithe.cli.client.Refusal;
import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.TaskDefinitionView;
import dev.staithe.cli.spec.Schema;
import dev.staithe.cli.spec.Spec;
import dev.staithe.cli.spec.SpecFile;
import dev.staithe.proto.v1.RegisterTaskDefinitionRequest;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskDefinitionsGrpc;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "register",
        description =
                "Registers the next revision of a family, from the JSON that ECS users have, or the same in YAML.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe task-definition register -f web.json", "  jq . web.json | staithe td register -f -"})
final class TaskDefinitionRegister implements Verb {
    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "FILE",
            description = "The definition, in JSON or YAML; - is standard input.")
    String file = "";

    @Override
    public ExitCode run(Session session) {
        Spec<TaskDefinition> spec = SpecFile.read(file, session.screen().in(), Schema.TASK_DEFINITION);
        TaskDefinition registered = register(session, spec);
        String name = TaskDefinitionView.name(registered);
        session.output().show(registered, List.of(name), () -> "registered " + name);
        return ExitCode.OK;
    }

    private static TaskDefinition register(Session session, Spec<TaskDefinition> spec) {
        RegisterTaskDefinitionRequest request = RegisterTaskDefinitionRequest.newBuilder()
                .setTaskDefinition(spec.message())
                .build();
        try {
            return session.controlPlane()
                    .call(TaskDefinitionsGrpc::newBlockingStub, api -> api.register(request))
                    .getTaskDefinition();
        } catch (Refusal e) {
            throw e.error().violations().isEmpty() ? e : inFile(e.error().violations(), spec);
        }
    }

    /** The control plane knows the path of a field that is wrong, the file knows where that is. */
    private static CommandFailure inFile(List<ApiError.Violation> violations, Spec<TaskDefinition> spec) {
        return new CommandFailure(
                ExitCode.ERROR,
                violations.stream()
                        .map(violation -> spec.locate(violation.field()) + ": " + violation.text())
                        .collect(Collectors.joining("\n")),
                "");
    }
}
