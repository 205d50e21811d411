package dev.staithe.controlplane.model;

import com.google.protobuf.ByteString;

/**
 * Something encrypted.
 *
 * @param keyId which key: the first 8 hexadecimal digits of its SHA-256
 * @param ciphertext with its tag
 */
public record Sealed(String keyId, ByteString nonce, ByteString ciphertext) {
    /** Bytes of what is in it. */
    public int size() {
        return Math.max(0, ciphertext.size() - TAG_BYTES);
    }

    private static final int TAG_BYTES = 16;

    @Override
    public String toString() {
        return "Sealed[" + size() + " bytes, key " + keyId + "]";
    }
}
