package dev.staithe.cli.command;

import com.google.protobuf.ByteString;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.Words;
import dev.staithe.proto.v1.SecretsGrpc;
import dev.staithe.proto.v1.SetSecretRequest;
import dev.staithe.proto.v1.StoredSecret;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "set",
        description = {
            "Creates a secret, or gives it a new value, from standard input, a file or a variable; on a terminal it is"
                    + " asked for. Tasks that run keep the value that they were started with."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  staithe secret set db/password",
            "  staithe secret set tls/key --from-file server.key",
            "  staithe secret set db/password --from-env DB_PASSWORD"
        })
final class SecretSet implements Verb {
    private static final int LARGEST = 64 * 1024;

    @Parameters(paramLabel = "NAME", description = "1-255 of A-Z a-z 0-9 _ . / -")
    String name = "";

    @Mixin
    SecretInput input = new SecretInput();

    @Override
    public ExitCode run(Session session) {
        ByteString value = input.read(session, "the value of " + name, LARGEST);
        SetSecretRequest request = SetSecretRequest.newBuilder()
                .setCluster(session.cluster())
                .setName(name)
                .setValue(value)
                .build();
        StoredSecret set = session.controlPlane()
                .call(SecretsGrpc::newBlockingStub, api -> api.set(request))
                .getSecret();
        session.output()
                .show(
                        set,
                        List.of(name),
                        () -> "secret " + name + " has version " + set.getVersion() + ", "
                                + Words.count(set.getSize(), "byte"));
        if (value.byteAt(value.size() - 1) == '\n' && input.variable.isEmpty()) {
            session.notes()
                    .println(
                            "note: the last byte is a newline, and part of the value (echo writes one, printf does not)");
        }
        return ExitCode.OK;
    }
}
