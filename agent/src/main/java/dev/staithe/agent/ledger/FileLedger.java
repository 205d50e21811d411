package dev.staithe.agent.ledger;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.proto.agent.ledger.v1.IdentityRecord;
import dev.staithe.proto.agent.ledger.v1.TaskRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The ledger on disk: {@code identity} and one file for each task under {@code tasks/}, readable by the agent's user alone.
 *
 * <p>A task's file that is broken is renamed to {@code *.corrupt} and named in {@link #load}: what runs of the task is found again
 * by the labels of its containers. The identity is kept twice: without it, as another instance, the host would not know its own
 * containers. The copy may be behind in the sequence, which the next snapshot sets anew. The caller holds the directory's lock.
 */
public final class FileLedger implements TaskLedger {
    private final Path directory;
    private final Path tasks;
    private final Path identityFile;
    private final Path identityCopy;
    private Optional<Identity> copied = Optional.empty();

    /** What could not be read, by any load: a file that was set aside is not found again. */
    private final SortedSet<String> quarantined = new TreeSet<>();

    /** Opens the ledger in this directory, making it when it is not there. */
    public FileLedger(Path directory) throws IOException {
        this.directory = directory;
        this.tasks = directory.resolve("tasks");
        this.identityFile = directory.resolve("identity");
        this.identityCopy = directory.resolve("identity.copy");
        Files.createDirectories(
                tasks, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    @Override
    public Contents load() throws IOException {
        List<LocalTask> held = new ArrayList<>();
        for (Path file : taskFiles()) {
            String name = String.valueOf(file.getFileName());
            if (name.endsWith(".tmp")) {
                // A write that a crash cut short: the file it was to replace is still there.
                Files.delete(file);
            } else if (!name.endsWith(".corrupt")) {
                read(file, held);
            }
        }
        Optional<Identity> identity = identity();
        return new Contents(identity, held, List.copyOf(quarantined));
    }

    @Override
    public void write(Changes changes) throws IOException {
        for (LocalTask task : changes.tasks()) {
            SealedFile.write(file(task.taskId()), Records.of(task).toByteArray());
        }
        for (String taskId : changes.forgotten()) {
            Files.deleteIfExists(file(taskId));
        }
        if (!changes.tasks().isEmpty() || !changes.forgotten().isEmpty()) {
            SealedFile.sync(tasks);
        }
        // INVARIANT: the sequence moves only after the tasks that it counts are durable.
        if (changes.identity().isPresent()) {
            write(changes.identity().get());
        }
    }

    private void write(Identity identity) throws IOException {
        byte[] bytes = Records.of(identity).toByteArray();
        SealedFile.write(identityFile, bytes);
        if (!copied.map(known -> known.at(0)).equals(Optional.of(identity.at(0)))) {
            SealedFile.write(identityCopy, bytes);
            copied = Optional.of(identity);
        }
        SealedFile.sync(directory);
    }

    @Override
    public ImageLedger images() {
        return new FileImageLedger(directory);
    }

    @Override
    public void close() {}

    private Optional<Identity> identity() throws IOException {
        if (!Files.exists(identityFile) && !Files.exists(identityCopy)) {
            return Optional.empty();
        }
        try {
            return Optional.of(identity(identityFile));
        } catch (NoSuchFileException | SealedFile.Broken | InvalidProtocolBufferException broken) {
            try {
                Identity copy = identity(identityCopy);
                quarantined.add(broken.getMessage() + ", its copy is used");
                return Optional.of(copy);
            } catch (NoSuchFileException | SealedFile.Broken | InvalidProtocolBufferException both) {
                throw new IOException(
                        broken.getMessage()
                                + ", and so is its copy. Restore one of the files, or remove the containers labelled "
                                + "dev.staithe.instance and then " + directory + " to join as a new container instance",
                        both);
            }
        }
    }

    private static Identity identity(Path file) throws IOException, SealedFile.Broken {
        return Records.identity(IdentityRecord.parseFrom(SealedFile.read(file)));
    }

    private void read(Path file, List<LocalTask> held) throws IOException {
        try {
            LocalTask task = Records.task(TaskRecord.parseFrom(SealedFile.read(file)));
            if (!file.equals(file(task.taskId()))) {
                throw new SealedFile.Broken(file, "holds task " + task.taskId());
            }
            held.add(task);
        } catch (SealedFile.Broken | InvalidProtocolBufferException | IllegalArgumentException broken) {
            Path aside = file.resolveSibling(file.getFileName() + ".corrupt");
            Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            quarantined.add(broken.getMessage() + ", moved to " + aside.getFileName());
        }
    }

    private List<Path> taskFiles() throws IOException {
        try (Stream<Path> files = Files.list(tasks)) {
            return files.sorted().toList();
        }
    }

    private Path file(String taskId) {
        if (!taskId.matches("[0-9a-f]{32}")) {
            throw new IllegalArgumentException("taskId: " + taskId + " (expected: 32 hexadecimal digits)");
        }
        return tasks.resolve(taskId + ".task");
    }
}
