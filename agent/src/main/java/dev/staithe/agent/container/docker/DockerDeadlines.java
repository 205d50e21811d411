package dev.staithe.agent.container.docker;

import java.time.Duration;

/**
 * How long each call may take before it is given up, whatever the engine does. They are the ECS agent's.
 *
 * @param pullInactivity the longest silence of a registry during a pull
 * @param credentialHelper what a helper of Docker's configuration may take to find a login
 * @param stopExtra what a stop may take beyond its grace period
 */
public record DockerDeadlines(
        Duration pull,
        Duration pullInactivity,
        Duration credentialHelper,
        Duration create,
        Duration start,
        Duration stopExtra,
        Duration inspect,
        Duration list,
        Duration remove) {
    public static DockerDeadlines standard() {
        return new DockerDeadlines(
                Duration.ofHours(2),
                Duration.ofMinutes(5),
                Duration.ofSeconds(10),
                Duration.ofMinutes(4),
                Duration.ofMinutes(3),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ofMinutes(10),
                Duration.ofMinutes(5));
    }
}
