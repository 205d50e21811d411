package dev.staithe.controlplane.model;

/**
 * A named set of credentials for tasks.
 *
 * @param version grows with every change
 */
public record Role(
        String cluster,
        String name,
        long version,
        long createdAtMillis,
        long updatedAtMillis,
        Credentials credentials) {
    /** Where they come from. */
    public sealed interface Credentials {
        /** They stay the same; the secret parts are encrypted. */
        record Fixed(String accessKeyId, Sealed keys) implements Credentials {}

        /** A command on the control plane makes them; this is its name in the configuration. */
        record Made(String command) implements Credentials {}
    }
}
