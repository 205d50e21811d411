package dev.staithe.multinode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.proto.v1.Task;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An engine that restarts or hangs under its agent: one of the test's own, since others use the machine's. */
@SuppressWarnings("NullAway.Init") // every test begins with start()
final class DockerRestartTest {
    @RegisterExtension
    final Site site = new Site();

    private final String address = Site.freeAddress();
    private Daemon dockerd;
    private Engine engine;
    private Api api;

    private void start(String... engineOptions) {
        Path root = site.directory();
        String socket = "unix://" + root.resolve("docker.sock");
        List<String> command = new ArrayList<>(dockerd(root, socket));
        command.addAll(List.of(engineOptions));
        dockerd = site.program("dockerd", command);
        site.useEngine(socket);
        engine = site.engine();
        Site.await("the engine answers").until(engine::answers);
        api = site.api(address);
        site.controlPlane("control", address, site.localStore());
        site.agent("host", List.of(address));
        Site.awaitAgent(api);
        api.createService(
                "web", api.register(site.sleeper("web", engine.image()).build()), 2);
        Site.awaitSteady(api, "web", 2);
    }

    @Test
    void anEngineRestartLosesNoTruthAndStartsNothingTwice() {
        start();
        String foreign = engine.foreign();
        List<Engine.Seen> before = engine.running("web");

        dockerd.stop();
        dockerd.startAgain();
        Site.await("the engine answers again").until(engine::answers);

        Site.await("the tasks that died with the engine are reported")
                .untilAsserted(() -> assertThat(before)
                        .allSatisfy(dead -> assertThat(api.task(dead.task()).getLastStatus())
                                .isEqualTo("STOPPED")));
        Site.awaitSteady(api, "web", 2);
        assertThat(before).allSatisfy(dead -> {
            Task task = api.task(dead.task());
            assertThat(task.getStopCode()).isEqualTo("EssentialContainerExited");
            assertThat(task.getContainers(0).hasExitCode()).isTrue();
        });
        assertThat(engine.running("web")).hasSize(2).doesNotContainAnyElementsOf(before);
        assertThat(engine.containers().stream().filter(c -> !c.task().isEmpty()))
                .extracting(Engine.Seen::task)
                .hasSize(4)
                .doesNotHaveDuplicates();
        assertThat(engine.look(foreign))
                .hasValueSatisfying(other -> assertThat(other.running()).isFalse());
    }

    @Test
    void anEngineThatIsReplacedUnderItsContainersChangesNothing() {
        String data = site.directory().resolve("data").toString();
        // An engine of this kind mounts its data over itself, once more at each start.
        site.closing(
                () -> Shell.run("sh", "-c", "while mountpoint -q " + data + "; do umount --lazy " + data + "; done"));
        start("--live-restore");
        List<Engine.Seen> before = engine.running("web");
        List<Task> known = api.tasks("web", "ALL");

        dockerd.kill9();
        Site.await("the host is unhealthy")
                .until(() ->
                        api.instances().getFirst().getStatusReason().equals("the container engine does not answer"));
        assertThat(api.tasks("web", "ALL")).isEqualTo(known);
        dockerd.startAgain();
        Site.await("the engine answers again").until(engine::answers);

        Site.await("the host is healthy")
                .until(() -> api.instances().getFirst().getStatusReason().isEmpty());
        api.scale("web", 3);
        Site.awaitSteady(api, "web", 3);
        assertThat(engine.running("web")).hasSize(3).containsAll(before);
        assertThat(engine.containers()).hasSize(3);
    }

    @Test
    void anEngineWithoutSpaceEndsTheTaskInItsOwnWordsAndTakesTheNextOnceThereIsSome() throws Exception {
        Path data = Files.createDirectory(site.directory().resolve("data"));
        Shell.run("mount", "-t", "tmpfs", "-o", "size=64m", "staithe-test", data.toString());
        site.closing(() -> Shell.run("umount", "--lazy", data.toString()));
        start();
        List<Engine.Seen> before = engine.running("web");

        Path filler = Shell.fill(data);
        String failed = api.run(
                        api.register(site.sleeper("more", engine.image()).build()), "more")
                .getTasks(0)
                .getTaskId();
        Site.await("the task has ended")
                .until(() -> api.task(failed).getLastStatus().equals("STOPPED"));
        assertThat(api.task(failed).getStopCode()).isEqualTo("TaskFailedToStart");
        assertThat(api.task(failed).getStoppedReason()).contains("no space left on device");
        Files.delete(filler);

        api.scale("web", 3);
        Site.awaitSteady(api, "web", 3);
        assertThat(engine.running("web")).hasSize(3).containsAll(before);
    }

    @Test
    void anEngineThatHangsMakesTheHostUnhealthyAndNothingIsInvented() {
        start();
        engine.foreign();
        List<Engine.Seen> before = engine.containers();
        List<Task> known = api.tasks("web", "ALL");

        dockerd.pause();
        Site.await("the host is unhealthy")
                .until(() ->
                        api.instances().getFirst().getStatusReason().equals("the container engine does not answer"));
        assertThat(api.tasks("web", "ALL")).isEqualTo(known);
        dockerd.resume();

        Site.await("the host is healthy")
                .until(() -> api.instances().getFirst().getStatusReason().isEmpty());
        api.scale("web", 3);
        Site.awaitSteady(api, "web", 3);
        assertThat(engine.containers()).hasSize(4).containsAll(before);
    }

    /** An engine that shares nothing with another one on this machine, without networks of its own. */
    private static List<String> dockerd(Path root, String socket) {
        String namespace = root.getFileName().toString();
        return List.of(
                // A network namespace of its own: an engine without a bridge deletes docker0 where it starts.
                "unshare",
                "--net",
                "--",
                "dockerd",
                "--host=" + socket,
                "--data-root=" + root.resolve("data"),
                "--exec-root=" + root.resolve("exec"),
                "--pidfile=" + root.resolve("dockerd.pid"),
                "--containerd-namespace=" + namespace,
                "--containerd-plugins-namespace=" + namespace + "-plugins",
                "--bridge=none",
                "--iptables=false",
                "--ip-forward=false",
                "--ip-masq=false");
    }
}
