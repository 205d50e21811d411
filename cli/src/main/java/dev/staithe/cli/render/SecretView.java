package dev.staithe.cli.render;

import dev.staithe.proto.v1.Role;
import dev.staithe.proto.v1.StoredSecret;
import java.time.Instant;
import java.util.List;

/** Secrets and roles for people, as far as anybody may see them. */
public final class SecretView {
    private SecretView() {}

    /** One line for each secret. */
    public static String table(List<StoredSecret> secrets, Instant now) {
        Table table = new Table("SECRET", "VERSION", "BYTES", "KEY", "SET");
        for (StoredSecret secret : secrets) {
            table.row(
                    secret.getName(),
                    secret.getVersion(),
                    secret.getSize(),
                    secret.getKeyId(),
                    Words.ago(secret.getUpdatedAt(), now) + " ago");
        }
        return table.orElse("no secrets: create one with `staithe secret set NAME`");
    }

    /** One line for each role. */
    public static String roles(List<Role> roles, Instant now) {
        Table table = new Table("ROLE", "CREDENTIALS", "VERSION", "SET");
        for (Role role : roles) {
            table.row(
                    role.getName(),
                    role.getCommand().isEmpty()
                            ? "access key " + role.getAccessKeyId()
                            : "made by command " + role.getCommand(),
                    role.getVersion(),
                    Words.ago(role.getUpdatedAt(), now) + " ago");
        }
        return table.orElse("no roles: create one with `staithe role set NAME`");
    }
}
