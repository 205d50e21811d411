package dev.staithe.agent.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.staithe.agent.Tasks;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.secrets.RoleCredentialsSource;
import dev.staithe.runtime.Outcome;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is answered what, without a wire. */
final class MetadataEndpointTest {
    private static final String ADDRESS = "169.254.170.2";
    private static final String OWN = "172.17.0.2";

    private final EndpointIds ids = new EndpointIds(new byte[32], ADDRESS);
    private final Held held = new Held().with(1, OWN).with(2, "172.17.0.3");
    private final MetadataEndpoint endpoint =
            endpoint((task, then) -> then.accept(new Outcome.Failed<>(new ContainerFault(
                    ContainerFault.Kind.ResourceInitializationError, "the role reader is not known", false))));

    @AfterEach
    void close() {
        held.close();
    }

    @Test
    void writesAContainerInTheShapeOfEcs() throws Exception {
        JsonNode document = json(get("/v4/" + id(1)));

        assertThat(document.toString()).isEqualTo("""
                {"DockerId":"container1","Name":"app","DockerName":"staithe-web-3-app-000000000001",\
                "Image":"shop/web:1","ImageID":"sha256:1","Labels":{"com.amazonaws.ecs.cluster":"default"},\
                "DesiredStatus":"RUNNING","KnownStatus":"RUNNING","Limits":{"CPU":0,"Memory":64},\
                "CreatedAt":"2023-11-14T22:13:20Z","StartedAt":"2023-11-14T22:13:21Z","Type":"NORMAL",\
                "ContainerARN":"00000000000100000000000000000000/app",\
                "Health":{"status":"HEALTHY","output":"fine"},\
                "Networks":[{"NetworkMode":"bridge","IPv4Addresses":["172.17.0.2"],"MACAddress":"02:42:ac:11:00:02"}],\
                "Ports":[{"ContainerPort":80,"Protocol":"tcp","HostPort":32768,"HostIp":"0.0.0.0"}]}""");
    }

    @Test
    void writesATaskInTheShapeOfEcs() throws Exception {
        JsonNode document = json(get("/v4/" + id(1) + "/task"));

        assertThat(document.path("Containers")).hasSize(1);
        ((com.fasterxml.jackson.databind.node.ObjectNode) document).remove("Containers");
        assertThat(document.toString()).isEqualTo("""
                {"Cluster":"default","TaskARN":"00000000000100000000000000000000","Family":"web","ServiceName":"web",\
                "Revision":"3","DesiredStatus":"RUNNING","KnownStatus":"RUNNING","Limits":{"CPU":0.5},\
                "AvailabilityZone":"dock-1","LaunchType":"EC2"}""");
    }

    @Test
    void aContainerIsAnsweredAboutItselfAlone() throws Exception {
        assertThat(get("/v4/" + id(1)).status()).isEqualTo(200);
        assertThat(get("/v4/" + id(1) + "/").status()).isEqualTo(200);
        assertThat(get("/v4/" + id(2)).status()).isEqualTo(404);
        assertThat(get("/v4/" + id(2) + "/task").status()).isEqualTo(404);
        assertThat(get("/v4/" + id(2) + "/stats").status()).isEqualTo(404);
    }

    @Test
    void anIdThatIsGuessedIsNone() throws Exception {
        String right = id(1);
        String wrong = right.substring(0, right.length() - 1) + (right.endsWith("0") ? "1" : "0");

        assertThat(get("/v4/" + wrong).status()).isEqualTo(404);
        assertThat(get("/v4/" + Tasks.id(1)).status()).isEqualTo(404);
        assertThat(get("/v4/" + ids.credentials(Tasks.id(1))).status()).isEqualTo(404);
        assertThat(get("/v2/credentials/" + right).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/v4",
                "/v4/",
                "/v4/../v4",
                "/v3/x",
                "/v4/x/taskWithTags",
                "/v4/x/task/stats/more",
                "/latest/meta-data"
            })
    void answersNoOtherPath(String path) throws Exception {
        Reply reply = get(path);

        assertThat(reply.status()).isEqualTo(404);
        assertThat(json(reply).isTextual()).isTrue();
    }

