package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.proto.v1.ListTaskDefinitionsRequest;
import dev.staithe.proto.v1.ListTaskDefinitionsResponse;
import dev.staithe.proto.v1.TaskDefinitionsGrpc;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "list",
        description = "Lists revisions as family:revision.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe task-definition list", "  staithe td list web --status inactive"})
final class TaskDefinitionList implements Verb {
    @Parameters(paramLabel = "FAMILY", arity = "0..1", description = "Only this family.")
    String family = "";

    @Option(names = "--status", paramLabel = "STATUS", description = "active (default), inactive or all.")
    String status = "active";

    @Override
    public ExitCode run(Session session) {
        List<String> names =
                Pages.all(token -> page(session, token), ListTaskDefinitionsResponse::getNextToken).stream()
                        .flatMap(page -> page.getTaskDefinitionsList().stream())
                        .toList();
        session.output()
                .show(
                        ListTaskDefinitionsResponse.newBuilder()
                                .addAllTaskDefinitions(names)
                                .build(),
                        names,
                        () -> names.isEmpty()
                                ? "no task definitions: register one with `staithe task-definition register -f FILE`"
                                : String.join("\n", names));
        return ExitCode.OK;
    }

    private ListTaskDefinitionsResponse page(Session session, String token) {
        ListTaskDefinitionsRequest request = ListTaskDefinitionsRequest.newBuilder()
                .setFamily(family)
                .setStatus(status.toUpperCase(Locale.ROOT))
                .setNextToken(token)
                .build();
        return session.controlPlane().call(TaskDefinitionsGrpc::newBlockingStub, api -> api.list(request));
    }
}
