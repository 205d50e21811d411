package dev.staithe.controlplane.secrets;

import dev.staithe.controlplane.model.Role;
import dev.staithe.controlplane.model.Secret;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What an encrypted value belongs to. It is authenticated with it: moved to another record, or to another version of the same
 * one, a value cannot be read.
 *
 * @param kind secret | role
 */
public record SecretPlace(String kind, String cluster, String name, long version, long createdAtMillis) {
    public static SecretPlace of(Secret secret) {
        return new SecretPlace("secret", secret.cluster(), secret.name(), secret.version(), secret.createdAtMillis());
    }

    public static SecretPlace of(Role role) {
        return new SecretPlace("role", role.cluster(), role.name(), role.version(), role.createdAtMillis());
    }

    /** Each part with its length before it, so that no two places have the same bytes. */
    byte[] bytes() {
        byte[][] texts = {
            kind.getBytes(StandardCharsets.UTF_8),
            cluster.getBytes(StandardCharsets.UTF_8),
            name.getBytes(StandardCharsets.UTF_8)
        };
        int size = 2 * Long.BYTES;
        for (byte[] text : texts) {
            size += Integer.BYTES + text.length;
        }
        ByteBuffer all = ByteBuffer.allocate(size);
        for (byte[] text : texts) {
            all.putInt(text.length).put(text);
        }
        return all.putLong(version).putLong(createdAtMillis).array();
    }

    /** "secret db/password" */
    @Override
    public String toString() {
        return kind + " " + name;
    }
}
