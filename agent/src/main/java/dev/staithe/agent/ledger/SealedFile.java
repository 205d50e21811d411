package dev.staithe.agent.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * A file that is either whole or known to be broken: the mark {@code STL1}, the content's length and CRC-32C (four bytes each, big
 * endian), the content. It is written beside its place, synced, and renamed into it; the directory is synced by whoever wrote the
 * last file of a batch.
 */
final class SealedFile {
    private static final int MARK = 0x53544c31;
    private static final int HEADER = 12;
    private static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private SealedFile() {}

    static void write(Path file, byte[] content) throws IOException {
        Path beside = file.resolveSibling(file.getFileName() + ".tmp");
        ByteBuffer bytes = ByteBuffer.allocate(HEADER + content.length);
        bytes.putInt(MARK)
                .putInt(content.length)
                .putInt(checksum(content))
                .put(content)
                .flip();
        Files.deleteIfExists(beside);
        try (FileChannel channel =
                FileChannel.open(beside, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), PRIVATE)) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Makes renames and removals in the directory durable. */
    static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /**
     * Reads the content.
     *
     * @throws Broken when it is not what was written
     */
    static byte[] read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        if (bytes.remaining() < HEADER || bytes.getInt() != MARK) {
            throw new Broken(file, "no header");
        }
        int length = bytes.getInt();
        int checksum = bytes.getInt();
        if (length != bytes.remaining()) {
            throw new Broken(file, bytes.remaining() + " bytes of content (expected: " + length + ")");
        }
        byte[] content = new byte[length];
        bytes.get(content);
        if (checksum(content) != checksum) {
            throw new Broken(file, "checksum differs");
        }
        return content;
    }

    private static int checksum(byte[] content) {
        CRC32C crc = new CRC32C();
        crc.update(content);
        return (int) crc.getValue();
    }

    /** The file is torn or was changed. */
    static final class Broken extends IOException {
        private static final long serialVersionUID = 1;

        Broken(Path file, String what) {
            super(file + ": " + what);
        }
    }
}
