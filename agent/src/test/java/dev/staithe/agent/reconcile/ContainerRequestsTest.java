package dev.staithe.agent.reconcile;

import static dev.staithe.agent.Tasks.container;
import static dev.staithe.agent.Tasks.id;
import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.Tasks;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.proto.v1.ContainerOverride;
import dev.staithe.proto.v1.KeyValuePair;
import dev.staithe.proto.v1.TaskOverride;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ContainerRequestsTest {
    @Test
    void namesAndLabelsAContainerAfterItsTask() {
        ContainerRequest request = request(Tasks.web(7));

        assertThat(request.name()).isEqualTo("staithe-web-3-app-" + id(7).substring(0, 12));
        assertThat(request.taskId()).isEqualTo(id(7));
        assertThat(request.labels())
                .containsEntry("dev.staithe.instance", "instance")
                .containsEntry("dev.staithe.cluster", "default")
                .containsEntry("dev.staithe.task", id(7))
                .containsEntry("dev.staithe.container", "app")
                .containsEntry("dev.staithe.family", "web")
                .containsEntry("dev.staithe.revision", "3")
                .containsEntry("dev.staithe.group", "service:web")
                .containsEntry("com.amazonaws.ecs.task-definition-version", "3");
    }

    @Test
    void isTheSameForTheSameTask() {
        assertThat(request(Tasks.web(7))).isEqualTo(request(Tasks.web(7)));
    }

    @Test
    void tellsAContainerWhoItIs() {
        assertThat(environment(request(Tasks.web(7))))
                .containsEntry("STAITHE_TASK_ID", id(7))
                .containsEntry("STAITHE_TASK_FAMILY", "web")
                .containsEntry("STAITHE_TASK_REVISION", "3")
                .containsEntry("STAITHE_CONTAINER_NAME", "app")
                .containsEntry("STAITHE_CLUSTER", "default");
    }

    @Test
    void theUsersEnvironmentWinsAndTheOverridesOverIt() {
        var task = Tasks.of(
                7,
                container("app", "web:1")
                        .addEnvironment(pair("STAITHE_CLUSTER", "mine"))
                        .addEnvironment(pair("LEVEL", "info"))
                        .addEnvironment(pair("KEPT", "yes")));
        task.setOverrides(TaskOverride.newBuilder()
                .addContainerOverrides(
                        ContainerOverride.newBuilder().setName("app").addEnvironment(pair("LEVEL", "debug"))));

        assertThat(environment(request(task)))
                .containsEntry("STAITHE_CLUSTER", "mine")
                .containsEntry("LEVEL", "debug")
                .containsEntry("KEPT", "yes");
    }

    @Test
    void appliesOverridesToTheContainerThatTheyName() {
        var task = Tasks.of(
                7,
                container("app", "web:1").addCommand("serve"),
                container("side", "web:1").addCommand("watch"));
        task.setOverrides(TaskOverride.newBuilder()
                .setCpu("512")
                .addContainerOverrides(ContainerOverride.newBuilder()
                        .setName("app")
                        .addCommand("migrate")
                        .addCommand("--all")
                        .setCpu(256)
                        .setMemory(99)
                        .setMemoryReservation(33)));

        ContainerRequest app = request(task);
        ContainerRequest side =
                ContainerRequests.of(AssignedTask.of(task.build()), "side", "instance", TaskEndpoints.NONE);

        assertThat(app.container().getCommandList()).containsExactly("migrate", "--all");
        assertThat(app.container().getCpu()).isEqualTo(256);
        assertThat(app.container().getMemory()).isEqualTo(99);
        assertThat(app.container().getMemoryReservation()).isEqualTo(33);
        assertThat(app.taskDefinition().getCpu()).isEqualTo("512");
        assertThat(side.container().getCommandList()).containsExactly("watch");
        assertThat(side.container().getMemory()).isEqualTo(64);
    }

    private static ContainerRequest request(dev.staithe.proto.agent.v1.AssignedTask.Builder task) {
        return ContainerRequests.of(AssignedTask.of(task.build()), "app", "instance", TaskEndpoints.NONE);
    }

    private static Map<String, String> environment(ContainerRequest request) {
        Map<String, String> environment = new TreeMap<>();
        request.container().getEnvironmentList().forEach(p -> environment.put(p.getName(), p.getValue()));
        return environment;
    }

    private static KeyValuePair pair(String name, String value) {
        return KeyValuePair.newBuilder().setName(name).setValue(value).build();
    }
}
