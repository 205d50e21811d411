package dev.staithe.controlplane.intent;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.CreateServiceRequest;
import dev.staithe.proto.v1.HealthCheck;
import dev.staithe.proto.v1.KeyValuePair;
import dev.staithe.proto.v1.MountPoint;
import dev.staithe.proto.v1.PortMapping;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.Volume;
import org.junit.jupiter.api.Test;

/** Whatever is sent is either accepted or refused in words: no other exception gets out. */
final class RequestFuzzTest {
    private static final int INPUTS = 50_000;
    private static final int INPUTS_OF_A_WORLD = 500;
    private static final long SEED = 20_261_120;

    /** Accepts or refuses. */
    @FunctionalInterface
    private interface Target {
        void send(World world, ClusterState state, Message request) throws IntentException;
    }

    @Test
    void acceptsOrRefusesEveryTaskDefinition() throws IntentException {
        TaskDefinition valid = World.definition("web").toBuilder()
                .addVolumes(Volume.newBuilder().setName("data"))
                .addContainerDefinitions(ContainerDefinition.newBuilder()
                        .setName("side")
                        .setImage("side")
                        .setMemoryReservation(6)
                        .addPortMappings(PortMapping.newBuilder().setContainerPort(80))
                        .addEnvironment(KeyValuePair.newBuilder().setName("A"))
                        .addMountPoints(
                                MountPoint.newBuilder().setSourceVolume("data").setContainerPath("/data"))
                        .setHealthCheck(
                                HealthCheck.newBuilder().addCommand("CMD").addCommand("true")))
                .build();

        fuzz(valid, (world, state, request) -> world.definitions.register((TaskDefinition) request));
    }

    @Test
    void acceptsOrRefusesEveryService() throws IntentException {
        fuzz(
                World.service("web", "web", 1),
                (world, state, request) -> world.services.create((CreateServiceRequest) request, state));
    }

    private static void fuzz(Message valid, Target target) throws IntentException {
        RequestFuzz fuzz = new RequestFuzz(SEED);
        World world = World.withDefaultCluster();
        ClusterState state = world.state();
        int accepted = 0;
        for (int i = 0; i < INPUTS; i++) {
            if (i % INPUTS_OF_A_WORLD == 0) {
                world = World.withDefaultCluster();
                world.definitions.register(World.definition("web"));
                state = world.state();
            }
            Message request = fuzz.changed(valid);
            try {
                target.send(world, state, request);
                accepted++;
            } catch (IntentException refusal) {
                assertThat(refusal.getMessage()).doesNotContain("\n").hasSizeLessThan(2000);
            } catch (RuntimeException bug) {
                throw new AssertionError("seed " + SEED + ", input " + i + ":\n" + request, bug);
            }
        }
        assertThat(accepted).isBetween(1, INPUTS - 1);
    }
}
