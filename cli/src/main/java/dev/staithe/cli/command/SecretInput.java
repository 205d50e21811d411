package dev.staithe.cli.command;

import com.google.protobuf.ByteString;
import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import picocli.CommandLine.Option;

/**
 * Where a secret value comes from: a file, a variable, standard input; on a terminal it is asked for, without being shown.
 * Never a word of the command line, which every process of the machine can read.
 */
final class SecretInput {
    @Option(
            names = "--from-file",
            paramLabel = "FILE",
            description = "The value is what is in the file, byte by byte; - is standard input.")
    String file = "";

    @Option(
            names = "--from-env",
            paramLabel = "VARIABLE",
            description = "The value is that of this environment variable.")
    String variable = "";

    /**
     * The value.
     *
     * @param what it is, for the question on a terminal
     * @param most bytes of it
     */
    ByteString read(Session session, String what, int most) {
        if (!file.isEmpty() && !variable.isEmpty()) {
            throw CommandFailure.usage(
                    "--from-file and --from-env: both given (expected: one of them, or standard input)");
        }
        ByteString value = value(session, what, most);
        if (value.isEmpty()) {
            throw new CommandFailure(ExitCode.USAGE, what + " is empty (expected: 1-" + most + " bytes)", "");
        }
        if (value.size() > most) {
            throw new CommandFailure(
                    ExitCode.USAGE, what + " is larger than " + most + " bytes (expected: 1-" + most + " bytes)", "");
        }
        return value;
    }

    private ByteString value(Session session, String what, int most) {
        if (!variable.isEmpty()) {
            String value = session.variables().get(variable);
            if (value == null) {
                throw CommandFailure.usage(
                        "--from-env: " + variable + " is not set (expected: an environment variable)");
            }
            return ByteString.copyFromUtf8(value);
        }
        try {
            if (!file.isEmpty() && !file.equals("-")) {
                try (InputStream in = Files.newInputStream(Path.of(file))) {
                    return ByteString.copyFrom(in.readNBytes(most + 1));
                }
            }
            return session.screen().typedAt()
                    ? typed(what)
                    : ByteString.copyFrom(session.screen().in().readNBytes(most + 1));
        } catch (NoSuchFileException e) {
            throw CommandFailure.usage("--from-file: " + file + ": no such file");
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.ERROR, what + " cannot be read: " + e, "", e);
        }
    }

    private static ByteString typed(String what) {
        char[] typed = Optional.ofNullable(System.console())
                .map(console -> console.readPassword("%s (not shown): ", what))
                .orElseThrow(() -> CommandFailure.usage(
                        what + " is missing (expected: --from-file, --from-env or standard input)"));
        ByteString value = ByteString.copyFrom(StandardCharsets.UTF_8.encode(CharBuffer.wrap(typed)));
        Arrays.fill(typed, '\0');
        return value;
    }
}
