package dev.staithe.controlplane.secrets;

/** An encrypted value cannot be read; the message says which, and what to do. */
public final class UnreadableSecretException extends Exception {
    private static final long serialVersionUID = 1;

    UnreadableSecretException(String message) {
        super(message);
    }
}
