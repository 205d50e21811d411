package dev.staithe.agent.secrets;

import java.util.OptionalLong;

/**
 * What the containers of a task may sign requests with. Never stored.
 *
 * @param role its name
 * @param sessionToken empty = none
 * @param expiresAtMillis milliseconds since the epoch, by the clock of whoever made them; empty = they do not end
 */
public record RoleCredentials(
        String role, String accessKeyId, String secretAccessKey, String sessionToken, OptionalLong expiresAtMillis) {
    /** Shows none of the keys. */
    @Override
    public String toString() {
        return "RoleCredentials[role=" + role + "]";
    }
}
