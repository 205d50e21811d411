package dev.staithe.agent.cgroup;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The cgroups of this agent's tasks: {@code staithe/INSTANCE/TASK}, with the task's cpu and memory as limits, under which the
 * engine puts the task's containers. What they take together is what the task may take.
 *
 * <p>Nothing but these directories is written or removed, and the kernel removes none that still has a process or a container.
 * Creating one again changes nothing. Blocking; the state is the kernel's.
 *
 * <p>Works where the engine makes its cgroups by itself (driver cgroupfs), version 1 or 2, in the tree that this process sees.
 * With the systemd driver the tree is systemd's: there limits stay with the containers.
 */
public final class TaskCgroups {
    /** Where the kernel's tree is mounted. */
    public static final Path ROOT = Path.of("/sys/fs/cgroup");

    private static final String OURS = "staithe";
    private static final Pattern NAME = Pattern.compile("[0-9A-Za-z_-]{1,128}");
    private static final long PERIOD_MICROS = 100_000;
    private static final long LEAST_QUOTA_MICROS = 1_000;
    private static final long UNITS_PER_CPU = 1024;
    private static final long MIB = 1 << 20;

    private final Hierarchy hierarchy;
    private final String instance;

    /** Whether tasks of this host can have cgroups. */
    public sealed interface Found {
        /** They can. */
        record Usable(TaskCgroups cgroups) implements Found {}

        /** They cannot, for this reason. */
        record Unusable(String why) implements Found {}
    }

    private TaskCgroups(Hierarchy hierarchy, String instance) {
        this.hierarchy = hierarchy;
        this.instance = instance;
    }

    /**
     * Looks whether it works, by trying.
     *
     * @param root where the kernel's tree is mounted
     * @param driver of the engine: "cgroupfs", "systemd"
     * @param version of cgroups, as the engine says: "1", "2"
     * @param instance the agent's container instance
     */
    public static Found find(Path root, String driver, String version, String instance) {
        if (!driver.equals("cgroupfs")) {
            return new Found.Unusable("the engine's cgroup driver is " + (driver.isEmpty() ? "not known" : driver)
                    + " (expected: cgroupfs)");
        }
        if (!NAME.matcher(instance).matches()) {
            return new Found.Unusable("instance " + instance + " cannot be the name of a cgroup");
        }
        Hierarchy hierarchy = version.equals("2") ? new Unified(root) : new Split(root);
        try {
            hierarchy.prepare(Path.of(OURS, instance));
            return new Found.Usable(new TaskCgroups(hierarchy, instance));
        } catch (IOException e) {
            return new Found.Unusable(root + " cannot be used: " + e);
        }
    }

    /**
     * Sees to it that the task has its cgroup, with these limits.
     *
     * @param cpuUnits 1024 a core; 0 = no limit
     * @param memoryMib 0 = no limit
     * @return the parent to give to the engine
     */
    public String provide(String taskId, long cpuUnits, long memoryMib) throws IOException {
        Path group = group(taskId);
        hierarchy.create(group);
        if (memoryMib > 0) {
            hierarchy.limitMemory(group, memoryMib * MIB);
        }
        if (cpuUnits > 0) {
            long quota = Math.ceilDiv(cpuUnits * PERIOD_MICROS, UNITS_PER_CPU);
            hierarchy.limitCpu(group, Math.max(LEAST_QUOTA_MICROS, quota), PERIOD_MICROS);
        }
        return "/" + group;
    }

    /**
     * Removes the task's cgroup; nothing happens when it has none.
     *
     * @throws IOException while something is in it
     */
    public void remove(String taskId) throws IOException {
        Path group = group(taskId);
        for (Path tree : hierarchy.trees()) {
            try {
                Files.deleteIfExists(tree.resolve(group));
            } catch (DirectoryNotEmptyException e) {
                throw new IOException(tree.resolve(group) + " still has containers", e);
            }
        }
    }

    /** The tasks of this agent that have a cgroup. */
    public SortedSet<String> tasks() throws IOException {
        TreeSet<String> ids = new TreeSet<>();
        for (Path tree : hierarchy.trees()) {
            Path ours = tree.resolve(OURS).resolve(instance);
            if (Files.isDirectory(ours)) {
                try (Stream<Path> entries = Files.list(ours)) {
                    entries.filter(Files::isDirectory)
                            .map(path -> String.valueOf(path.getFileName()))
                            .forEach(ids::add);
                }
            }
        }
        return ids;
    }

    /** Removes what all tasks' cgroups were in, if nothing is in it any more. */
    public void leave() {
        try {
            for (Path tree : hierarchy.trees()) {
                Files.deleteIfExists(tree.resolve(OURS).resolve(instance));
            }
        } catch (IOException inUse) {
            // Tasks run on without an agent: the next one finds them here.
        }
    }

