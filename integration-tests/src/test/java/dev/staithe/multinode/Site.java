package dev.staithe.multinode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.ledger.FileLedger;
import dev.staithe.agent.ledger.TaskLedger;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.ContainerInstance;
import dev.staithe.proto.v1.Service;
import dev.staithe.proto.v1.TaskDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Where one test takes place: a directory, an engine, daemons on free ports of the loopback, and a client. All that was
 * made is removed after the test, and when the test has failed the ends of all logs are shown first.
 */
final class Site implements BeforeEachCallback, AfterEachCallback {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int LINES_SHOWN = 60;
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final List<Daemon> daemons = new ArrayList<>();
    private String id = "";
    private Path directory = Path.of("/");
    private String engineHost = Engine.HOST;

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        id = HexFormat.of().toHexDigits(new SplittableRandom().nextInt());
        directory = Files.createTempDirectory("staithe-" + id + "-");
        daemons.clear();
        engine();
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        context.getExecutionException().ifPresent(failure -> daemons.forEach(Site::show));
        while (!open.isEmpty()) {
            open.pop().close();
        }
        engineHost = Engine.HOST;
        delete(directory);
    }

    /** A directory for this test alone, with a short path. */
    Path directory() {
        return directory;
    }

    /** What follows happens on another engine than the machine's. */
    void useEngine(String host) {
        engineHost = host;
    }

    /** The engine that agents are given, cleaned of what this test has made on it once the test is over. */
    Engine engine() {
        Engine engine = new Engine(engineHost, id);
        open.push(() -> {
            engine.removeAll();
            engine.close();
        });
        return engine;
    }

    /** Closed after the test, before what was given earlier. */
    <T extends AutoCloseable> T closing(T closeable) {
        open.push(closeable);
        return closeable;
    }

    /** HOST:PORT on the loopback, free a moment ago. */
    static String freeAddress() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "127.0.0.1:" + socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    Api api(String... addresses) {
        return closing(new Api(List.of(addresses)));
    }

    /**
     * Starts a control plane.
     *
     * @param store as in its configuration, in one line
     * @param more lines of configuration
     */
    Daemon controlPlane(String name, String address, String store, String... more) {
        List<String> lines = new ArrayList<>(List.of(
                "nodeId: " + name,
                "listen: " + address,
                "store: " + store,
                "healthyAfter: 200ms",
                // Silence is no cause for anything here: the machine may be busy.
                "suspectAfter: 30s",
                "lostAfter: 10m"));
        lines.addAll(List.of(more));
        return java(name, dev.staithe.controlplane.Main.class, List.of(), lines);
    }

    /** The embedded store in a directory of this test. */
    String localStore() {
        return "{type: local, directory: '" + directory.resolve("store") + "'}";
    }

    Daemon agent(String name, List<String> controlPlanes, String... more) {
        return agent(name, dev.staithe.agent.Main.class, List.of(), controlPlanes, more);
    }

    /** An agent that dies at the first boundary of that number; see {@link MortalAgent}. */
    Daemon mortalAgent(String name, int boundary, List<String> controlPlanes, String... more) {
        return agent(
                name, MortalAgent.class, List.of("-D" + MortalAgent.BOUNDARY + "=" + boundary), controlPlanes, more);
    }

    /** An agent whose wall clock is wrong by the seconds that the file says. */
    Daemon agentWithClock(String name, Path file, List<String> controlPlanes, String... more) {
        return agent(name, MortalAgent.class, List.of("-D" + MortalAgent.CLOCK + "=" + file), controlPlanes, more);
    }

    private Daemon agent(String name, Class<?> main, List<String> flags, List<String> controlPlanes, String... more) {
        List<String> lines = new ArrayList<>(List.of(
                "controlPlanes: ['" + String.join("', '", controlPlanes) + "']",
                "dataDirectory: '" + directory.resolve(name) + "'",
                "hostName: " + name,
                "dockerHost: " + engineHost));
        if (Arrays.stream(more).noneMatch(line -> line.startsWith("endpoints:"))) {
            // Others run on this machine as well.
            lines.add("endpoints: {metadata: 'off', introspection: 'off'}");
        }
        if (Arrays.stream(more).noneMatch(line -> line.startsWith("imagePullBehavior:"))) {
            lines.add("imagePullBehavior: prefer-cached");
        }
        lines.addAll(List.of(more));
        closing(() -> removeTraces(name, engineHost));
        return java(name, main, flags, lines);
    }

    /** What has no label of the test is known by the identity that the agent has written down: sandboxes, cgroups. */
    private void removeTraces(String agent, String engine) throws IOException {
        Path data = directory.resolve(agent);
        if (Files.exists(data)) {
            try (Engine sees = new Engine(engine, id)) {
                Optional<String> instance =
                        new FileLedger(data).load().identity().map(TaskLedger.Identity::instanceId);
                if (instance.isPresent()) {
                    sees.removeSandboxesOf(instance.get());
                    sees.removeAll();
                    removeCgroups(CGROUPS.resolve("staithe"), instance.get());
                    try (DirectoryStream<Path> trees = Files.newDirectoryStream(CGROUPS)) {
                        for (Path tree : trees) {
                            removeCgroups(tree.resolve("staithe"), instance.get());
                        }
                    }
                }
            }
        }
    }

    /** Only the directories: the files in them are the kernel's, and go with them. */
    private static void removeCgroups(Path ours, String instance) throws IOException {
        Path group = ours.resolve(instance);
        if (Files.isDirectory(group)) {
            try (DirectoryStream<Path> tasks = Files.newDirectoryStream(group, Files::isDirectory)) {
                for (Path task : tasks) {
                    Files.delete(task);
                }
            }
            Files.delete(group);
        }
    }

    private Daemon java(String name, Class<?> main, List<String> flags, List<String> configuration) {
        try {
            Path config = Files.write(directory.resolve(name + ".yaml"), configuration);
            return watch(Daemon.java(name, main, config, directory.resolve(name + ".log"), flags));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Any other program; it is asked to end after the test, and its log is shown when the test fails. */
    Daemon program(String name, List<String> command) {
        return watch(Daemon.program(name, command, directory.resolve(name + ".log")));
    }

    private Daemon watch(Daemon daemon) {
        daemons.add(daemon);
        return closing(daemon);
    }

    /** A container that runs until it is told to end, and then does so at once. */
    TaskDefinition.Builder sleeper(String family, String image) {
        return definition(family, image, "trap 'exit 0' TERM; sleep 3600 & wait");
    }

    /** One container, "main", that runs a line of shell. */
    TaskDefinition.Builder definition(String family, String image, String shell) {
        return TaskDefinition.newBuilder()
                .setFamily(family)
                .setNetworkMode("none")
                .addContainerDefinitions(ContainerDefinition.newBuilder()
                        .setName("main")
                        .setImage(image)
                        .setMemory(16)
                        .addAllCommand(List.of("sh", "-c", shell))
                        .setStopTimeout(10)
                        .putDockerLabels(Engine.LABEL, id));
    }

    /** Waits for a condition; an assertion that does not hold yet counts as one that may hold later. */
    static ConditionFactory await(String what) {
        return Awaitility.await(what)
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(100))
                .pollInSameThread();
    }

    /** Waits until a host can take tasks. What a control plane refuses while it starts is not the end. */
    static void awaitAgent(Api api) {
        await("an agent is connected")
                .untilAsserted(() -> assertThat(api.instances()).anyMatch(ContainerInstance::getAgentConnected));
    }

    /** Waits until the service runs what it should, and nothing is under way. */
    static Service awaitSteady(Api api, String name, int count) {
        return await("service " + name + " runs " + count + " tasks and is steady")
                .until(
                        () -> api.service(name),
                        service -> service.getDesiredCount() == count
                                && service.getRunningCount() == count
                                && service.getPendingCount() == 0
                                && service.getDeploymentsCount() == 1
                                && service.getDeployments(0).getRolloutState().equals("COMPLETED")
                                && api.tasks(name, "STOPPED").stream()
                                        .allMatch(t -> t.getLastStatus().equals("STOPPED")));
    }

    private static void show(Daemon daemon) {
        List<String> lines = daemon.log();
        System.err.println("--- the end of the log of " + daemon.name() + " (process " + daemon.pid() + ")");
        lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size()).forEach(System.err::println);
    }

    private static void delete(Path directory) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> paths = Files.walk(directory)) {
            deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }
}
