package dev.staithe.agent.container.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.staithe.agent.Tasks;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerRuntime.LogRequest;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.ContainerView.State;
import dev.staithe.agent.container.Seen;
import dev.staithe.agent.metadata.AgentHealth;
import dev.staithe.agent.metadata.HeldTasks;
import dev.staithe.agent.metadata.HostEndpoints;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.reconcile.ContainerRequests;
import dev.staithe.agent.reconcile.Observation;
import dev.staithe.agent.secrets.RoleCredentials;
import dev.staithe.agent.stats.Meter;
import dev.staithe.agent.stats.Subject;
import dev.staithe.agent.stats.UsageReader;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.ContainerStats;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What containers on the real engine are told by the endpoints of their host. */
final class DockerMetadataTest {
    /** Of this process alone, so that runs beside each other do not meet. */
    private static final InetSocketAddress ADDRESS = new InetSocketAddress(
            "169.254.%d.%d"
                    .formatted(
                            80 + ProcessHandle.current().pid() / 250 % 80,
                            1 + ProcessHandle.current().pid() % 250),
            80);

    private static final String URI = "$ECS_CONTAINER_METADATA_URI_V4";
    private static final String CREDENTIALS = "$AWS_CONTAINER_CREDENTIALS_FULL_URI";

    /**
     * The static busybox of Debian cannot resolve names, and its wget tries to. A bridge that takes its address from its ports
     * is deaf to a container for a while when they change: it asks again.
     */
    private static final String GET = """
            get() {
              there=${1#http://}; host=${there%%/*}; said=; tries=0
              while [ -z "$said" ] && [ $tries -lt 15 ]; do
                said=$(printf 'GET /%s HTTP/1.0\\r\\nHost: %s\\r\\n\\r\\n' "${there#*/}" "$host" | nc -w 5 "$host" 80)
                tries=$((tries+1))
              done
              case "$said" in
                "HTTP/1.1 200"*) echo "$said" | tail -n 1;;
                *) echo refused;;
              esac
            }
            """;

    private final TestEngine engine = new TestEngine();
    private final DockerRuntime runtime = engine.runtime(engine.instance(), DockerDeadlines.standard());
    private final EventLoop loop = engine.environment().loop("metadata-test");
    private final Map<String, LocalTask> held = new ConcurrentSkipListMap<>();
    private final Map<String, ContainerView> sighted = new ConcurrentSkipListMap<>();
    private final ObjectMapper json = new ObjectMapper();

    @TempDir
    Path data;

    private HostEndpoints endpoints;
    private Meter meter;