    private Path group(String taskId) {
        if (!NAME.matcher(taskId).matches()) {
            throw new IllegalArgumentException("task id: " + taskId + " (expected: " + NAME + ")");
        }
        return Path.of(OURS, instance, taskId);
    }

    /** What is different between the two versions of cgroups. Paths of groups are relative to the tree. */
    private sealed interface Hierarchy {
        /** Makes the group that all tasks' groups go into, and finds out whether it will do. */
        void prepare(Path parent) throws IOException;

        void create(Path group) throws IOException;

        void limitMemory(Path group, long bytes) throws IOException;

        void limitCpu(Path group, long quotaMicros, long periodMicros) throws IOException;

        /** Where a group may have directories. */
        List<Path> trees() throws IOException;
    }

    /** Version 1: a tree for each controller. The engine adds those that it needs besides. */
    private record Split(Path root) implements Hierarchy {
        @Override
        public void prepare(Path parent) throws IOException {
            create(parent);
            String inherited = Files.readString(memory(parent).resolve("memory.use_hierarchy"));
            if (!inherited.strip().equals("1")) {
                throw new IOException("memory.use_hierarchy is " + inherited.strip() + " (expected: 1)");
            }
            writable(memory(parent).resolve("memory.limit_in_bytes"));
            writable(cpu(parent).resolve("cpu.cfs_quota_us"));
        }

        @Override
        public void create(Path group) throws IOException {
            existing(root.resolve("memory"));
            existing(root.resolve("cpu"));
            Files.createDirectories(memory(group));
            Files.createDirectories(cpu(group));
        }

        @Override
        public void limitMemory(Path group, long bytes) throws IOException {
            write(memory(group).resolve("memory.limit_in_bytes"), Long.toString(bytes));
        }

        @Override
        public void limitCpu(Path group, long quotaMicros, long periodMicros) throws IOException {
            write(cpu(group).resolve("cpu.cfs_period_us"), Long.toString(periodMicros));
            write(cpu(group).resolve("cpu.cfs_quota_us"), Long.toString(quotaMicros));
        }

        @Override
        public List<Path> trees() throws IOException {
            // One tree may be there under two names, as cpu and cpu,cpuacct are.
            TreeSet<Path> trees = new TreeSet<>();
            try (Stream<Path> entries = Files.list(root)) {
                for (Path entry : entries.filter(Files::isDirectory).toList()) {
                    trees.add(entry.toRealPath());
                }
            }
            return List.copyOf(trees);
        }

        private Path memory(Path group) {
            return root.resolve("memory").resolve(group);
        }

        private Path cpu(Path group) {
            return root.resolve("cpu").resolve(group);
        }

        private static void existing(Path controller) throws IOException {
            if (!Files.isDirectory(controller)) {
                throw new IOException(controller + " is not there");
            }
        }
    }

    /** Version 2: one tree; a controller is handed down from each group to those in it. */
    private record Unified(Path root) implements Hierarchy {
        private static final String HAND_DOWN = "+cpu +memory";

        @Override
        public void prepare(Path parent) throws IOException {
            Path at = root;
            write(at.resolve("cgroup.subtree_control"), HAND_DOWN);
            for (Path name : parent) {
                at = at.resolve(name);
                Files.createDirectories(at);
                write(at.resolve("cgroup.subtree_control"), HAND_DOWN);
            }
            List<String> controllers = new ArrayList<>(List.of(
                    Files.readString(at.resolve("cgroup.controllers")).strip().split(" ")));
            if (!controllers.containsAll(List.of("cpu", "memory"))) {
                throw new IOException(at + " has the controllers " + controllers + " (expected: cpu and memory)");
            }
        }

        @Override
        public void create(Path group) throws IOException {
            Files.createDirectories(root.resolve(group));
        }

        @Override
        public void limitMemory(Path group, long bytes) throws IOException {
            write(root.resolve(group).resolve("memory.max"), Long.toString(bytes));
        }

        @Override
        public void limitCpu(Path group, long quotaMicros, long periodMicros) throws IOException {
            write(root.resolve(group).resolve("cpu.max"), quotaMicros + " " + periodMicros);
        }

        @Override
        public List<Path> trees() {
            return List.of(root);
        }
    }

    private static void writable(Path file) throws IOException {
        if (!Files.isWritable(file)) {
            throw new IOException(file + " may not be written");
        }
    }

    /** The kernel's files are there already; where one is not, the controller is not, and none is made in its place. */
    private static void write(Path file, String value) throws IOException {
        writable(file);
        Files.writeString(file, value);
    }
}
