package dev.staithe.controlplane.store;

import com.google.protobuf.ByteString;

/**
 * A key with its value.
 *
 * @param revision the revision of the last change of the key
 * @param created the revision at which the key was last created
 */
public record Entry(String key, ByteString value, long revision, long created) {}
