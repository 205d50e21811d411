package dev.staithe.cli.command;

import com.google.protobuf.ByteString;
import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.proto.v1.Role;
import dev.staithe.proto.v1.RolesGrpc;
import dev.staithe.proto.v1.SetRoleRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "set",
        description =
                "Creates a role, or changes where its credentials come from: a command that the configuration of the"
                        + " control planes lists, or an access key, the secret part of which comes from standard input, a file or a"
                        + " variable.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  staithe role set uploader --command vault",
            "  staithe role set uploader --access-key-id AKIA... --from-file secret-key"
        })
final class RoleSet implements Verb {
    private static final int LONGEST_KEY = 1024;

    @Parameters(paramLabel = "NAME", description = "1-64 of A-Z a-z 0-9 _ + = , . @ -")
    String name = "";

    @Option(names = "--command", paramLabel = "COMMAND", description = "One of roleCommands, by its name.")
    String command = "";

    @Option(names = "--access-key-id", paramLabel = "ID", description = "Which access key; its secret is read.")
    String accessKeyId = "";

    @Option(
            names = "--session-token-file",
            paramLabel = "FILE",
            description = "Beside an access key: the session token.")
    String sessionTokenFile = "";

    @Mixin
    SecretInput input = new SecretInput();

    @Override
    public ExitCode run(Session session) {
        if (command.isEmpty() == accessKeyId.isEmpty()) {
            throw CommandFailure.usage("--command and --access-key-id: expected one of the two");
        }
        SetRoleRequest.Builder request = SetRoleRequest.newBuilder()
                .setCluster(session.cluster())
                .setName(name)
                .setCommand(command)
                .setAccessKeyId(accessKeyId);
        if (command.isEmpty()) {
            // Keys are text on a line of its own.
            request.setSecretAccessKey(stripped(input.read(session, "the secret access key", LONGEST_KEY)));
        } else if (!input.file.isEmpty() || !input.variable.isEmpty() || !sessionTokenFile.isEmpty()) {
            throw CommandFailure.usage("--command: makes the keys itself (expected: none beside it)");
        }
        if (!sessionTokenFile.isEmpty()) {
            request.setSessionToken(token());
        }
        Role set = session.controlPlane()
                .call(RolesGrpc::newBlockingStub, api -> api.set(request.build()))
                .getRole();
        session.output().show(set, List.of(name), () -> "role " + name + " has version " + set.getVersion());
        return ExitCode.OK;
    }

    private ByteString token() {
        try {
            return stripped(ByteString.copyFrom(Files.readAllBytes(Path.of(sessionTokenFile))));
        } catch (IOException e) {
            throw CommandFailure.usage("--session-token-file: cannot be read: " + e);
        }
    }

    private static ByteString stripped(ByteString text) {
        int end = text.size();
        while (end > 0 && (text.byteAt(end - 1) == '\n' || text.byteAt(end - 1) == '\r')) {
            end--;
        }
        return text.substring(0, end);
    }
}
