package dev.staithe.agent.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.staithe.agent.Tasks;
import dev.staithe.proto.v1.ContainerStats;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class IntrospectionEndpointTest {
    private static final String HOST = "127.0.0.1:51678";

    private final Held held = new Held().with(1, "172.17.0.2").with(2, "172.17.0.3");
    private final IntrospectionEndpoint endpoint =
            new IntrospectionEndpoint(51678, new OnLoop(held.environment, held.loop), held.sources());

    @AfterEach
    void close() {
        held.close();
    }

    @Test
    void saysWhoTheAgentIs() throws Exception {
        assertThat(json(get("/v1/metadata", "")).toString())
                .isEqualTo("{\"Cluster\":\"default\",\"ContainerInstanceArn\":\"instance\","
                        + "\"Version\":\"Staithe Agent - v1.2.3\"}");
    }

    @Test
    void listsTasksAndFindsOneByTheBeginningOfAnId() throws Exception {
        assertThat(json(get("/v1/tasks", "")).path("Tasks")).hasSize(2);
        assertThat(json(get("/v1/tasks", "taskid=" + Tasks.id(2))).path("Arn").asText())
                .isEqualTo(Tasks.id(2));
        assertThat(json(get("/v1/tasks", "dockerid=container1")).path("Arn").asText())
                .isEqualTo(Tasks.id(1));
        JsonNode container =
                json(get("/v1/tasks", "taskid=000000000001")).path("Containers").path(0);
        assertThat(container.toString()).isEqualTo("""
                {"DockerId":"container1","DockerName":"staithe-web-3-app-000000000001","Name":"app",\
                "KnownStatus":"RUNNING","Networks":[{"NetworkMode":"bridge","IPv4Addresses":["172.17.0.2"],\
                "MACAddress":"02:42:ac:11:00:02"}],\
                "Ports":[{"ContainerPort":80,"Protocol":"tcp","HostPort":32768,"HostIp":"0.0.0.0"}]}""");
    }

    @Test
    void saysWhyItFindsNone() throws Exception {
        assertThat(get("/v1/tasks", "taskid=ff").status()).isEqualTo(404);
        assertThat(get("/v1/tasks", "taskid=0000").status()).isEqualTo(400);
        assertThat(get("/v1/tasks", "taskid=0&dockerid=c").status()).isEqualTo(400);
        assertThat(get("/elsewhere", "").body()).contains("/v1/tasks");
    }

    @Test
    void isUnwellWithoutEngineSessionOrLedger() throws Exception {
        assertThat(get("/health", "").status()).isEqualTo(200);

        held.connected = false;
        assertThat(get("/health", "").status()).isEqualTo(503);
        assertThat(json(get("/health", "")).path("session").asText()).isEqualTo("no control plane");
        held.connected = true;
        held.engineAnswers = false;
        assertThat(get("/health", "").status()).isEqualTo(503);
        held.engineAnswers = true;
        held.ledgerWrites = false;
        assertThat(json(get("/health", "")).path("ledger").asText()).isEqualTo("cannot be written");
    }

    @Test
    void countsForPrometheus() throws Exception {
        Reply reply = get("/metrics", "");

        assertThat(reply.contentType()).startsWith("text/plain; version=0.0.4");
        assertThat(reply.body())
                .contains("# TYPE staithe_agent_connected gauge\nstaithe_agent_connected 1\n")
                .contains("staithe_agent_tasks{status=\"RUNNING\"} 0\n")
                .contains("staithe_agent_tasks{status=\"PENDING\"} 2\n");
    }

    @Test
    void labelsContainersByWhatTheyAreOf() {
        ContainerStats figure = ContainerStats.newBuilder()
                .setTaskId(Tasks.id(1))
                .setContainer("app")
                .setCpuNs(1_500_000_000)
                .setMemoryBytes(1024)
                .build();

        String labels = "{cluster=\"default\",service=\"web\",task=\"" + Tasks.id(1) + "\",container=\"app\"}";
        assertThat(new AgentMetrics(held.sources()).text(List.of(figure)))
                .contains("staithe_container_cpu_seconds_total" + labels + " 1.5\n")
                .contains("staithe_container_memory_bytes" + labels + " 1024\n");
    }

    @Test
    void escapesWhatLabelsMayNotContain() {
        assertThat(new MetricsText()
                        .gauge("a", "b.")
                        .sample(0.5, "x", "q\"\\\n")
                        .toString())
                .isEqualTo("# HELP a b.\n# TYPE a gauge\na{x=\"q\\\"\\\\\\n\"} 0.5\n");
    }

    @Test
    void answersNobodyWhoWasLedHereUnderAnotherName() throws Exception {
        assertThat(endpoint.answer(new Query("GET", "/health", "", "evil.example.com:51678", "127.0.0.1"))
                        .status())
                .isEqualTo(421);
        assertThat(endpoint.answer(new Query("GET", "/health", "", "localhost:51678", "127.0.0.1"))
                        .status())
                .isEqualTo(200);
        assertThat(endpoint.answer(new Query("POST", "/health", "", HOST, "127.0.0.1"))
                        .status())
                .isEqualTo(405);
    }

    private Reply get(String path, String parameters) throws InterruptedException {
        return endpoint.answer(new Query("GET", path, parameters, HOST, "127.0.0.1"));
    }

    private static JsonNode json(Reply reply) throws Exception {
        return new ObjectMapper().readTree(reply.body());
    }
}
