package dev.staithe.controlplane.store.local;

import dev.staithe.controlplane.store.CommitResult;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What a failure of SQLite means for the store. */
sealed interface SqliteFailure {
    /** For people: what went wrong, without what to do. */
    String what();

    /** The disk is full, or a write failed; what was to be written is rolled back, and may work later. */
    record NoSpace(String what) implements SqliteFailure {}

    /** The disk did not confirm that it kept what was written: it may be there after a restart, or not. */
    record NotKept(String what) implements SqliteFailure {}

    /** The file is not what was written. */
    record Damaged(String what) implements SqliteFailure {}

    /** Something else; nothing was changed. */
    record Other(String what) implements SqliteFailure {}

    /** What a commit is answered that failed so. */
    default CommitResult result() {
        return switch (this) {
            case NoSpace failure ->
                new CommitResult.Refused(
                        failure.what() + ": nothing was changed. Free some space on the file system of the store");
            case NotKept failure -> new CommitResult.Unknown(failure.what());
            case Damaged failure ->
                new CommitResult.Refused("the store is damaged: " + failure.what()
                        + ". Stop the control plane and start it again to see what can be done");
            case Other failure -> new CommitResult.Refused("the store failed: " + failure.what());
        };
    }

    static SqliteFailure of(SQLException e) {
        String text = String.valueOf(e.getMessage()).replace('\n', ' ');
        if (e instanceof Journal.DamagedRowException) {
            return new Damaged(text);
        }
        SQLiteErrorCode code =
                e instanceof SQLiteException sqlite ? sqlite.getResultCode() : SQLiteErrorCode.UNKNOWN_ERROR;
        if (code == SQLiteErrorCode.SQLITE_FULL) {
            return new NoSpace("the disk is full");
        }
        if (code == SQLiteErrorCode.SQLITE_IOERR_FSYNC || code == SQLiteErrorCode.SQLITE_IOERR_DIR_FSYNC) {
            return new NotKept("the disk does not confirm writes (" + code + ")");
        }
        // Extended codes carry the primary one in their low byte.
        return switch (SQLiteErrorCode.getErrorCode(code.code & 0xff)) {
            case SQLITE_IOERR -> new NoSpace("the disk cannot be written or read (" + code + ")");
            case SQLITE_CORRUPT, SQLITE_NOTADB -> new Damaged(text);
            default -> new Other(text);
        };
    }
}
