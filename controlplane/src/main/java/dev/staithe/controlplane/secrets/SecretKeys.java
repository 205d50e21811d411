package dev.staithe.controlplane.secrets;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.model.Sealed;
import dev.staithe.runtime.Randomness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keys that secrets are encrypted with, from a file that every control plane has and the store has not. The first one
 * encrypts, each of them decrypts what it has encrypted: so keys can be changed while the control planes run.
 *
 * <p>AES-256 in Galois/Counter Mode with a random nonce of 96 bits. Immutable, for any thread.
 */
public final class SecretKeys {
    /** No keys: nothing can be stored or read. */
    public static final SecretKeys NONE = new SecretKeys(List.of());

    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int ID_BYTES = 4;
    private static final int MOST_FILE_BYTES = 64 * 1024;

    private static final Set<PosixFilePermission> FOR_OTHERS = Collections.unmodifiableSet(EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE));

    /** By id, the one that encrypts first. */
    private final Map<String, SecretKey> keys;

    private SecretKeys(List<byte[]> raw) {
        Map<String, SecretKey> byId = new LinkedHashMap<>();
        raw.forEach(bytes -> byId.put(id(bytes), new SecretKeySpec(bytes, "AES")));
        keys = Collections.unmodifiableMap(byId);
    }

    /**
     * Reads a key file: one key a line, 32 bytes in base64; empty lines and lines that begin with # are skipped. Nobody but its
     * owner may be able to read it.
     *
     * @throws IllegalArgumentException with what is wrong, never with what is in it
     */
    public static SecretKeys read(Path file) {
        try {
            Set<PosixFilePermission> open = EnumSet.copyOf(FOR_OTHERS);
            open.retainAll(Files.getPosixFilePermissions(file));
            if (!open.isEmpty()) {
                throw wrong(file, "others than its owner may use it (expected: mode 0600; chmod 600 " + file + ")");
            }
            if (Files.size(file) > MOST_FILE_BYTES) {
                throw wrong(file, "larger than " + MOST_FILE_BYTES + " bytes (expected: one key a line)");
            }
            return parse(file, Files.readAllLines(file));
        } catch (IOException e) {
            throw wrong(file, "cannot be read: " + e);
        }
    }

    private static SecretKeys parse(Path file, List<String> lines) {
        List<byte[]> raw = new java.util.ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            byte[] key = decoded(line);
            if (key.length != KEY_BYTES) {
                throw wrong(file, "line " + (i + 1) + " is no key (expected: 32 bytes in base64)");
            }
            raw.add(key);
        }
        if (raw.isEmpty()) {
            throw wrong(file, "without a key (expected: 32 random bytes in base64 on a line)");
        }
        return new SecretKeys(raw);
    }

    private static byte[] decoded(String line) {
        try {
            return Base64.getDecoder().decode(line);
        } catch (IllegalArgumentException notBase64) {
            return new byte[0];
        }
    }

    private static IllegalArgumentException wrong(Path file, String what) {
        return new IllegalArgumentException("secretsKeyFile: " + file + ": " + what);
    }

    public boolean isEmpty() {
        return keys.isEmpty();
    }

    /** Whether the key is one of these. */
    public boolean has(String keyId) {
        return keys.containsKey(keyId);
    }

    /** The id of the key that encrypts. */
    public String first() {
        return keys.keySet().iterator().next();
    }

    public SortedSet<String> ids() {
        return new TreeSet<>(keys.keySet());
    }

    /** Encrypts, with the first key. Each time the result differs. */
    public Sealed seal(SecretPlace place, ByteString value, Randomness randomness) {
        byte[] nonce = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(randomness.nextLong())
                .putLong(randomness.nextLong())
                .array();
        byte[] used = java.util.Arrays.copyOf(nonce, NONCE_BYTES);
        try {
            byte[] sealed =
                    cipher(Cipher.ENCRYPT_MODE, key(first()), used, place).doFinal(value.toByteArray());
            return new Sealed(first(), ByteString.copyFrom(used), ByteString.copyFrom(sealed));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has AES in GCM", e);
        }
    }

    /** Decrypts what was encrypted for that place. */
    public ByteString open(SecretPlace place, Sealed sealed) throws UnreadableSecretException {
        if (!has(sealed.keyId())) {
            throw new UnreadableSecretException(place + ": encrypted with key " + sealed.keyId()
                    + ", which this control plane does not have ("
                    + (isEmpty() ? "it has no secretsKeyFile" : "its secretsKeyFile has " + String.join(", ", ids()))
                    + "; give every control plane the same secretsKeyFile)");
        }
        try {
            byte[] opened = cipher(
                            Cipher.DECRYPT_MODE,
                            key(sealed.keyId()),
                            sealed.nonce().toByteArray(),
                            place)
                    .doFinal(sealed.ciphertext().toByteArray());
            return ByteString.copyFrom(opened);
        } catch (AEADBadTagException e) {
            throw new UnreadableSecretException(
                    place + ": its record was damaged, or changed by somebody without the key (set it again)");
        } catch (GeneralSecurityException e) {
            throw new UnreadableSecretException(place + ": its record is damaged (set it again)");
        }
    }

    private SecretKey key(String id) {
        SecretKey key = keys.get(id);
        if (key == null) {
            throw new IllegalStateException("key " + id + " (expected: one of " + ids() + ")");
        }
        return key;
    }

    private static Cipher cipher(int mode, SecretKey key, byte[] nonce, SecretPlace place)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(place.bytes());
        return cipher;
    }

    private static String id(byte[] key) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key), 0, ID_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    /** Shows the ids alone. */
    @Override
    public String toString() {
        return "SecretKeys" + ids();
    }
}
