package dev.staithe.controlplane.intent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import dev.staithe.controlplane.model.TaskDefinitionRevision;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.HealthCheck;
import dev.staithe.proto.v1.PortMapping;
import dev.staithe.proto.v1.TaskDefinition;
import org.junit.jupiter.api.Test;

final class TaskDefinitionsTest {
    private final World world = new World();

    @Test
    void countsRevisionsFromOneInEachFamily() throws IntentException {
        assertThat(register("web").ref()).isEqualTo(new TaskDefinitionRef("web", 1));
        assertThat(register("web").ref()).isEqualTo(new TaskDefinitionRef("web", 2));
        assertThat(register("api").ref()).isEqualTo(new TaskDefinitionRef("api", 1));
    }

    @Test
    void neverReusesARevision() throws IntentException {
        register("web");
        world.definitions.deregister("web:1");

        assertThat(register("web").ref().revision()).isEqualTo(2);
    }

    @Test
    void storesWhatWasWrittenWithDefaultsFilledIn() throws IntentException {
        TaskDefinition written = TaskDefinition.newBuilder()
                .setFamily("web")
                .setCpu("1 vCPU")
                .setMemory("1GB")
                .addContainerDefinitions(ContainerDefinition.newBuilder()
                        .setName("main")
                        .setImage("app")
                        .addPortMappings(PortMapping.newBuilder().setContainerPort(80))
                        .setHealthCheck(
                                HealthCheck.newBuilder().addCommand("CMD").addCommand("true")))
                .build();

        TaskDefinition stored = world.definitions.register(written).value().spec();

        ContainerDefinition container = stored.getContainerDefinitions(0);
        assertThat(stored.getNetworkMode()).isEqualTo("bridge");
        assertThat(stored.getCpu()).isEqualTo("1024");
        assertThat(stored.getMemory()).isEqualTo("1024");
        assertThat(container.hasCpu()).isTrue();
        assertThat(container.getEssential()).isTrue();
        assertThat(container.getPortMappings(0))
                .isEqualTo(PortMapping.newBuilder()
                        .setContainerPort(80)
                        .setHostPort(0)
                        .setProtocol("tcp")
                        .build());
        assertThat(container.getHealthCheck().getInterval()).isEqualTo(30);
        assertThat(world.state()
                        .taskDefinition(new TaskDefinitionRef("web", 1))
                        .orElseThrow()
                        .spec())
                .isEqualTo(stored);
    }

    @Test
    void deregistersOnceAndForAll() throws IntentException {
        register("web");

        Written<TaskDefinitionRevision> first = world.definitions.deregister("web:1");
        Written<TaskDefinitionRevision> second = world.definitions.deregister("web:1");

        assertThat(first.value().active()).isFalse();
        assertThat(second).isEqualTo(first);
    }

    @Test
    void findsTheLatestActiveRevisionOfAFamily() throws IntentException {
        register("web");
        register("web");
        register("web");
        world.definitions.deregister("web:3");

        assertThat(TaskDefinitions.describe(world.state(), "web").ref().revision())
                .isEqualTo(2);
        assertThat(TaskDefinitions.describe(world.state(), "web:3").active()).isFalse();
    }

    @Test
    void saysWhichRevisionIsMissing() {
        IntentException refused =
                catchThrowableOfType(IntentException.class, () -> world.definitions.deregister("web:7"));

        assertThat(refused.reason()).isEqualTo(Reason.TASK_DEFINITION_NOT_FOUND);
        assertThat(refused).hasMessage("TaskDefinition not found: web:7");
    }

    @Test
    void wantsARevisionForDeregistration() {
        IntentException refused =
                catchThrowableOfType(IntentException.class, () -> world.definitions.deregister("web"));

        assertThat(refused).hasMessage("taskDefinition: web (expected: family:revision, such as web:1)");
    }

    private TaskDefinitionRevision register(String family) throws IntentException {
        return world.definitions.register(World.definition(family)).value();
    }
}
