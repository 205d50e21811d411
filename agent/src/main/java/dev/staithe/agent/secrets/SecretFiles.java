package dev.staithe.agent.secrets;

import com.google.protobuf.ByteString;
import dev.staithe.agent.container.Confidential.FileMount;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.secrets.ContainerSecrets.SecretFile;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Secrets that containers get as files: in a directory of the host's memory that its root alone may enter, from where each is
 * mounted into its container. They are gone with the task, and with the boot.
 *
 * <p>Blocks: called from effects. Writing again what is there changes nothing.
 */
public final class SecretFiles {
    private static final Pattern NUMERIC_USER = Pattern.compile("(\\d{1,9})(?::.*)?");
    private static final Set<String> MEMORY = Set.of("tmpfs", "ramfs");

    private static final Path SELF = Path.of("/proc/self");

    private final List<Path> candidates;
    private final String instanceId;

    /**
     * Files of one agent.
     *
     * @param candidates directories, the first of which that lies in memory, and not on a disk, is used
     * @param instanceId of the agent, which shares the directory with no other
     */
    public SecretFiles(List<Path> candidates, String instanceId) {
        this.candidates = List.copyOf(candidates);
        this.instanceId = instanceId;
    }

    /**
     * Writes the files.
     *
     * @param user of the container, as in its definition: a number becomes the owner of the files, who alone may read them
     * @return where they are, to be mounted
     */
    List<FileMount> write(String taskId, String container, String user, List<SecretFile> files) throws ContainerFault {
        if (files.isEmpty()) {
            return List.of();
        }
        try {
            Path directory = directory(own(), taskId, container);
            List<FileMount> mounts = new ArrayList<>();
            for (int i = 0; i < files.size(); i++) {
                Path file = directory.resolve(String.valueOf(i));
                write(file, files.get(i).content(), user);
                mounts.add(new FileMount(file.toString(), files.get(i).containerPath()));
            }
            return mounts;
        } catch (IOException e) {
            throw new ContainerFault(
                    Kind.ResourceInitializationError, "secrets as files cannot be written: " + e, true, e);
        }
    }

    /** Removes the files of the task; nothing happens when there are none. */
    public boolean remove(String taskId) throws IOException {
        for (Path candidate : candidates) {
            deleteAll(root(candidate).resolve(taskId));
            deleteIfEmpty(root(candidate));
        }
        return true;
    }

    /** Removes the files of tasks that an earlier agent of this host left behind. */
    public boolean removeAllBut(Set<String> taskIds) throws IOException {
        for (Path candidate : candidates) {
            Path root = root(candidate);
            if (!Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            List<Path> tasks;
            try (Stream<Path> listed = Files.list(root)) {
                tasks = listed.toList();
            }
            for (Path task : tasks) {
                if (!taskIds.contains(String.valueOf(task.getFileName()))) {
                    deleteAll(task);
                }
            }
            deleteIfEmpty(root);
        }
        return true;
    }

    private Path root(Path candidate) {
        return candidate.resolve("staithe-secrets-" + instanceId);
    }

    private Path own() throws IOException, ContainerFault {
        for (Path candidate : candidates) {
            Path there = candidate;
            while (!Files.isDirectory(there) && there.getParent() != null) {
                there = there.getParent();
            }
            if (MEMORY.contains(Files.getFileStore(there).type())) {
                Files.createDirectories(candidate);
                return root(candidate);
            }
        }
        throw new ContainerFault(
                Kind.ResourceInitializationError,
                "secrets as files need a directory in memory, and none of " + candidates
                        + " is on a tmpfs (expected: one; set the agent's runtimeDirectory, or mount a tmpfs there)",
                false);
    }

    private static Path directory(Path root, String... names) throws IOException {
        Path directory = root;
        closed(directory);
        for (String name : names) {
            directory = directory.resolve(name);
            closed(directory);
        }
        return directory;
    }

    /** The directory, which this user alone may enter: the engine's daemon is root. */
    private static void closed(Path directory) throws IOException {
        var permissions = PosixFilePermissions.fromString("rwx------");
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(permissions));
        } else if (!Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(SELF))) {
            throw new IOException(directory + " belongs to " + Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS)
                    + " (expected: the agent's own user)");
        }
        Files.setPosixFilePermissions(directory, permissions);
    }

    private static void write(Path file, ByteString content, String user) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(fresh, content.toByteArray());
        Matcher numeric = NUMERIC_USER.matcher(user);
        boolean owned = numeric.matches();
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString(owned ? "r--------" : "r--r--r--"));
        if (owned) {
            Files.setAttribute(fresh, "unix:uid", Integer.parseInt(numeric.group(1)), LinkOption.NOFOLLOW_LINKS);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Who writes at the same moment may have to try again. */
    private static void deleteIfEmpty(Path directory) throws IOException {
        try {
            Files.deleteIfExists(directory);
        } catch (DirectoryNotEmptyException used) {
            // There are others.
        }
    }

    private static void deleteAll(Path from) throws IOException {
        try {
            Files.walkFileTree(from, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                    Files.deleteIfExists(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (NoSuchFileException gone) {
            // Nothing is left of it.
        }
    }
}
