package dev.staithe.controlplane.store.local;

import dev.staithe.controlplane.store.local.WriteAheadLog.Finding;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the database file, or says why it must not be used. Changes nothing before every check has passed. */
final class DatabaseFile {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseFile.class);

    /** Marks the file as Staithe's: "STTH" in ASCII. */
    private static final int APPLICATION_ID = 0x53545448;

    private static final int SCHEMA_VERSION = 1;

    private DatabaseFile() {}

    /** Opens the journal in the directory, which the caller has locked; makes it when there is none. */
    static Journal open(Path directory) throws UnusableStoreException {
        Path file = directory.resolve("store.db");
        Path log = directory.resolve("store.db-wal");
        try {
            boolean made = prepare(file, log);
            inspect(file, log);
            return journal(file, made);
        } catch (IOException e) {
            throw new UnusableStoreException(file + " cannot be opened: " + e.getMessage(), e);
        }
    }

    private static boolean prepare(Path file, Path log) throws IOException, UnusableStoreException {
        if (Files.exists(file)) {
            // A crash between making the file and writing to it leaves it empty, and without a log.
            return Files.size(file) == 0 && !Files.exists(log);
        }
        if (Files.exists(log)) {
            throw UnusableStoreException.damaged(file, "it is missing, but its write-ahead log is there");
        }
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            try (FileChannel entry = FileChannel.open(directory)) {
                entry.force(true);
            }
        }
        return true;
    }

    private static void inspect(Path file, Path log) throws IOException, UnusableStoreException {
        switch (WriteAheadLog.inspect(log)) {
            case Finding.Sound sound -> {}
            case Finding.TornTail torn ->
                LOG.atWarn()
                        .addKeyValue("file", log)
                        .addKeyValue("frames", torn.frames())
                        .log("dropping an unfinished write at the end of the write-ahead log");
            case Finding.Damaged damaged -> throw UnusableStoreException.damaged(file, damaged.what());
        }
    }

    private static Journal journal(Path file, boolean made) throws UnusableStoreException {
        Connection connection = null;
        try {
            connection = DriverManager.getConnection("jdbc:sqlite:" + file);
            try (Statement statement = connection.createStatement()) {
                // The directory is locked, so no other process needs the shared-memory file.
                statement.execute("PRAGMA locking_mode = EXCLUSIVE");
                statement.execute("PRAGMA busy_timeout = 0");
                if (!made) {
                    check(statement, file);
                }
                statement.execute("PRAGMA journal_mode = WAL");
                statement.execute("PRAGMA synchronous = FULL");
                if (made) {
                    statement.execute("BEGIN IMMEDIATE");
                    statement.execute("PRAGMA application_id = " + APPLICATION_ID);
                    statement.execute("PRAGMA user_version = " + SCHEMA_VERSION);
                    Journal.createTables(statement);
                    statement.execute("COMMIT");
                }
            }
            Journal journal = new Journal(connection);
            journal.verify();
            return journal;
        } catch (SQLException e) {
            close(connection, e);
            throw unusable(file, e);
        } catch (UnusableStoreException e) {
            close(connection, e);
            throw e;
        }
    }

    private static void check(Statement statement, Path file) throws SQLException, UnusableStoreException {
        List<String> problems = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery("PRAGMA integrity_check(3)")) {
            while (rows.next()) {
                problems.add(rows.getString(1));
            }
        }
        if (!problems.equals(List.of("ok"))) {
            throw UnusableStoreException.damaged(
                    file, String.join("; ", problems).replace('\n', ' '));
        }
        long application = pragma(statement, "application_id");
        if (application != APPLICATION_ID) {
            throw new UnusableStoreException(file + " is a SQLite database of another program (application_id "
                    + application + ", expected: " + APPLICATION_ID + "). Configure another directory for the store");
        }
        long version = pragma(statement, "user_version");
        if (version != SCHEMA_VERSION) {
            throw new UnusableStoreException(file + " has schema version " + version + " (expected: " + SCHEMA_VERSION
                    + "). Run the version of Staithe that wrote it, or configure another directory for the store");
        }
    }

    private static long pragma(Statement statement, String name) throws SQLException {
        try (ResultSet row = statement.executeQuery("PRAGMA " + name)) {
            return row.getLong(1);
        }
    }

    private static UnusableStoreException unusable(Path file, SQLException e) {
        return switch (SqliteFailure.of(e)) {
            case SqliteFailure.Damaged damaged -> UnusableStoreException.damaged(file, damaged.what());
            case SqliteFailure.NoSpace noSpace ->
                new UnusableStoreException(
                        file + " cannot be opened: " + noSpace.what() + ". Free some space on its file system", e);
            case SqliteFailure.NotKept notKept ->
                new UnusableStoreException(file + " cannot be opened: " + notKept.what(), e);
            case SqliteFailure.Other other ->
                new UnusableStoreException(file + " cannot be opened: " + other.what(), e);
        };
    }

    private static void close(@org.jspecify.annotations.Nullable Connection connection, Exception cause) {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                cause.addSuppressed(e);
            }
        }
    }
}
