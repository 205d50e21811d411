package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.proto.v1.ListTaskDefinitionFamiliesRequest;
import dev.staithe.proto.v1.ListTaskDefinitionFamiliesResponse;
import dev.staithe.proto.v1.TaskDefinitionsGrpc;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "families",
        description = "Lists the families of task definitions.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe task-definition families", "  staithe td families we --status all"})
final class TaskDefinitionFamilies implements Verb {
    @Parameters(paramLabel = "PREFIX", arity = "0..1", description = "Only names that begin with it.")
    String prefix = "";

    @Option(names = "--status", paramLabel = "STATUS", description = "active (default), inactive or all.")
    String status = "active";

    @Override
    public ExitCode run(Session session) {
        List<String> families =
                Pages.all(token -> page(session, token), ListTaskDefinitionFamiliesResponse::getNextToken).stream()
                        .flatMap(page -> page.getFamiliesList().stream())
                        .toList();
        session.output()
                .show(
                        ListTaskDefinitionFamiliesResponse.newBuilder()
                                .addAllFamilies(families)
                                .build(),
                        families,
                        () -> families.isEmpty()
                                ? "no families: register a task definition with"
                                        + " `staithe task-definition register -f FILE`"
                                : String.join("\n", families));
        return ExitCode.OK;
    }

    private ListTaskDefinitionFamiliesResponse page(Session session, String token) {
        ListTaskDefinitionFamiliesRequest request = ListTaskDefinitionFamiliesRequest.newBuilder()
                .setFamilyPrefix(prefix)
                .setStatus(status.toUpperCase(Locale.ROOT))
                .setNextToken(token)
                .build();
        return session.controlPlane().call(TaskDefinitionsGrpc::newBlockingStub, api -> api.listFamilies(request));
    }
}
