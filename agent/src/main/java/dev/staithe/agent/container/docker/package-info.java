/**
 * Docker behind the port {@link dev.staithe.agent.container.ContainerRuntime}: the only package that sees docker-java.
 * Start reading at {@link dev.staithe.agent.container.docker.DockerRuntime}. How a definition becomes a container is one
 * small class for each group of fields, listed in {@code ContainerMappers}.
 */
@NullMarked
package dev.staithe.agent.container.docker;

import org.jspecify.annotations.NullMarked;
