package dev.staithe.agent.container;

/**
 * Who a registry takes us for. Its text form says nothing of the password: it may get into a log.
 *
 * @param username empty when the password is an identity token, for which a registry gives out short-lived ones
 */
public record RegistryCredentials(String username, String password) {
    @Override
    public String toString() {
        return "RegistryCredentials[" + (username.isEmpty() ? "identity token" : username) + "]";
    }
}
