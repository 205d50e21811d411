package dev.staithe.controlplane.reconcile;

import java.time.Duration;

/**
 * What planners are told by the configuration.
 *
 * @param healthyAfter how long a task without health checks runs before it counts as healthy; 40 s in ECS
 * @param suspectAfter how long after its last word an instance gets no new tasks
 * @param lostAfter how long after its last word an instance's tasks are lost and replaced
 * @param throttleCeiling longest wait before the next start of a task that keeps failing; 27 min in ECS
 * @param stoppedTaskRetention how long stopped tasks stay describable; at least 1 h in ECS
 * @param steadyStateInterval how often a steady service says so; 6 h in ECS
 * @param brakePercent when more of a cluster's hosts than this, and at least three, fall silent within the window, their tasks
 *     are held and not given up
 * @param brakeWindow how long they are held beyond {@code lostAfter}, unless somebody releases the brake
 */
public record Settings(
        Duration healthyAfter,
        Duration suspectAfter,
        Duration lostAfter,
        Duration throttleCeiling,
        Duration stoppedTaskRetention,
        Duration steadyStateInterval,
        int brakePercent,
        Duration brakeWindow) {
    public static final Settings DEFAULTS = new Settings(
            Duration.ofSeconds(40),
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofMinutes(27),
            Duration.ofHours(1),
            Duration.ofHours(6),
            20,
            Duration.ofMinutes(10));
}
