package dev.staithe.controlplane.store.local;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.StoreEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The append-only table of changes, in SQLite. A transaction is the rows of one revision; the state is the newest row of
 * each key. Rows that a later one supersedes are removed by {@link #compact}, some revisions at a time.
 *
 * <p>The only type that speaks SQL. Not safe for threads: its store's lock guards it.
 */
final class Journal implements AutoCloseable {
    private static final String COLUMNS =
            "revision, position, key, created, previous, deleted, leased, value, checksum";
    private static final String IS_NEWEST = " c.revision = (SELECT max(n.revision) FROM change n WHERE n.key = c.key)";

    private final Connection connection;
    private long revision;
    private long compacted;

    /** Takes over the connection to a database with the current schema. */
    Journal(Connection connection) throws SQLException {
        this.connection = connection;
        this.compacted = number("SELECT compacted FROM progress");
        this.revision = Math.max(compacted, number("SELECT coalesce(max(revision), 1) FROM change"));
    }

    /** Makes the tables. Call in a transaction. */
    static void createTables(Statement statement) throws SQLException {
        statement.execute("""
                CREATE TABLE change (
                  revision INTEGER NOT NULL,
                  position INTEGER NOT NULL,
                  key TEXT NOT NULL,
                  created INTEGER NOT NULL,
                  previous INTEGER NOT NULL,
                  deleted INTEGER NOT NULL,
                  leased INTEGER NOT NULL,
                  value BLOB NOT NULL,
                  checksum INTEGER NOT NULL,
                  PRIMARY KEY (revision, position)
                ) WITHOUT ROWID""");
        statement.execute("CREATE UNIQUE INDEX change_of_key ON change (key, revision)");
        statement.execute("CREATE TABLE progress (compacted INTEGER NOT NULL)");
        statement.execute("INSERT INTO progress VALUES (0)");
    }

    /** The revision of the last change. */
    long revision() {
        return revision;
    }

    /** Changes up to this revision may have been removed. */
    long compacted() {
        return compacted;
    }

    /** The key's newest row, which may be a deletion. */
    Optional<Change> newest(String key) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT " + COLUMNS + " FROM change WHERE key = ? ORDER BY revision DESC LIMIT 1")) {
            select.setString(1, key);
            return read(select).stream().findFirst();
        }
    }

    /** The newest row of every key that is there, in the order of the keys. */
    List<Change> live() throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT " + COLUMNS + " FROM change c WHERE c.deleted = 0 AND" + IS_NEWEST + " ORDER BY key")) {
            return read(select);
        }
    }

    /** The keys that hang on a lease, in order. */
    List<Change> leased() throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT " + COLUMNS
                + " FROM change c WHERE c.leased = 1 AND c.deleted = 0 AND" + IS_NEWEST + " ORDER BY key")) {
            return read(select);
        }
    }

    /** Every change after the revision, in order. Complete only from {@link #compacted()} on. */
    List<Batch> batchesAfter(long after) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT " + COLUMNS + " FROM change WHERE revision > ? ORDER BY revision, position")) {
            select.setLong(1, after);
            return batches(read(select));
        }
    }

    /** Reads every row, so that one whose checksum is wrong is found now and not in the middle of the work. */
    void verify() throws SQLException {
        try (PreparedStatement select =
                        connection.prepareStatement("SELECT " + COLUMNS + " FROM change ORDER BY revision, position");
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                change(rows);
            }
        }
    }

    /** Makes the rows of the next revision durable, all or none. */
    void append(List<Change> changes) throws SQLException {
        long next = revision + 1;
        transaction(() -> {
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT INTO change (" + COLUMNS + ") VALUES (?,?,?,?,?,?,?,?,?)")) {
                for (Change change : changes) {
                    bind(insert, change);
                    insert.executeUpdate();
                }
            }
        });
        revision = next;
    }

    /**
     * Removes what the next revisions, up to the target, have superseded.
     *
     * @param revisions most revisions to work through in this step
     * @return whether the target is reached
     */
    boolean compact(long target, int revisions) throws SQLException {
        long from = compacted;
        long upTo = Math.min(target, from + revisions);
        if (upTo <= from) {
            return true;
        }
        transaction(() -> {
            // A row is superseded by the one that names it as its previous; a deletion supersedes itself.
            update(
                    "DELETE FROM change WHERE (key, revision) IN"
                            + " (SELECT key, previous FROM change WHERE revision > ? AND revision <= ? AND previous > 0)",
                    from,
                    upTo);
            update("DELETE FROM change WHERE revision > ? AND revision <= ? AND deleted = 1", from, upTo);
            update("UPDATE progress SET compacted = ? WHERE compacted = ?", upTo, from);
        });
        compacted = upTo;
        return upTo == target;
    }

    /** Lets the database grow to so many pages; it never shrinks. */
    boolean limitPages(int pages) throws SQLException {
        return number("PRAGMA max_page_count = " + pages) == pages;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private interface Work {
        void run() throws SQLException;
    }

    private void transaction(Work work) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            try {
                work.run();
                statement.execute("COMMIT");
            } catch (SQLException e) {
                rollBack(statement, e);
                throw e;
            }
        }
    }

    private static void rollBack(Statement statement, SQLException cause) {
        try {
            statement.execute("ROLLBACK");
        } catch (SQLException e) {
            // After a full disk or a failed write SQLite has rolled back by itself.
            cause.addSuppressed(e);
        }
    }

    private void update(String sql, long first, long second) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, first);
            statement.setLong(2, second);
            statement.executeUpdate();
        }
    }

    private long number(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            if (!rows.next()) {
                throw new DamagedRowException("no answer to " + sql);
            }
            return rows.getLong(1);
        }
    }

    private static void bind(PreparedStatement insert, Change change) throws SQLException {
        insert.setLong(1, change.revision());
        insert.setInt(2, change.position());
        insert.setString(3, change.key());
        insert.setLong(4, change.created());
        insert.setLong(5, change.previous());
        insert.setBoolean(6, change.deleted());
        insert.setBoolean(7, change.leased());
        insert.setBytes(8, change.value().toByteArray());
        insert.setLong(9, change.checksum());
    }

    private static List<Change> read(PreparedStatement select) throws SQLException {
        List<Change> changes = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                changes.add(change(rows));
            }
        }
        return changes;
    }

    private static Change change(ResultSet row) throws SQLException {
        byte[] value = row.getBytes("value");
        String key = row.getString("key");
        Change change = new Change(
                row.getLong("revision"),
                row.getInt("position"),
                key == null ? "" : key,
                row.getLong("created"),
                row.getLong("previous"),
                row.getInt("deleted") != 0,
                row.getInt("leased") != 0,
                value == null ? ByteString.EMPTY : ByteString.copyFrom(value));
        if (change.checksum() != row.getLong("checksum")) {
            throw new DamagedRowException("the record of " + change.key() + " at revision " + change.revision()
                    + " does not match its checksum");
        }
        return change;
    }

    private static List<Batch> batches(List<Change> changes) {
        List<Batch> batches = new ArrayList<>();
        List<StoreEvent> events = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            events.add(changes.get(i).event());
            if (i + 1 == changes.size()
                    || changes.get(i + 1).revision() != changes.get(i).revision()) {
                batches.add(new Batch(changes.get(i).revision(), events));
                events = new ArrayList<>();
            }
        }
        return batches;
    }

    /** A row is not what was written. */
    static final class DamagedRowException extends SQLException {
        private static final long serialVersionUID = 1;

        DamagedRowException(String what) {
            super(what);
        }
    }
}
