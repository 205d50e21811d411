package dev.staithe.agent.image;

import dev.staithe.agent.container.Platform;
import dev.staithe.agent.model.PullBehavior;
import java.util.Optional;

/**
 * An image that a task needs on the host.
 *
 * @param platform that the task is for; the host's, where its definition does not say
 * @param credentials name of the secret that holds the credentials for its registry
 */
public record ImageRequest(
        String taskId, String image, PullBehavior behavior, Platform platform, Optional<String> credentials) {
    /** Requests with the same key are served by one pull. */
    String key() {
        return image + '\n' + platform.os() + '/' + platform.architecture() + '\n' + credentials.orElse("");
    }
}
