package dev.staithe.controlplane.store;

/** A read failed: the store does not answer, or not in time. Asking again later may help. */
public final class StoreException extends Exception {
    public StoreException(String message) {
        super(message);
    }

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
