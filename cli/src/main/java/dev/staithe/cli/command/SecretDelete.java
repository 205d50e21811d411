package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.proto.v1.DeleteSecretRequest;
import dev.staithe.proto.v1.SecretsGrpc;
import dev.staithe.proto.v1.StoredSecret;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "delete",
        description = "Deletes a secret, unless a service or a task needs it.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe secret delete db/password", "  staithe secret delete db/password --force"})
final class SecretDelete implements Verb {
    @Parameters(paramLabel = "NAME", description = "The secret.")
    String name = "";

    @Option(names = "--force", description = "Also while it is needed: what starts then fails.")
    boolean force;

    @Override
    public ExitCode run(Session session) {
        DeleteSecretRequest request = DeleteSecretRequest.newBuilder()
                .setCluster(session.cluster())
                .setName(name)
                .setForce(force)
                .build();
        StoredSecret deleted = session.controlPlane()
                .call(SecretsGrpc::newBlockingStub, api -> api.delete(request))
                .getSecret();
        session.output().show(deleted, List.of(name), () -> "secret " + name + " is deleted");
        return ExitCode.OK;
    }
}
