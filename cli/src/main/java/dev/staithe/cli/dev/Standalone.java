package dev.staithe.cli.dev;

import dev.staithe.cli.client.Address;
import dev.staithe.cli.client.ControlPlane;
import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.Progress;
import dev.staithe.cli.render.Words;
import dev.staithe.proto.v1.ClustersGrpc;
import dev.staithe.proto.v1.ContainerInstance;
import dev.staithe.proto.v1.ContainerInstancesGrpc;
import dev.staithe.proto.v1.CreateClusterRequest;
import dev.staithe.proto.v1.ListContainerInstancesRequest;
import dev.staithe.proto.v1.ListContainerInstancesResponse;
import dev.staithe.runtime.DirectoryLock;
import dev.staithe.runtime.Time;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Starts, looks at and stops a control plane and an agent on this machine, as background processes with a directory of
 * their own. What runs already stays as it is, so starting twice changes nothing.
 */
public final class Standalone {
    private static final Duration CALL = Duration.ofSeconds(2);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
    private static final int LOG_LINES = 15;

    private final Layout layout;
    private final Map<String, String> variables;
    private final Time time;

    public Standalone(Layout layout, Map<String, String> variables, Time time) {
        this.layout = layout;
        this.variables = variables;
        this.time = time;
    }

    /** What is there now. */
    public Report report() {
        String api = api(Configs.port(layout).orElse(Address.DEFAULT_PORT));
        Optional<ProcessHandle> controlPlane = layout.controlPlane().process();
        Optional<ProcessHandle> agent = layout.agent().process();
        String serving = "STOPPED";
        String connected = "STOPPED";
        if (controlPlane.isPresent() || agent.isPresent()) {
            try (ControlPlane client = new ControlPlane(api, time)) {
                serving = controlPlane.isEmpty() ? "STOPPED" : health(client);
                connected = agent.isEmpty() ? "STOPPED" : connection(client, serving);
            }
        }
        return new Report(
                layout.directory(),
                api,
                List.of(
                        process(layout.controlPlane(), controlPlane, serving, layout.controlPlaneData()),
                        process(layout.agent(), agent, connected, layout.agentData())));
    }

    private static Report.Part process(Daemon daemon, Optional<ProcessHandle> process, String health, Path data) {
        return new Report.Part(
                daemon.name(),
                process.map(ProcessHandle::pid).orElse(0L),
                health,
                health.equals("SERVING") || health.equals("CONNECTED"),
                daemon.configFile(),
                data,
                daemon.logFile());
    }

