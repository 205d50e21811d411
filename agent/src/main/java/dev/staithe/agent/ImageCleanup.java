package dev.staithe.agent;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * When images that no container uses are removed: the key {@code imageCleanup} of the agent's configuration. Only images
 * that this agent fetched are ever removed.
 *
 * @param enabled default true
 * @param interval between two looks; 1m-24h, default 30m
 * @param minimumAge how long an image has been used by no container before it may go; 1s-720h, default 1h
 * @param perCycle most images removed at one look; 1-1000, default 5
 * @param diskPressurePercent from this share of the engine's disk on that is used, unused images go whatever their age and
 *     number, the longest unused first; 50-100, default 85; 100 = never
 * @param exclude images that stay, as task definitions name them; default none
 */
public record ImageCleanup(
        Boolean enabled,
        Duration interval,
        Duration minimumAge,
        Integer perCycle,
        Integer diskPressurePercent,
        List<String> exclude) {
    static final ImageCleanup USUAL = new ImageCleanup(null, null, null, null, null, null);

    /** Absent keys arrive as null and get their defaults here. */
    public ImageCleanup(
            @Nullable Boolean enabled,
            @Nullable Duration interval,
            @Nullable Duration minimumAge,
            @Nullable Integer perCycle,
            @Nullable Integer diskPressurePercent,
            @Nullable List<String> exclude) {
        this.enabled = Objects.requireNonNullElse(enabled, true);
        this.interval = Objects.requireNonNullElse(interval, Duration.ofMinutes(30));
        this.minimumAge = Objects.requireNonNullElse(minimumAge, Duration.ofHours(1));
        this.perCycle = Objects.requireNonNullElse(perCycle, 5);
        this.diskPressurePercent = Objects.requireNonNullElse(diskPressurePercent, 85);
        this.exclude = List.copyOf(Objects.requireNonNullElse(exclude, List.of()));
        AgentConfig.within("imageCleanup.interval", this.interval, Duration.ofMinutes(1), Duration.ofDays(1));
        AgentConfig.within("imageCleanup.minimumAge", this.minimumAge, Duration.ofSeconds(1), Duration.ofDays(30));
        AgentConfig.check(
                this.perCycle >= 1 && this.perCycle <= 1000, "imageCleanup.perCycle", this.perCycle, "1-1000");
        AgentConfig.check(
                this.diskPressurePercent >= 50 && this.diskPressurePercent <= 100,
                "imageCleanup.diskPressurePercent",
                this.diskPressurePercent,
                "50-100");
    }
}
