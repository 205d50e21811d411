package dev.staithe.agent.container.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.core.DockerClientConfig;
import com.google.protobuf.TextFormat;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.TaskDefinition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/**
 * Tables of settings: what a definition says, what the engine is asked to create, and what it shows of the container that it
 * made. Every row is proven on the real engine; containers are created, and started only where a test does so.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class MappingTable {
    static final String TASK = "0123456789abcdef0123456789abcdef";

    final TestEngine engine = new TestEngine();
    final DockerRuntime runtime = engine.runtime(engine.instance(), DockerDeadlines.standard());
    private final ObjectMapper json = DockerClientConfig.getDefaultObjectMapper();
    private String image = "";

    @BeforeAll
    void buildImage() {
        image = TestImages.busybox(engine.client());
    }

    @AfterEach
    void removeContainers() throws ContainerFault {
        for (var view : runtime.list()) {
            runtime.stop(view.id(), Duration.ZERO);
            runtime.remove(view.id());
        }
        for (var volume : runtime.listVolumes()) {
            runtime.removeVolume(volume.name());
        }
    }

    @AfterAll
    void cleanUp() {
        engine.close();
    }

    /**
     * One row.
     *
     * @param task settings of the task, and
     * @param app of its container "app", in protobuf's text format
     * @param path of what the engine is asked, and shows: HostConfig.CapAdd
     * @param asked JSON, or "absent"
     * @param shown JSON, or "absent"; empty = as asked
     */
    void check(String task, String app, String path, String asked, String shown) throws Exception {
        ContainerRequest request = request(task, app);

        JsonNode command = tree(ContainerMappers.command(engine.client(), request));
        JsonNode inspected = tree(
                engine.client().inspectContainerCmd(runtime.create(request)).exec());

        assertThat(at(command, path)).as("asked").isEqualTo(expected(asked));
        assertThat(at(inspected, path)).as("shown").isEqualTo(expected(shown.isEmpty() ? asked : shown));
    }

    /** The first container of the task: app. */
    ContainerRequest request(String task, String app) throws TextFormat.ParseException {
        return request(
                TextFormat.parse(
                        task + " container_definitions { name: 'app' image: '" + image + "' " + app + " }",
                        TaskDefinition.class),
                "app");
    }

    ContainerRequest request(TaskDefinition task, String name) {
        TaskDefinition.Builder definition = task.toBuilder().setFamily("test").setRevision(7);
        definition.getContainerDefinitionsBuilderList().stream()
                .filter(c -> c.getImage().isEmpty())
                .forEach(c -> c.setImage(image));
        TaskDefinition built = definition.build();
        Map<String, String> peers = new TreeMap<>();
        built.getContainerDefinitionsList()
                .forEach(c -> peers.put(c.getName(), "staithe-test-" + engine.instance() + "-" + c.getName()));
        ContainerDefinition container = built.getContainerDefinitionsList().stream()
                .filter(c -> c.getName().equals(name))
                .findFirst()
                .orElseThrow();
        return new ContainerRequest(
                peers.getOrDefault(name, ""),
                TASK,
                built,
                container,
                ContainerLabels.of(engine.instance(), "default", TASK, built, name),
                List.of(),
                peers);
    }

    /** As it goes over the wire. */
    private JsonNode tree(Object value) throws Exception {
        return json.readTree(json.writeValueAsString(value));
    }

    private JsonNode at(JsonNode tree, String path) {
        JsonNode at = tree;
        for (String name : path.split("\\.", -1)) {
            at = at.path(name);
        }
        return at.isNull() ? json.missingNode() : at;
    }

    private JsonNode expected(String text) throws Exception {
        return text.equals("absent") ? json.missingNode() : json.readTree(text);
    }
}
