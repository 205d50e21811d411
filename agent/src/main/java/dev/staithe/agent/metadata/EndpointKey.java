package dev.staithe.agent.metadata;

import dev.staithe.runtime.Randomness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The key of a host's {@link EndpointIds}, in a file of the agent's data directory that only the agent's user reads. Made once:
 * with another one the containers that run would ask in vain.
 */
final class EndpointKey {
    private static final String FILE = "endpoints.key";
    private static final int BYTES = 32;

    private EndpointKey() {}

    /** Reads it, or makes it. Blocks. */
    static byte[] of(Path dataDirectory, Randomness randomness) throws IOException {
        Path file = dataDirectory.resolve(FILE);
        try {
            byte[] known = Files.readAllBytes(file);
            if (known.length == BYTES) {
                return known;
            }
            // Torn by a full disk before any container was told an id of it.
        } catch (NoSuchFileException first) {
            // Made now.
        }
        ByteBuffer fresh = ByteBuffer.allocate(BYTES);
        while (fresh.hasRemaining()) {
            fresh.putLong(randomness.nextLong());
        }
        write(file, fresh.array());
        return fresh.array();
    }

    private static void write(Path file, byte[] content) throws IOException {
        Path beside = file.resolveSibling(FILE + ".tmp");
        Files.deleteIfExists(beside);
        try (FileChannel channel = FileChannel.open(
                beside,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }
}
