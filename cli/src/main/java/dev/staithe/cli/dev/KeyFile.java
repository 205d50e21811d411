package dev.staithe.cli.dev;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;

/** Makes the key that the control plane encrypts secrets with: once for a directory, for its owner alone. */
final class KeyFile {
    private static final Path RANDOM = Path.of("/dev/urandom");
    private static final int BYTES = 32;

    private KeyFile() {}

    /** Nothing happens when it is there: without it no secret could be read again. */
    static void make(Path file) {
        if (Files.exists(file)) {
            return;
        }
        try (InputStream random = Files.newInputStream(RANDOM)) {
            byte[] key = random.readNBytes(BYTES);
            Path fresh = file.resolveSibling(file.getFileName() + ".new");
            Files.deleteIfExists(fresh);
            Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(
                    fresh,
                    "# What secrets are encrypted with: one key a line, the first one encrypts. Lost keys bring no secret"
                            + " back.\n" + Base64.getEncoder().encodeToString(key) + "\n",
                    StandardCharsets.UTF_8);
            Files.move(fresh, file);
        } catch (FileAlreadyExistsException there) {
            // Somebody else has made it.
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.ERROR,
                    "cannot write " + file + ": " + Layout.reason(e),
                    "--directory for another place",
                    e);
        }
    }
}
