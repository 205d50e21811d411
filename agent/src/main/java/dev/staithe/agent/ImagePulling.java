package dev.staithe.agent;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How images are fetched: the key {@code imagePulls} of the agent's configuration.
 *
 * @param atOnce most images fetched at the same time; 1-100, default 5. The engine fetches three layers at a time, of all images
 *     together, unless its own configuration says otherwise
 * @param dockerConfig absolute; Docker's configuration file with the logins to registries, of which {@code auths},
 *     {@code credHelpers} and {@code credsStore} are read at each pull; default {@code .docker/config.json} in the home of the
 *     agent's user
 */
public record ImagePulling(Integer atOnce, Path dockerConfig) {
    static final ImagePulling USUAL = new ImagePulling(null, null);

    /** Absent keys arrive as null and get their defaults here. */
    public ImagePulling(@Nullable Integer atOnce, @Nullable Path dockerConfig) {
        this.atOnce = Objects.requireNonNullElse(atOnce, 5);
        this.dockerConfig = Objects.requireNonNullElse(
                dockerConfig, Path.of(System.getProperty("user.home", "/root"), ".docker", "config.json"));
        AgentConfig.check(this.atOnce >= 1 && this.atOnce <= 100, "imagePulls.atOnce", this.atOnce, "1-100");
        AgentConfig.check(
                this.dockerConfig.isAbsolute(), "imagePulls.dockerConfig", this.dockerConfig, "an absolute path");
    }
}
