package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.SecretView;
import dev.staithe.proto.v1.ListSecretsRequest;
import dev.staithe.proto.v1.ListSecretsResponse;
import dev.staithe.proto.v1.SecretsGrpc;
import dev.staithe.proto.v1.StoredSecret;
import java.util.List;
import picocli.CommandLine.Command;

@Command(
        name = "list",
        description = "Lists the secrets of a cluster: names and versions, never values.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe secret list", "  staithe --cluster staging secret list -o name"})
final class SecretList implements Verb {
    @Override
    public ExitCode run(Session session) {
        List<StoredSecret> secrets =
                Pages.all(token -> page(session, token), ListSecretsResponse::getNextToken).stream()
                        .flatMap(page -> page.getSecretsList().stream())
                        .toList();
        session.output()
                .show(
                        ListSecretsResponse.newBuilder().addAllSecrets(secrets).build(),
                        secrets.stream().map(StoredSecret::getName).toList(),
                        () -> SecretView.table(secrets, session.now()));
        return ExitCode.OK;
    }

    private static ListSecretsResponse page(Session session, String token) {
        ListSecretsRequest request = ListSecretsRequest.newBuilder()
                .setCluster(session.cluster())
                .setNextToken(token)
                .build();
        return session.controlPlane().call(SecretsGrpc::newBlockingStub, api -> api.list(request));
    }
}
