package dev.staithe.agent.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.protobuf.ByteString;
import dev.staithe.agent.container.Confidential.FileMount;
import dev.staithe.agent.secrets.ContainerSecrets.SecretFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the machine's own memory: /dev/shm is a tmpfs on every Linux. */
final class SecretFilesTest {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final ByteString VALUE = ByteString.copyFromUtf8("geheim");

    @TempDir
    private Path disk;

    private Path memory = SHARED_MEMORY;
    private SecretFiles files = new SecretFiles(List.of(), "none");

    @BeforeEach
    void aDirectoryInMemory() throws IOException {
        memory = Files.createTempDirectory(SHARED_MEMORY, "staithe-test-");
        files = new SecretFiles(List.of(disk, memory), "i1");
    }

    @AfterEach
    void cleanUp() throws IOException {
        files.removeAllBut(Set.of());
        Files.deleteIfExists(memory);
    }

    @Test
    void writesIntoMemoryAndNeverOnADisk() throws Exception {
        List<FileMount> mounts = write("t1", "");

        assertThat(mounts).hasSize(2);
        assertThat(mounts.getFirst().containerPath()).isEqualTo("/run/a");
        Path file = Path.of(mounts.getFirst().source());
        assertThat(file).startsWith(memory).hasContent("geheim");
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("r--r--r--"));
        try (var made = Files.walk(memory)) {
            assertThat(made.filter(Files::isDirectory).skip(1))
                    .hasSize(3)
                    .allSatisfy(directory -> assertThat(Files.getPosixFilePermissions(directory))
                            .isEqualTo(PosixFilePermissions.fromString("rwx------")));
        }
        try (var listed = Files.list(disk)) {
            assertThat(listed).isEmpty();
        }
    }

    @Test
    void aNumericUserOwnsItsFilesAlone() throws Exception {
        assumeThat(System.getProperty("user.name")).isEqualTo("root");

        Path file = Path.of(write("t1", "4711:100").getFirst().source());

        assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(4711);
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("r--------"));
    }

    @Test
    void writingAgainChangesNothing() throws Exception {
        List<FileMount> first = write("t1", "");

        assertThat(write("t1", "")).isEqualTo(first);
        assertThat(Path.of(first.getFirst().source())).hasContent("geheim");
    }

    @Test
    void theyGoWithTheTask() throws Exception {
        Path mine = Path.of(write("t1", "").getFirst().source());
        Path other = Path.of(write("t2", "").getFirst().source());

        files.remove("t1");
        files.remove("t1");

        assertThat(mine).doesNotExist();
        assertThat(other).exists();
        files.remove("t2");
        assertThat(memory).isEmptyDirectory();
    }

    @Test
    void whatAnEarlierAgentLeftGoes() throws Exception {
        Path left = Path.of(write("t1", "").getFirst().source());
        Path held = Path.of(write("t2", "").getFirst().source());

        new SecretFiles(List.of(disk, memory), "i1").removeAllBut(Set.of("t2"));
        new SecretFiles(List.of(disk, memory), "i2").removeAllBut(Set.of());

        assertThat(left).doesNotExist();
        assertThat(held).exists();
    }

    @Test
    void withoutMemoryNothingIsWritten() {
        SecretFiles onDisk = new SecretFiles(List.of(disk.resolve("run")), "i1");

        assertThatThrownBy(() -> onDisk.write("t1", "app", "", secrets()))
                .hasMessage("secrets as files need a directory in memory, and none of [" + disk.resolve("run")
                        + "] is on a tmpfs (expected: one; set the agent's runtimeDirectory, or mount a tmpfs there)");
        assertThat(disk.resolve("run")).doesNotExist();
    }

    private List<FileMount> write(String task, String user) throws Exception {
        return files.write(task, "app", user, secrets());
    }

    private static List<SecretFile> secrets() {
        return List.of(new SecretFile("/run/a", VALUE), new SecretFile("/run/b", ByteString.EMPTY));
    }
}
