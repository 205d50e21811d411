/**
 * The nouns, as values: what the control plane decides or derives. Specs, what users wrote, stay the messages of
 * {@code dev.staithe.proto.v1}. Start reading at {@link dev.staithe.controlplane.model.Service}.
 */
@NullMarked
package dev.staithe.controlplane.model;

import org.jspecify.annotations.NullMarked;