    @Test
    void aPageThatWasLedHereUnderAnotherNameIsRefused() throws Exception {
        for (String host : new String[] {"rebound.example.com", "169.254.170.2.example.com", "", "169.254.170.2:81"}) {
            assertThat(endpoint.answer(new Query("GET", "/v4/" + id(1), "", host, OWN))
                            .status())
                    .as(host)
                    .isEqualTo(421);
        }
        assertThat(endpoint.answer(new Query("GET", "/v4/" + id(1), "", ADDRESS + ":80", OWN))
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "HEAD", "OPTIONS"})
    void nothingIsChangedHere(String method) throws Exception {
        assertThat(endpoint.answer(new Query(method, "/v4/" + id(1), "", ADDRESS, OWN))
                        .status())
                .isEqualTo(405);
    }

    @Test
    void whoAsksTooOftenWaits() throws Exception {
        TreeSet<Integer> answers = new TreeSet<>();
        for (int i = 0; i < 200; i++) {
            answers.add(get("/v4/" + id(1)).status());
        }

        assertThat(answers).containsExactly(200, 429);
        // One container's haste is not another's.
        assertThat(endpoint.answer(new Query("GET", "/v4/" + id(2), "", ADDRESS, "172.17.0.3"))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void credentialsThatCannotBeHadAreToBeAskedForAgain() throws Exception {
        // The fake engine does not know the container, so nobody is its task.
        Reply reply = get("/v2/credentials/" + ids.credentials(Tasks.id(1)));

        assertThat(reply.status()).isEqualTo(400);
        assertThat(json(reply).path("code").asText()).isEqualTo("InvalidIdInRequest");
        CredentialsAnswer answer = new CredentialsAnswer(
                new OnLoop(held.environment, held.loop),
                (task, then) -> then.accept(new Outcome.Failed<>(new ContainerFault(
                        ContainerFault.Kind.ResourceInitializationError, "the role reader is not known", false))),
                held.environment.time());
        Reply unavailable = answer.of(Tasks.id(1));
        assertThat(unavailable.status()).isEqualTo(503);
        assertThat(json(unavailable).path("message").asText()).contains("the role reader is not known");
    }

    @Test
    void tellsContainersWhereTheirEndpointsAre() {
        AssignedTask task =
                Objects.requireNonNull(held.task(Tasks.id(1)).orElseThrow().assignment());

        assertThat(ids.variables(task, "app"))
                .containsEntry("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4/" + id(1))
                .containsEntry(
                        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/" + ids.credentials(Tasks.id(1)))
                .hasSize(2);
        assertThat(new EndpointIds(new byte[32], "127.0.0.1:99").variables(task, "app"))
                .containsKeys("ECS_CONTAINER_METADATA_URI_V4", "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    }

    @Test
    void idsOfOneHostAreNotThoseOfAnother() {
        byte[] other = new byte[32];
        other[0] = 1;

        assertThat(new EndpointIds(other, ADDRESS).container(Tasks.id(1), "app"))
                .isNotEqualTo(id(1));
        assertThat(new EndpointIds(new byte[32], ADDRESS).container(Tasks.id(1), "app"))
                .isEqualTo(id(1));
        assertThat(id(1)).hasSize(57).startsWith(Tasks.id(1) + "-");
    }

    private MetadataEndpoint endpoint(RoleCredentialsSource credentials) {
        OnLoop loop = new OnLoop(held.environment, held.loop);
        return new MetadataEndpoint(
                ADDRESS,
                ids,
                loop,
                held,
                new Callers(held.runtime),
                new RateLimit(held.environment.time()),
                new MetadataDocuments("dock-1"),
                new ContainerStatistics(held.runtime, held.environment.time()),
                new CredentialsAnswer(loop, credentials, held.environment.time()));
    }

    private Reply get(String path) throws InterruptedException {
        return endpoint.answer(new Query("GET", path, "", ADDRESS, OWN));
    }

    private String id(int number) {
        return ids.container(Tasks.id(number), "app");
    }

    private static JsonNode json(Reply reply) throws Exception {
        return new ObjectMapper().readTree(reply.body());
    }
}
