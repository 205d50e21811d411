package dev.staithe.agent.container.docker;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.HostConfig;

/** The container as far as the mappers have come with it. */
record ContainerDraft(CreateContainerCmd container, HostConfig host) {}
