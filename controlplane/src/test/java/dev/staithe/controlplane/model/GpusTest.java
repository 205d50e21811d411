package dev.staithe.controlplane.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.ResourceRequirement;
import dev.staithe.proto.v1.TaskDefinition;
import java.util.List;
import org.junit.jupiter.api.Test;

class GpusTest {
    private static final TaskDefinition DEFINITION = TaskDefinition.newBuilder()
            .addContainerDefinitions(container("train").addResourceRequirements(gpus("2")))
            .addContainerDefinitions(container("proxy"))
            .addContainerDefinitions(container("eval").addResourceRequirements(gpus("1")))
            .build();

    @Test
    void aTaskTakesTheSumOfWhatItsContainersAskFor() {
        assertThat(Demand.of(DEFINITION).gpus()).isEqualTo(3);
    }

    @Test
    void eachContainerInTurnGetsAsManyAsItAsksFor() {
        assertThat(Gpus.shared(DEFINITION, List.of("a", "b", "c")))
                .containsOnlyKeys("train", "eval")
                .containsEntry("train", List.of("a", "b"))
                .containsEntry("eval", List.of("c"));
    }

    @Test
    void aTaskWithoutGpusSharesNone() {
        assertThat(Gpus.shared(DEFINITION, List.of())).isEmpty();
    }

    private static ContainerDefinition.Builder container(String name) {
        return ContainerDefinition.newBuilder().setName(name);
    }

    private static ResourceRequirement gpus(String count) {
        return ResourceRequirement.newBuilder().setType("GPU").setValue(count).build();
    }
}
