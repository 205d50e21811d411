package dev.staithe.agent;

import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the agent answers on the host itself: the key {@code endpoints} of the agent's configuration.
 *
 * @param metadata ADDRESS:PORT where containers find what they are and the credentials of their task's role, or
 *     {@code off}; default {@code 169.254.170.2:80}, which ECS's clients ask. The agent gives the address to the host's
 *     loopback device
 * @param introspection ADDRESS:PORT where people on the host ask the agent what it runs, or {@code off}; a loopback address;
 *     default {@code 127.0.0.1:51678}
 */
public record Endpoints(String metadata, String introspection) {
    static final String OFF = "off";
    private static final Pattern IPV4 = Pattern.compile("(\\d{1,3}\\.){3}\\d{1,3}:\\d{1,5}");

    /** After what it is checked by. */
    static final Endpoints USUAL = new Endpoints(null, null);

    /** Absent keys arrive as null and get their defaults here. */
    public Endpoints(@Nullable String metadata, @Nullable String introspection) {
        this.metadata = Objects.requireNonNullElse(metadata, "169.254.170.2:80");
        this.introspection = Objects.requireNonNullElse(introspection, "127.0.0.1:51678");
        AgentConfig.check(
                off(this.metadata) || IPV4.matcher(this.metadata).matches(),
                "endpoints.metadata",
                this.metadata,
                "an IPv4 ADDRESS:PORT, or off");
        AgentConfig.check(
                off(this.introspection)
                        || (IPV4.matcher(this.introspection).matches() && this.introspection.startsWith("127.")),
                "endpoints.introspection",
                this.introspection,
                "127.0.0.1:PORT, or off");
    }

    static boolean off(String endpoint) {
        return endpoint.equals(OFF);
    }
}
