package dev.staithe.controlplane.store.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.fixture.ManualEnvironment;
import dev.staithe.controlplane.store.CommitResult.Committed;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Txn;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the embedded store says of files that are not what it wrote: it never starts on half of them. */
final class LocalStoreDamageTest {
    private static final int COMMITS = 12;
    private static final String SECRET = "value-that-is-easy-to-find-";

    @TempDir
    private Path temporary;

    @Test
    void saysWhichRecordIsDamagedWhenABitOfAValueFlips() throws Exception {
        Path directory = closed("store");
        Path file = directory.resolve("store.db");
        byte[] bytes = Files.readAllBytes(file);
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(SECRET);
        bytes[at] ^= 1;
        Files.write(file, bytes);

        assertDamaged(directory, "does not match its checksum");
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    }

    @Test
    void refusesAFileThatIsCutOff() throws Exception {
        Path directory = closed("store");
        Path file = directory.resolve("store.db");
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), (int) Files.size(file) / 2));

        assertDamaged(directory, "");
    }

    @Test
    void refusesAFileThatIsOverwrittenWithRubbish() throws Exception {
        Path directory = closed("store");
        byte[] rubbish = new byte[(int) Files.size(directory.resolve("store.db"))];
        Arrays.fill(rubbish, (byte) 0x5a);
        Files.write(directory.resolve("store.db"), rubbish);

        assertDamaged(directory, "not a database");
    }

    @Test
    void refusesAPageThatIsOverwrittenWithZeros() throws Exception {
        Path directory = closed("store");
        try (RandomAccessFile file =
                new RandomAccessFile(directory.resolve("store.db").toFile(), "rw")) {
            file.seek(4096 * 2);
            file.write(new byte[4096]);
        }

        assertDamaged(directory, "");
    }

    @Test
    void refusesALogWithoutItsDatabase() throws Exception {
        Path directory = crashed("store");
        Files.delete(directory.resolve("store.db"));

        assertDamaged(directory, "missing");
    }

    @Test
    void refusesALogInWhichAcknowledgedTransactionsCannotBeRead() throws Exception {
        Path directory = crashed("store");
        Path log = directory.resolve("store.db-wal");
        flip(log, Files.size(log) / 2);

        assertDamaged(directory, "write-ahead log");
    }

    @Test
    void refusesALogWithABadHeader() throws Exception {
        Path directory = crashed("store");
        flip(directory.resolve("store.db-wal"), 17);

        assertDamaged(directory, "bad header");
    }

    @Test
    void refusesADatabaseOfAnotherProgram() throws Exception {
        Path directory = Files.createDirectory(temporary.resolve("store"));
        sql(directory.resolve("store.db"), "CREATE TABLE other (x)");

        assertThatThrownBy(() -> open(directory))
                .isInstanceOf(UnusableStoreException.class)
                .hasMessageContaining("another program");
    }

    @Test
    void refusesADatabaseOfALaterVersion() throws Exception {
        Path directory = closed("store");
        sql(directory.resolve("store.db"), "PRAGMA user_version = 99");

        assertThatThrownBy(() -> open(directory))
                .isInstanceOf(UnusableStoreException.class)
                .hasMessageContaining("schema version 99 (expected: 1)");
    }

    @Test
    void opensAgainOnceTheDamagedDirectoryIsMovedAway() throws Exception {
        Path directory = closed("store");
        flip(directory.resolve("store.db"), 20);
        assertThatThrownBy(() -> open(directory)).isInstanceOf(UnusableStoreException.class);
        Files.move(directory, temporary.resolve("aside"));

        try (LocalStore store = open(directory)) {
            assertThat(store.load().entries()).isEmpty();
        }
    }

    /** A power cut leaves some beginning of the log behind: every transaction whose last frame is in it, and no half. */
    @Test
    void keepsExactlyTheFinishedTransactionsWhereverThePowerIsCut() throws Exception {
        Path crashed = crashed("crashed");
        byte[] log = Files.readAllBytes(crashed.resolve("store.db-wal"));
        int frame = 4096 + 24;
        long found = -1;
        for (int cut = 32; cut <= log.length; cut += frame / 2) {
            Path directory = Files.createDirectory(temporary.resolve("cut" + cut));
            Files.copy(crashed.resolve("store.db"), directory.resolve("store.db"));
            Files.write(directory.resolve("store.db-wal"), Arrays.copyOf(log, cut));

            long finished = finishedAfter(directory);
            assertThat(finished).isBetween(Math.max(found, 0), Math.max(found, 0) + 1);
            found = finished;
        }
        assertThat(found).isEqualTo(COMMITS);
    }

    /** How many transactions are there; fails when one is there by half. */
    private long finishedAfter(Path directory) throws Exception {
        Path log = directory.resolve("store.db-wal");
        if (Files.size(directory.resolve("store.db")) == 0 && Files.size(log) < 3 * 4096) {
            // Cut within the first transaction, which makes the tables: nothing was acknowledged yet.
            return 0;
        }
        try (LocalStore store = open(directory)) {
            List<Entry> entries = store.load().entries();
            assertThat(entries.size() % 2).isZero();
            return entries.size() / 2;
        }
    }

    /** A store with something in it, closed in good order: no log is left. */
    private Path closed(String name) throws Exception {
        Path directory = temporary.resolve(name);
        try (LocalStore store = open(directory)) {
            fill(store);
        }
        assertThat(directory.resolve("store.db-wal")).doesNotExist();
        return directory;
    }

    /** The same, as a process leaves it that ends without closing it: everything is in the log. */
    private Path crashed(String name) throws Exception {
        Path alive = temporary.resolve(name + "-alive");
        Path directory = Files.createDirectory(temporary.resolve(name));
        try (LocalStore empty = open(alive)) {
            assertThat(empty.load().entries()).isEmpty();
        }
        try (LocalStore store = open(alive)) {
            fill(store);
            for (String file : List.of("store.db", "store.db-wal")) {
                Files.copy(alive.resolve(file), directory.resolve(file));
            }
        }
        return directory;
    }

    private static void fill(LocalStore store) {
        for (int i = 0; i < COMMITS; i++) {
            ByteString value = ByteString.copyFromUtf8(SECRET + i);
            assertThat(store.commit(new Txn(
                            List.of(),
                            List.of(
                                    new Mutation.Put(Keys.ROOT + "test/" + i, value),
                                    new Mutation.Put(Keys.ROOT + "test/" + i + "b", value)))))
                    .isInstanceOf(Committed.class);
        }
    }

    private static void assertDamaged(Path directory, String what) {
        assertThatThrownBy(() -> open(directory))
                .isInstanceOf(UnusableStoreException.class)
                .hasMessageContaining(directory.resolve("store.db") + " is damaged: ")
                .hasMessageContaining(what)
                .hasMessageContaining("Put a backup of " + directory);
    }

    private static LocalStore open(Path directory) throws UnusableStoreException {
        return LocalStore.open(directory, new ManualEnvironment().environment());
    }

    private static void flip(Path file, long at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) at] ^= 1;
        Files.write(file, bytes);
    }

    private static void sql(Path file, String statement) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement made = connection.createStatement()) {
            made.execute(statement);
        }
    }
}
