package dev.staithe.agent.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.staithe.agent.cgroup.TaskCgroups.Found;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written where; that the kernel obeys is shown with a real engine. The files that a kernel makes are made here. */
class TaskCgroupsTest {
    private static final String TASK = "0123456789abcdef0123456789abcdef";

    @TempDir
    Path root;

    @Test
    void writesTheLimitsOfVersion1() throws IOException {
        TaskCgroups cgroups = usable(split(), "1");

        String parent = cgroups.provide(TASK, 256, 64);

        assertThat(parent).isEqualTo("/staithe/host-1/" + TASK);
        assertThat(root.resolve("memory" + parent + "/memory.limit_in_bytes")).hasContent("67108864");
        assertThat(root.resolve("cpu" + parent + "/cpu.cfs_quota_us")).hasContent("25000");
        assertThat(root.resolve("cpu" + parent + "/cpu.cfs_period_us")).hasContent("100000");
    }

    @Test
    void writesTheLimitsOfVersion2AndHandsTheControllersDown() throws IOException {
        TaskCgroups cgroups = usable(unified("cpu memory pids"), "2");

        String parent = cgroups.provide(TASK, 1, 6);

        assertThat(root.resolve("staithe/cgroup.subtree_control")).hasContent("+cpu +memory");
        assertThat(root.resolve("staithe/host-1/" + TASK + "/memory.max")).hasContent("6291456");
        assertThat(root.resolve("staithe/host-1/" + TASK + "/cpu.max"))
                .as("the kernel takes no less than a millisecond")
                .hasContent("1000 100000");
        assertThat(cgroups.tasks()).containsExactly(TASK);
        assertThat(parent).isEqualTo("/staithe/host-1/" + TASK);
    }

    @Test
    void isOfNoUseWhereTheTreeIsAnothers() throws IOException {
        split();

        assertThat(why("systemd", "1")).isEqualTo("the engine's cgroup driver is systemd (expected: cgroupfs)");
        assertThat(why("", "1")).isEqualTo("the engine's cgroup driver is not known (expected: cgroupfs)");
    }

    @Test
    void isOfNoUseWhereControllersAreMissing() throws IOException {
        assertThat(why("cgroupfs", "1")).contains("memory is not there");
        unified("pids");
        assertThat(why("cgroupfs", "2")).contains("has the controllers [pids] (expected: cpu and memory)");
    }

    @Test
    void touchesNothingOutsideItsOwn() throws IOException {
        TaskCgroups cgroups = usable(split(), "1");
        Files.createDirectories(root.resolve("memory/docker/" + TASK));
        Files.createDirectories(root.resolve("memory/staithe/host-2/" + TASK));

        cgroups.remove("ffffffffffffffffffffffffffffffff");

        assertThat(cgroups.tasks()).containsExactly(TASK);
        assertThat(root.resolve("memory/docker/" + TASK)).exists();
        assertThat(root.resolve("memory/staithe/host-2/" + TASK)).exists();
        assertThatThrownBy(() -> cgroups.remove("../../docker")).isInstanceOf(IllegalArgumentException.class);
    }

    private TaskCgroups usable(Path tree, String version) {
        assertThat(TaskCgroups.find(tree, "cgroupfs", version, "host-1")).isInstanceOf(Found.Usable.class);
        return ((Found.Usable) TaskCgroups.find(tree, "cgroupfs", version, "host-1")).cgroups();
    }

    private String why(String driver, String version) {
        return ((Found.Unusable) TaskCgroups.find(root, driver, version, "host-1")).why();
    }

    private Path split() throws IOException {
        for (String group : List.of("staithe/host-1", "staithe/host-1/" + TASK)) {
            file("memory/" + group + "/memory.limit_in_bytes", "-1");
            file("memory/" + group + "/memory.use_hierarchy", "1");
            file("cpu/" + group + "/cpu.cfs_quota_us", "-1");
            file("cpu/" + group + "/cpu.cfs_period_us", "100000");
        }
        return root;
    }

    private Path unified(String controllers) throws IOException {
        for (String group : List.of("", "staithe", "staithe/host-1", "staithe/host-1/" + TASK)) {
            file(group + "/cgroup.subtree_control", "");
            file(group + "/cgroup.controllers", controllers);
            file(group + "/memory.max", "max");
            file(group + "/cpu.max", "max 100000");
        }
        return root;
    }

    private void file(String path, String content) throws IOException {
        Path file = root.resolve(path.startsWith("/") ? path.substring(1) : path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
