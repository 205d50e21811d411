package dev.staithe.agent.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.ContainerDependency;
import dev.staithe.proto.v1.ContainerRestartPolicy;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.VolumeFrom;
import java.util.List;
import org.junit.jupiter.api.Test;

class TaskPeersTest {
    private static final ContainerDefinition DB = container("db").build();
    private static final ContainerDefinition APP =
            container("app").addLinks("db:database").addLinks("cache").build();

    @Test
    void aLinkNeedsItsTargetToRun() {
        TaskDefinition task = task(DB, container("cache").build(), APP);

        assertThat(TaskPeers.neededForCreate(task, APP)).containsExactly("cache", "db");
        assertThat(TaskPeers.neededForStart(task, APP)).containsExactly("cache", "db");
        assertThat(TaskPeers.neededForStart(task, DB)).isEmpty();
    }

    @Test
    void volumesFromNeedTheirSourceToExistOnly() {
        ContainerDefinition reader = container("reader")
                .addVolumesFrom(VolumeFrom.newBuilder().setSourceContainer("db"))
                .build();
        TaskDefinition task = task(DB, reader);

        assertThat(TaskPeers.neededForCreate(task, reader)).containsExactly("db");
        assertThat(TaskPeers.neededForStart(task, reader)).isEmpty();
    }

    @Test
    void sharedNamespacesBelongToWhatLivesAsLongAsTheTask() {
        TaskDefinition task = task(
                container("helper").setEssential(false).build(),
                container("restarted")
                        .setRestartPolicy(ContainerRestartPolicy.newBuilder().setEnabled(true))
                        .build(),
                container("late")
                        .addDependsOn(ContainerDependency.newBuilder().setContainerName("db"))
                        .build(),
                DB,
                container("other").build());
        TaskDefinition shared = task.toBuilder().setPidMode("task").build();

        assertThat(TaskPeers.namespaceOwner(shared)).contains("db");
        assertThat(TaskPeers.neededForStart(shared, DB)).isEmpty();
        assertThat(TaskPeers.neededForStart(shared, shared.getContainerDefinitions(0)))
                .containsExactly("db");
        assertThat(TaskPeers.namespaceOwner(task)).isEmpty();
        assertThat(TaskPeers.namespaceOwner(task.toBuilder().setIpcMode("host").build()))
                .isEmpty();
    }

    @Test
    void oneContainerSharesItsNamespacesWithNobody() {
        assertThat(TaskPeers.namespaceOwner(
                        task(DB).toBuilder().setIpcMode("task").build()))
                .isEmpty();
    }

    private static ContainerDefinition.Builder container(String name) {
        return ContainerDefinition.newBuilder().setName(name);
    }

    private static TaskDefinition task(ContainerDefinition... containers) {
        return TaskDefinition.newBuilder()
                .addAllContainerDefinitions(List.of(containers))
                .build();
    }
}
