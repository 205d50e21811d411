/**
 * What the agent answers on the host itself: task metadata and credentials to containers, introspection to people. Start reading
 * at {@link dev.staithe.agent.metadata.HostEndpoints}. {@link dev.staithe.agent.metadata.HttpListener} is the wire; what is
 * answered is decided in {@code MetadataEndpoint} and {@code IntrospectionEndpoint} and written by pure documents.
 */
@NullMarked
package dev.staithe.agent.metadata;

import org.jspecify.annotations.NullMarked;
