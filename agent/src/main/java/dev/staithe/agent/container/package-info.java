/**
 * The port behind which the container engine sits. Start reading at
 * {@link dev.staithe.agent.container.ContainerRuntime}; {@code .docker} is the only package that sees docker-java, and one
 * contract test holds the fake and the real engine to the same promises.
 */
@NullMarked
package dev.staithe.agent.container;

import org.jspecify.annotations.NullMarked;
