package dev.staithe.agent.container.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.model.HostConfig;
import com.google.protobuf.TextFormat;
import dev.staithe.proto.v1.TaskDefinition;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Containers of one task that know of each other. */
final class PeerMappingTest extends MappingTable {
    private static final String SLEEPS = " command: ['sleep', '60'] ";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ''               | HostConfig.PidMode | absent      | ""
                    pid_mode: "host" | HostConfig.PidMode | "host"      | ''
                    pid_mode: "task" | HostConfig.PidMode | absent      | ""
                    ipc_mode: "host" | HostConfig.IpcMode | "host"      | ''
                    ipc_mode: "none" | HostConfig.IpcMode | "none"      | ''
                    ipc_mode: "task" | HostConfig.IpcMode | "shareable" | ''
                    """)
    void sharesNamespaces(String task, String path, String asked, String shown) throws Exception {
        check(task, "", path, asked, shown);
    }

    @Test
    void joinsTheNamespacesOfTheFirst() throws Exception {
        TaskDefinition task = task("pid_mode: 'task' ipc_mode: 'task'", "", "essential: false");
        String first = start(task, "first");

        HostConfig second = shown(start(task, "second"));

        assertThat(second.getPidMode()).isEqualTo("container:" + first);
        assertThat(second.getIpcMode()).isEqualTo("container:" + first);
        assertThat(shown(first).getIpcMode()).isEqualTo("shareable");
    }

    @Test
    void linksToAnotherByItsNameAndItsAlias() throws Exception {
        TaskDefinition task = task("", "", "links: ['first', 'first:store']");
        start(task, "first");

        HostConfig second = shown(start(task, "second"));

        assertThat(Arrays.stream(second.getLinks()))
                .extracting(link -> link.getName() + ":" + link.getAlias())
                .containsExactlyInAnyOrder(engineName("first") + ":first", engineName("first") + ":store");
    }

    @Test
    void mountsWhatAnotherMounts() throws Exception {
        TaskDefinition task = task(
                "volumes { name: 'data' }",
                "mount_points { source_volume: 'data' container_path: '/data' }",
                "volumes_from { source_container: 'first' read_only: true }");
        runtime.create(request(task, "first"));

        var second = engine.client()
                .inspectContainerCmd(runtime.create(request(task, "second")))
                .exec();

        assertThat(second.getMounts()).singleElement().satisfies(mount -> {
            assertThat(mount.getName()).isEqualTo("staithe-" + TASK + "-data");
            assertThat(mount.getRW()).isFalse();
        });
    }

    @Test
    void aPeerThatIsNoneIsRefusedByTheNameOfTheField() throws Exception {
        TaskDefinition task = task("", "", "links: 'other'");

        assertThatThrownBy(() -> runtime.create(request(task, "second")))
                .hasMessage("links: other (expected: a container of the task)");
    }

    private HostConfig shown(String id) {
        return engine.client().inspectContainerCmd(id).exec().getHostConfig();
    }

    private String start(TaskDefinition task, String name) throws Exception {
        String id = runtime.create(request(task, name));
        runtime.start(id);
        return id;
    }

    private String engineName(String container) {
        return "staithe-test-" + engine.instance() + "-" + container;
    }

    private static TaskDefinition task(String settings, String first, String second) throws TextFormat.ParseException {
        return TextFormat.parse(
                settings + " container_definitions { name: 'first'" + SLEEPS + first
                        + " } container_definitions { name: 'second'" + SLEEPS + second + " }",
                TaskDefinition.class);
    }
}