    @BeforeEach
    void open() throws Exception {
        endpoints = new HostEndpoints(
                engine.environment(), loop, new HostEndpoints.Places(Optional.of(ADDRESS), Optional.empty(), data));
        meter = new Meter(
                engine.environment(),
                loop,
                new UsageReader(runtime),
                () -> Subject.running(List.copyOf(held.values()), id -> Optional.ofNullable(sighted.get(id))));
        CompletableFuture<Boolean> ready = new CompletableFuture<>();
        loop.execute(() -> {
            endpoints.open();
            endpoints.whenReady(() -> {
                Agent agent = new Agent();
                endpoints.serve(new HostEndpoints.Sources(
                        agent,
                        runtime,
                        (task, then) -> then.accept(new Outcome.Done<>(new RoleCredentials(
                                "reader", "AKIDEXAMPLE", "of " + task, "token", OptionalLong.empty()))),
                        meter,
                        agent,
                        "dock-1"));
                ready.complete(true);
            });
        });
        ready.get(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void cleanUp() throws Exception {
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        loop.execute(() -> endpoints.close(() -> closed.complete(true)));
        closed.get(10, TimeUnit.SECONDS);
        loop.close();
        engine.close();
    }

    @Test
    void aContainerLearnsWhatItIs() throws Exception {
        List<String> said = run(1, shell("get " + URI + "; get " + URI + "/task"), "");

        JsonNode container = json.readTree(said.get(0));
        ContainerView view = view(1);
        assertThat(container.path("DockerId").asText()).isEqualTo(view.id());
        assertThat(container.path("Name").asText()).isEqualTo("app");
        assertThat(container.path("DockerName").asText()).isEqualTo(Tasks.name(1, "app"));
        assertThat(container.path("ImageID").asText()).startsWith("sha256:");
        assertThat(container.path("Labels").path("com.amazonaws.ecs.task-arn").asText())
                .isEqualTo(Tasks.id(1));
        assertThat(container.path("DesiredStatus").asText()).isEqualTo("RUNNING");
        assertThat(container.path("Limits").path("Memory").asInt()).isEqualTo(64);
        assertThat(container.path("CreatedAt").asText()).matches("\\d{4}-.*Z");
        assertThat(container.path("Type").asText()).isEqualTo("NORMAL");
        JsonNode network = container.path("Networks").path(0);
        assertThat(network.path("NetworkMode").asText()).isEqualTo("bridge");
        assertThat(network.path("IPv4Addresses").path(0).asText()).matches("\\d+(\\.\\d+){3}");

        JsonNode task = json.readTree(said.get(1));
        assertThat(task.path("Cluster").asText()).isEqualTo("default");
        assertThat(task.path("TaskARN").asText()).isEqualTo(Tasks.id(1));
        assertThat(task.path("Family").asText()).isEqualTo("web");
        assertThat(task.path("Revision").asText()).isEqualTo("3");
        assertThat(task.path("ServiceName").asText()).isEqualTo("web");
        assertThat(task.path("AvailabilityZone").asText()).isEqualTo("dock-1");
        assertThat(task.path("Containers")).hasSize(1);
        assertThat(task.path("Containers").path(0).path("DockerId").asText()).isEqualTo(view.id());
    }

    @Test
    void aContainerLearnsWhatItUses() throws Exception {
        List<String> said =
                run(1, shell("get " + URI + "/stats; get " + URI + "/stats; get " + URI + "/task/stats"), "");

        String id = view(1).id();
        JsonNode first = json.readTree(said.get(0));
        assertThat(first.path("id").asText()).isEqualTo(id);
        assertThat(first.path("memory_stats").path("usage").asLong()).isPositive();
        assertThat(first.path("precpu_stats").path("system_cpu_usage").asLong()).isPositive();
        assertThat(first.path("networks").path("eth0").path("rx_bytes").asLong())
                .isPositive();
        assertThat(first.path("network_rate_stats").has("rx_bytes_per_sec")).isTrue();
        assertThat(json.readTree(said.get(2))
                        .path(id)
                        .path("cpu_stats")
                        .path("cpu_usage")
                        .path("total_usage")
                        .asLong())
                .isPositive();
    }

    @Test
    void whoLearntAnothersIdIsNotThatContainer() throws Exception {
        String uri = started(1, shell("sleep 600"), "");

        assertThat(run(2, shell("get " + uri + "; get " + uri + "/task"), "")).containsExactly("refused", "refused");
    }

    @Test
    void aContainerInTheHostsNetworkIsToldToo() throws Exception {
        List<String> said = run(1, shell("get " + URI), "host");

        assertThat(json.readTree(said.getFirst())
                        .path("Networks")
                        .path(0)
                        .path("NetworkMode")
                        .asText())
                .isEqualTo("host");
    }

    @Test
    void aTaskReadsItsOwnCredentialsAlone() throws Exception {
        List<String> own = run(1, shell("get " + CREDENTIALS + "; echo " + CREDENTIALS), "");
        List<String> others = run(2, shell("get " + own.getLast()), "");

        JsonNode credentials = json.readTree(own.getFirst());
        assertThat(credentials.path("RoleArn").asText()).isEqualTo("reader");
        assertThat(credentials.path("AccessKeyId").asText()).isEqualTo("AKIDEXAMPLE");
        assertThat(credentials.path("SecretAccessKey").asText()).isEqualTo("of " + Tasks.id(1));
        assertThat(credentials.path("Token").asText()).isEqualTo("token");
        assertThat(credentials.path("Expiration").asText()).matches("\\d{4}-.*:\\d{2}Z");
        assertThat(others).containsExactly("refused");
    }

    @Test
    void whatAContainerUsesIsReadFromTheKernel() throws Exception {
        started(
                1,
                shell("head -c 30000000 /dev/zero | tail -c 30000000 >/dev/null & i=0; while :; do i=$((i+1)); done"),
                "");

        CompletableFuture<List<ContainerStats>> measured = new CompletableFuture<>();
        loop.execute(() -> meter.measure(measured::complete));
        ContainerStats stats = measured.get(10, TimeUnit.SECONDS).getFirst();

        assertThat(stats.getTaskId()).isEqualTo(Tasks.id(1));
        assertThat(stats.getCpuNs()).isPositive();
        assertThat(stats.getCpuPercent()).isGreaterThan(5);
        assertThat(stats.getMemoryBytes()).isBetween(50_000L, 64L << 20);
        assertThat(stats.getMemoryLimitBytes()).isEqualTo(64L << 20);
        assertThat(stats.getProcesses()).isPositive();
    }

    private ContainerDefinition.Builder shell(String script) {
        return Tasks.container("app", TestImages.busybox(engine.client()))
                .addAllCommand(List.of("sh", "-c", GET + script));
    }

    /** Runs the container of a task to its end. */
    private List<String> run(int number, ContainerDefinition.Builder container, String networkMode) throws Exception {
        started(number, container, networkMode);
        String id = view(number).id();
        await().atMost(Duration.ofSeconds(90))
                .until(() -> runtime.inspect(id).orElseThrow().state() == State.STOPPED);
        Seen seen = new Seen();
        runtime.logs(id, LogRequest.whole(false), seen);
        await().until(() -> !seen.ends().isEmpty());
        return new ArrayList<>(seen.stdout());
    }

    /** Starts the container of a task, as a worker would, and answers with its address at the endpoint. */
    private String started(int number, ContainerDefinition.Builder container, String networkMode)
            throws ContainerFault {
        var message = Tasks.of(number, container);
        message.getTaskDefinitionBuilder().setNetworkMode(networkMode).setTaskRoleArn("reader");
        AssignedTask assigned = AssignedTask.of(message.build());
        LocalTask task = LocalTask.assigned(assigned, "boot");
        var request = ContainerRequests.of(assigned, "app", engine.instance(), endpoints.tasks());
        String id = runtime.create(request);
        ContainerView created = runtime.inspect(id).orElseThrow();
        held.put(task.taskId(), task.with(Observation.seen(task.containers().getFirst(), created)));
        sighted.put(id, created);
        runtime.start(id);
        ContainerView running = runtime.inspect(id).orElseThrow();
        sighted.put(id, running);
        held.put(task.taskId(), task.with(Observation.seen(task.containers().getFirst(), running)));
        return Objects.requireNonNull(
                endpoints.tasks().variables(assigned, "app").get("ECS_CONTAINER_METADATA_URI_V4"));
    }

    private ContainerView view(int number) {
        LocalTask task = Objects.requireNonNull(held.get(Tasks.id(number)));
        return Objects.requireNonNull(sighted.get(task.containers().getFirst().runtimeId()));
    }

    /** An agent that holds what the test has started. */
    private final class Agent implements HeldTasks, AgentHealth {
        @Override
        public List<LocalTask> tasks() {
            return List.copyOf(held.values());
        }

        @Override
        public Optional<LocalTask> task(String taskId) {
            return Optional.ofNullable(held.get(taskId));
        }

        @Override
        public Optional<ContainerView> sighting(String runtimeId) {
            return Optional.ofNullable(sighted.get(runtimeId));
        }

        @Override
        public String cluster() {
            return "default";
        }

        @Override
        public String instanceId() {
            return engine.instance();
        }

        @Override
        public String version() {
            return "test";
        }

        @Override
        public boolean connected() {
            return true;
        }

        @Override
        public boolean engineAnswers() {
            return true;
        }

        @Override
        public boolean ledgerWrites() {
            return true;
        }
    }
}
