package dev.staithe.agent;

import dev.staithe.agent.metadata.HostEndpoints;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
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
    private static final Pattern IPV4 = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3}):(\\d{1,5})");

    /** After what it is checked by. */
    static final Endpoints USUAL = new Endpoints(null, null);

    /** Absent keys arrive as null and get their defaults here. */
    public Endpoints(@Nullable String metadata, @Nullable String introspection) {
        this.metadata = Objects.requireNonNullElse(metadata, "169.254.170.2:80");
        this.introspection = Objects.requireNonNullElse(introspection, "127.0.0.1:51678");
        AgentConfig.check(
                off(this.metadata) || ipv4(this.metadata),
                "endpoints.metadata",
                this.metadata,
                "an IPv4 ADDRESS:PORT, or off");
        AgentConfig.check(
                off(this.introspection) || (ipv4(this.introspection) && this.introspection.startsWith("127.")),
                "endpoints.introspection",
                this.introspection,
                "127.0.0.1:PORT, or off");
    }

    /** Where they are to be, for an agent with that data directory. */
    HostEndpoints.Places places(Path dataDirectory) {
        return new HostEndpoints.Places(address(metadata), address(introspection), dataDirectory);
    }

    private static Optional<InetSocketAddress> address(String endpoint) {
        if (off(endpoint)) {
            return Optional.empty();
        }
        int colon = endpoint.lastIndexOf(':');
        // Digits: nobody is asked for a name.
        return Optional.of(
                new InetSocketAddress(endpoint.substring(0, colon), Integer.parseInt(endpoint.substring(colon + 1))));
    }

    private static boolean ipv4(String endpoint) {
        Matcher parts = IPV4.matcher(endpoint);
        return parts.matches()
                && IntStream.rangeClosed(1, 4).allMatch(i -> Integer.parseInt(parts.group(i)) <= 255)
                && Integer.parseInt(parts.group(5)) <= 65535;
    }

    static boolean off(String endpoint) {
        return endpoint.equals(OFF);
    }
}
