package dev.staithe.controlplane.api.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.staithe.controlplane.api.grpc.Edge.Refusal;
import dev.staithe.controlplane.intent.TaskCommands;
import dev.staithe.controlplane.intent.World;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.proto.v1.ListTagsForResourceRequest;
import dev.staithe.proto.v1.Tag;
import dev.staithe.proto.v1.TagResourceRequest;
import dev.staithe.proto.v1.TagsGrpc;
import dev.staithe.proto.v1.UntagResourceRequest;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TagsEndpointTest {
    private static final String TASK = "abcd" + "0".repeat(28);

    private final Edge edge = new Edge();
    private final TagsGrpc.TagsBlockingStub tags = Edge.patient(TagsGrpc.newBlockingStub(edge.channel()));
    private final Service service = edge.world.created("web", 1);

    TagsEndpointTest() throws Exception {
        edge.world.put(World.instance("1".repeat(32), "default", "host-a"));
        edge.world.put(World.task(service, TASK, TaskStatus.RUNNING));
    }

    @AfterEach
    void close() {
        edge.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cluster/default", "service/web", "container-instance/host-a", "task-definition/web:1"})
    void addsChangesAndRemovesTags(String resource) {
        assertThat(listed(resource)).isEmpty();

        tag(resource, tag("team", "a"), tag("stage", "test"));
        tag(resource, tag("who", "me"), tag("team", "b"));
        assertThat(listed(resource)).containsExactly(tag("team", "b"), tag("stage", "test"), tag("who", "me"));

        untag(resource, "stage", "nothing");
        assertThat(listed(resource)).containsExactly(tag("team", "b"), tag("who", "me"));
    }

    @Test
    void asksTheLeaderToTagATask() {
        tag("task/abcd", tag("team", "a"));

        assertThat(edge.leader.told(TaskCommands.TagTask.class))
                .singleElement()
                .satisfies(c -> assertThat(c.taskId()).isEqualTo(TASK));
        assertThat(listed("task/abcd")).isEmpty();
    }

    @Test
    void keepsTheRestOfWhatIsTagged() throws Exception {
        tag("service/web", tag("team", "a"));
        tag("task-definition/web:1", tag("team", "a"));
        edge.world.definitions.deregister("web:1");

        assertThat(edge.world.state().service("default", "web").orElseThrow())
                .isEqualTo(service.tagged(List.of(tag("team", "a"))));
        assertThat(listed("task-definition/web:1")).containsExactly(tag("team", "a"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cluster/nope|NOT_FOUND|Cluster not found: nope (create it first)",
                "service/nope|NOT_FOUND|Service not found: nope in cluster default",
                "task/eeee|NOT_FOUND|The referenced task was not found: eeee in cluster default",
                "container-instance/nope|NOT_FOUND|Container instance not found: nope in cluster default",
                "task-definition/web:9|NOT_FOUND|TaskDefinition not found: web:9",
                "task-definition/web|INVALID_ARGUMENT|resource: task-definition/web (expected: cluster/NAME,"
                        + " service/NAME, task/ID, container-instance/ID, or task-definition/FAMILY:REVISION)",
            })
    void saysWhatItDoesNotFind(String resource, String code, String message) {
        assertThat(refused(() -> tag(resource, tag("a", "")))).satisfies(r -> {
            assertThat(r.code()).isEqualTo(code);
            assertThat(r.message()).isEqualTo(message);
        });
        assertThat(refused(() -> listed(resource)).message()).isEqualTo(message);
    }

    @Test
    void refusesKeysThatMayNotBeAndMoreThanFifty() {
        assertThat(refused(() -> tag("service/web", tag("aws:x", ""))).message())
                .isEqualTo("tags[0].key: aws:x (expected: a key that does not begin with aws:)");
        assertThat(refused(() -> tag("service/web")).message()).isEqualTo("tags: none (expected: 1-50)");
        assertThat(refused(() -> untag("service/web")).message()).isEqualTo("tagKeys: 0 keys (expected: 1-50)");

        tag(
                "service/web",
                IntStream.range(0, 50).mapToObj(i -> tag("k" + i, "")).toArray(Tag[]::new));
        assertThat(refused(() -> tag("service/web", tag("more", ""))).message())
                .isEqualTo("tags: 51 tags on one resource (expected: at most 50)");
    }

    private void tag(String resource, Tag... wanted) {
        var done = tags.tag(TagResourceRequest.newBuilder()
                .setResource(resource)
                .addAllTags(List.of(wanted))
                .build());
        assertThat(done.getSerializedSize()).isZero();
    }

    private void untag(String resource, String... keys) {
        var done = tags.untag(UntagResourceRequest.newBuilder()
                .setResource(resource)
                .addAllTagKeys(List.of(keys))
                .build());
        assertThat(done.getSerializedSize()).isZero();
    }

    private List<Tag> listed(String resource) {
        return tags.list(ListTagsForResourceRequest.newBuilder()
                        .setResource(resource)
                        .build())
                .getTagsList();
    }

    private static Tag tag(String key, String value) {
        return Tag.newBuilder().setKey(key).setValue(value).build();
    }

    private static Refusal refused(Runnable call) {
        return Refusal.of(catchThrowableOfType(StatusRuntimeException.class, call::run));
    }
}
