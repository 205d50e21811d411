package dev.staithe.cli.command;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.Words;
import dev.staithe.proto.v1.ReencryptSecretsRequest;
import dev.staithe.proto.v1.ReencryptSecretsResponse;
import dev.staithe.proto.v1.SecretsGrpc;
import java.util.List;
import picocli.CommandLine.Command;

@Command(
        name = "reencrypt",
        description =
                "Encrypts with the first key of the control plane's key file what is encrypted with another one: the"
                        + " secrets and roles of all clusters. After it the other keys can go.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe secret reencrypt", "  staithe secret reencrypt -o json"})
final class SecretReencrypt implements Verb {
    @Override
    public ExitCode run(Session session) {
        ReencryptSecretsResponse done = session.controlPlane()
                .call(SecretsGrpc::newBlockingStub, api -> api.reencrypt(ReencryptSecretsRequest.getDefaultInstance()));
        session.output()
                .show(
                        done,
                        List.of(),
                        () -> Words.count(done.getReencrypted(), "record") + " encrypted with the first key");
        if (done.getUnreadableCount() > 0) {
            throw new CommandFailure(
                    ExitCode.ERROR,
                    "none of the keys can read " + String.join(", ", done.getUnreadableList()),
                    "set them again, or put their key back into the key file of every control plane");
        }
        return ExitCode.OK;
    }
}
