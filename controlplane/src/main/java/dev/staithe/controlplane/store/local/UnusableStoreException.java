package dev.staithe.controlplane.store.local;

import java.nio.file.Path;

/** The embedded store cannot be opened. The message is for the operator: which file, what is wrong, what to do. */
public final class UnusableStoreException extends Exception {
    UnusableStoreException(String message) {
        super(message);
    }

    UnusableStoreException(String message, Throwable cause) {
        super(message, cause);
    }

    static UnusableStoreException damaged(Path file, String what) {
        return new UnusableStoreException(file + " is damaged: " + what + ". Nothing was changed. Put a backup of "
                + file.getParent() + " in its place, or move that directory away to start with an empty store");
    }
}
