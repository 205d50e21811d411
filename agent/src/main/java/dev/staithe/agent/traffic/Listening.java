package dev.staithe.agent.traffic;

import dev.staithe.agent.model.Listener;

/**
 * A listener whose connections are asked about.
 *
 * @param pid of the container's first process, as the host numbers it; 0 = not known
 */
public record Listening(Listener listener, int pid) {}
