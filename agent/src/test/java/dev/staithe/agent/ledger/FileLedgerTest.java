package dev.staithe.agent.ledger;

import static dev.staithe.agent.Tasks.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.staithe.agent.Tasks;
import dev.staithe.agent.container.ContainerView.Health;
import dev.staithe.agent.container.ContainerView.PortBinding;
import dev.staithe.agent.ledger.TaskLedger.Changes;
import dev.staithe.agent.ledger.TaskLedger.Identity;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalContainer.Phase;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.model.LocalTask.Claim;
import dev.staithe.agent.model.Progress;
import dev.staithe.agent.model.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileLedgerTest {
    private static final Identity IDENTITY = new Identity(id(9), 4, 17, 33);

    @TempDir
    Path directory;

    @Test
    void givesBackWhatItWasGiven() throws IOException {
        LocalTask assigned = LocalTask.assigned(AssignedTask.of(Tasks.web(1).build()), "boot");
        LocalTask ended = new LocalTask(
                id(2),
                "boot",
                null,
                Claim.GONE,
                77,
                new Progress(
                        Progress.Status.STOPPED,
                        "EssentialContainerExited",
                        "why",
                        new Progress.Times(1, 2, 3, 4, 5, 6),
                        true),
                List.of(new LocalContainer(
                        "app",
                        "web:1",
                        Phase.STOPPED,
                        "abc",
                        true,
                        new Run(3, 9, OptionalInt.of(137), 2, 1),
                        "OutOfMemoryError",
                        "",
                        Health.UNHEALTHY,
                        "refused",
                        List.of(new PortBinding("0.0.0.0", 80, 32768, "tcp")),
                        true,
                        "")));

        open().write(new Changes(Optional.of(IDENTITY), List.of(assigned, ended), List.of()));

        assertThat(open().load())
                .isEqualTo(new TaskLedger.Contents(Optional.of(IDENTITY), List.of(assigned, ended), List.of()));
    }

    @Test
    void isEmptyAtFirst() throws IOException {
        assertThat(open().load()).isEqualTo(new TaskLedger.Contents(Optional.empty(), List.of(), List.of()));
    }

    @Test
    void forgets() throws IOException {
        hold(1, 2);

        open().write(new Changes(Optional.empty(), List.of(), List.of(id(1))));

        assertThat(open().load().tasks()).extracting(LocalTask::taskId).containsExactly(id(2));
    }

    @Test
    void isForTheAgentsUserAlone() throws IOException {
        hold(1);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(1))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("identity"))))
                .isEqualTo("rw-------");
    }

    @Test
    void setsATornTaskAsideWhereverItWasTorn() throws IOException {
        hold(1, 2);
        byte[] whole = Files.readAllBytes(file(1));

        for (int length = 0; length < whole.length; length++) {
            Files.write(file(1), java.util.Arrays.copyOf(whole, length));

            var contents = open().load();

            assertThat(contents.tasks())
                    .as("torn after %d bytes", length)
                    .extracting(LocalTask::taskId)
                    .containsExactly(id(2));
            assertThat(contents.quarantined()).hasSize(1);
            assertThat(Files.exists(file(1))).isFalse();
        }
    }

    @Test
    void setsAChangedTaskAsideWhicheverByteWasChanged() throws IOException {
        hold(1);
        byte[] whole = Files.readAllBytes(file(1));

        for (int at = 0; at < whole.length; at++) {
            byte[] changed = whole.clone();
            changed[at] ^= 0x20;
            Files.write(file(1), changed);

            assertThat(open().load().quarantined()).as("byte %d", at).hasSize(1);
        }
    }

    @Test
    void ignoresAWriteThatACrashCutShort() throws IOException {
        hold(1);
        Files.write(directory.resolve("tasks").resolve(id(2) + ".task.tmp"), new byte[] {1, 2, 3});

        var contents = open().load();

        assertThat(contents.tasks()).extracting(LocalTask::taskId).containsExactly(id(1));
        assertThat(contents.quarantined()).isEmpty();
    }

    @Test
    void doesNotBelieveATaskUnderAnotherName() throws IOException {
        hold(1);
        Files.move(file(1), file(2));

        assertThat(open().load().quarantined()).hasSize(1);
    }

    @Test
    void keepsTheIdentityTwiceAndReadsTheCopyWhenTheFirstIsBroken() throws IOException {
        hold(1);
        FileLedger ledger = open();
        ledger.write(Changes.of(IDENTITY.next()));
        ledger.write(Changes.of(IDENTITY.next().at(99)));
        Files.write(directory.resolve("identity"), new byte[] {1, 2, 3});

        var contents = open().load();

        assertThat(contents.identity().orElseThrow().at(0))
                .isEqualTo(IDENTITY.next().at(0));
        assertThat(contents.quarantined()).singleElement().asString().contains("its copy is used");
    }

    @Test
    void readsTheCopyWhenTheIdentityIsGone() throws IOException {
        hold(1);
        Files.delete(directory.resolve("identity"));

        assertThat(open().load().identity()).contains(IDENTITY);
    }

    @Test
    void doesNotInventAnIdentity() throws IOException {
        hold(1);
        Files.write(directory.resolve("identity"), new byte[] {1, 2, 3});
        Files.write(directory.resolve("identity.copy"), new byte[] {1, 2, 3});

        assertThatThrownBy(() -> open().load())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Restore one of the files");
    }

    @Test
    void neverMakesAPathOfAnId() {
        LocalTask evil = LocalTask.found("../../x", "boot", List.of());

        assertThatThrownBy(() -> open().write(new Changes(Optional.empty(), List.of(evil), List.of())))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private FileLedger open() throws IOException {
        return new FileLedger(directory);
    }

    private void hold(int... numbers) throws IOException {
        List<LocalTask> tasks = java.util.Arrays.stream(numbers)
                .mapToObj(n -> LocalTask.assigned(AssignedTask.of(Tasks.web(n).build()), "boot"))
                .toList();
        open().write(new Changes(Optional.of(IDENTITY), tasks, List.of()));
    }

    private Path file(int number) {
        return directory.resolve("tasks").resolve(id(number) + ".task");
    }
}