    /**
     * Starts what does not run and waits until all of it works.
     *
     * @param wantedPort the API's port; empty = the one of the last time, else the usual one
     * @return whether anything had to be started
     */
    @SuppressWarnings("try") // Held, not used.
    public boolean up(Optional<Integer> wantedPort, Duration limit, Progress progress) {
        int port = wantedPort.or(() -> Configs.port(layout)).orElse(Address.DEFAULT_PORT);
        layout.create();
        try (DirectoryLock lock = DirectoryLock.acquire(layout.directory())) {
            Optional<ProcessHandle> controlPlane = layout.controlPlane().process();
            Optional<ProcessHandle> agent = layout.agent().process();
            refuseOtherPort(controlPlane, port);
            Engine engine = Engine.of(variables);
            if (agent.isEmpty()) {
                requireEngine(engine);
            }
            if (controlPlane.isEmpty()) {
                requireFree(port);
            }
            if (controlPlane.isEmpty() || agent.isEmpty()) {
                Configs.write(layout, port, engine);
            }
            try (ControlPlane client = new ControlPlane(api(port), time)) {
                startControlPlane(controlPlane, client, limit, progress);
                startAgent(agent, client, limit, progress);
            }
            return controlPlane.isEmpty() || agent.isEmpty();
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.ERROR, String.valueOf(e.getMessage()), "staithe dev status", e);
        }
    }

    private void startControlPlane(
            Optional<ProcessHandle> running, ControlPlane client, Duration limit, Progress progress) {
        progress.show("starting the control plane");
        Daemon daemon = layout.controlPlane();
        ProcessHandle process = running.orElseGet(() -> daemon.start(variables).toHandle());
        while (!health(client).equals("SERVING")) {
            waitBeside(process, daemon, limit, progress);
        }
        CreateClusterRequest cluster =
                CreateClusterRequest.newBuilder().setClusterName("default").build();
        client.call(ClustersGrpc::newBlockingStub, api -> api.create(cluster));
    }

    private void startAgent(Optional<ProcessHandle> running, ControlPlane client, Duration limit, Progress progress)
            throws IOException {
        progress.show("starting the agent");
        Daemon daemon = layout.agent();
        Map<String, Long> before = new TreeMap<>();
        if (running.isEmpty()) {
            instances(client).forEach(host -> before.put(host.getContainerInstanceId(), host.getVersion()));
        }
        ProcessHandle process = running.orElseGet(() -> daemon.start(variables).toHandle());
        while (instances(client).stream().noneMatch(host -> hasRegistered(host, before))) {
            waitBeside(process, daemon, limit, progress);
        }
        rememberInstances(client);
    }

    /** A record of the agent's last life may still say that it is connected: its registration makes a new version. */
    private static boolean hasRegistered(ContainerInstance host, Map<String, Long> before) {
        return host.getAgentConnected() && host.getVersion() > before.getOrDefault(host.getContainerInstanceId(), -1L);
    }

    private static void waitBeside(ProcessHandle process, Daemon daemon, Duration limit, Progress progress) {
        progress.tick();
        if (Daemon.endsWithin(process, LOOK_AGAIN)) {
            throw new CommandFailure(
                    ExitCode.ERROR,
                    "the " + daemon.name() + " ended as soon as it was started; its log ends with:\n"
                            + lastLines(daemon),
                    "the whole log: " + daemon.logFile());
        }
        if (progress.elapsed().compareTo(limit) > 0) {
            throw new CommandFailure(
                    ExitCode.TIMED_OUT,
                    "the " + daemon.name() + " is not ready after " + Words.duration(limit) + "; its log ends with:\n"
                            + lastLines(daemon),
                    "staithe dev status; the whole log: " + daemon.logFile());
        }
    }

    private static String lastLines(Daemon daemon) {
        return daemon.lastLines(LOG_LINES).stream()
                .map(line -> CommandFailure.INDENT + "| " + line)
                .collect(Collectors.joining("\n"));
    }

    private void refuseOtherPort(Optional<ProcessHandle> controlPlane, int port) {
        int runs = Configs.port(layout).orElse(port);
        if (controlPlane.isPresent() && runs != port) {
            throw new CommandFailure(
                    ExitCode.ERROR,
                    "it runs on port " + runs + " already, from " + layout.directory(),
                    "staithe dev down, or --directory for another one beside it");
        }
    }

    private static void requireFree(int port) {
        if (!Ports.isFree(port)) {
            throw new CommandFailure(
                    ExitCode.ERROR,
                    "port " + port + " is taken"
                            + Ports.holder(port).map(holder -> " by " + holder).orElse(""),
                    "staithe dev up --port PORT");
        }
    }

    private static void requireEngine(Engine engine) {
        String problem = engine.problem();
        if (!problem.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.ERROR,
                    "no container engine answers at " + engine.address() + " (" + problem + ")",
                    "install and start Docker (Debian: apt-get install docker.io), or set DOCKER_HOST");
        }
    }

    private static String health(ControlPlane client) {
        Optional<HealthCheckResponse> health = client.callIfReachable(
                HealthGrpc::newBlockingStub, api -> api.check(HealthCheckRequest.getDefaultInstance()), CALL);
        return health.map(response -> response.getStatus() == ServingStatus.SERVING ? "SERVING" : "NOT_SERVING")
                .orElse("UNREACHABLE");
    }

    private static String connection(ControlPlane client, String serving) {
        if (!serving.equals("SERVING")) {
            return "UNKNOWN";
        }
        boolean connected = instances(client).stream().anyMatch(ContainerInstance::getAgentConnected);
        return connected ? "CONNECTED" : "NOT_CONNECTED";
    }

    private static List<ContainerInstance> instances(ControlPlane client) {
        ListContainerInstancesRequest request =
                ListContainerInstancesRequest.newBuilder().setCluster("default").build();
        return client.callIfReachable(ContainerInstancesGrpc::newBlockingStub, api -> api.list(request), CALL)
                .map(ListContainerInstancesResponse::getContainerInstancesList)
                .orElse(List.of());
    }

    private void rememberInstances(ControlPlane client) throws IOException {
        List<String> known = Stream.concat(
                        knownInstances().stream(),
                        instances(client).stream().map(ContainerInstance::getContainerInstanceId))
                .distinct()
                .toList();
        Files.write(layout.instances(), known);
    }

    private List<String> knownInstances() throws IOException {
        return Files.exists(layout.instances()) ? Files.readAllLines(layout.instances()) : List.of();
    }

    /** Stops the agent, then the control plane; containers keep running. Answers how many daemons ran. */
    @SuppressWarnings("try") // Held, not used.
    public int down(Progress progress) {
        if (!layout.exists()) {
            return 0;
        }
        try (DirectoryLock lock = DirectoryLock.acquire(layout.directory())) {
            int stopped = 0;
            for (Daemon daemon : List.of(layout.agent(), layout.controlPlane())) {
                Optional<ProcessHandle> process = daemon.process();
                if (process.isPresent()) {
                    progress.show("stopping the " + daemon.name());
                    daemon.stop(process.get(), STOP_LIMIT);
                    stopped++;
                }
            }
            return stopped;
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.ERROR, String.valueOf(e.getMessage()), "staithe dev status", e);
        }
    }

    /**
     * Stops everything and removes all that was made: services, tasks, containers, volumes, data and logs.
     *
     * @param limit how long tasks may take to stop
     */
    public void purge(Duration limit, Progress progress) {
        if (!layout.exists()) {
            return;
        }
        Report report = report();
        if (report.serving()) {
            try (ControlPlane client = new ControlPlane(report.api(), time)) {
                new Clearance(client).run(limit, progress);
            }
        }
        down(progress);
        progress.show("removing containers and data");
        try {
            List<String> instances = knownInstances();
            if (!instances.isEmpty()) {
                Engine engine = Engine.of(variables);
                for (String instance : instances) {
                    engine.removeAllOf(instance);
                }
            }
            delete(layout.directory());
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.ERROR,
                    "cannot remove everything: " + e.getMessage(),
                    "start the container engine and run it again; the data is in " + layout.directory(),
                    e);
        }
    }

    private static void delete(Path directory) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> paths = Files.walk(directory)) {
            deepestFirst = paths.sorted(Comparator.reverseOrder()).collect(Collectors.toList());
        }
        for (Path path : deepestFirst) {
            Files.delete(path);
        }
    }

    private static String api(int port) {
        return "127.0.0.1:" + port;
    }
}
