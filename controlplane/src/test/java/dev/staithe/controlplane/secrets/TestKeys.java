package dev.staithe.controlplane.secrets;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/** Keys for tests, each of one byte repeated. */
public final class TestKeys {
    public static final SecretKeys ONE = of(1);

    private TestKeys() {}

    /** A key file with these keys, in their order. */
    public static SecretKeys of(int... keys) {
        try {
            Path file = Files.createTempFile(
                    "keys", "", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try {
                Files.write(file, lines(keys));
                return SecretKeys.read(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> lines(int... keys) {
        return java.util.Arrays.stream(keys)
                .mapToObj(key -> {
                    byte[] bytes = new byte[32];
                    java.util.Arrays.fill(bytes, (byte) key);
                    return Base64.getEncoder().encodeToString(bytes);
                })
                .collect(Collectors.toList());
    }
}
