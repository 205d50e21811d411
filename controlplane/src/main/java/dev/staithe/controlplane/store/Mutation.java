package dev.staithe.controlplane.store;

import com.google.protobuf.ByteString;

/** One change of a transaction. */
public sealed interface Mutation {
    String key();

    /** Sets the key. */
    record Put(String key, ByteString value) implements Mutation {}

    /** Sets the key for as long as the lease lives. */
    record PutLeased(String key, ByteString value, Store.LeaseId lease) implements Mutation {}

    /** Removes the key; nothing happens when there is none. */
    record Delete(String key) implements Mutation {}
}
