package dev.staithe.agent;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Networks that are made ready for tasks to come: the key {@code sandboxes} of the agent's configuration. Making a
 * container's network is most of what its start costs; a ready one is only joined.
 *
 * @param perService how many are kept ready for each service that has tasks here; 0-50, 0 = none; default 2
 * @param most how many are kept ready on the host; 0-500, default 50
 */
public record Sandboxes(Integer perService, Integer most) {
    static final Sandboxes USUAL = new Sandboxes(null, null);

    /** Absent keys arrive as null and get their defaults here. */
    public Sandboxes(@Nullable Integer perService, @Nullable Integer most) {
        this.perService = Objects.requireNonNullElse(perService, 2);
        this.most = Objects.requireNonNullElse(most, 50);
        AgentConfig.check(
                this.perService >= 0 && this.perService <= 50, "sandboxes.perService", this.perService, "0-50");
        AgentConfig.check(this.most >= 0 && this.most <= 500, "sandboxes.most", this.most, "0-500");
    }
}
