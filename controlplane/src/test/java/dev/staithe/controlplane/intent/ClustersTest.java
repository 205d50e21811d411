package dev.staithe.controlplane.intent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.proto.v1.CreateClusterRequest;
import dev.staithe.proto.v1.DeleteClusterRequest;
import dev.staithe.proto.v1.DeleteServiceRequest;
import dev.staithe.proto.v1.ReleaseBrakeRequest;
import org.junit.jupiter.api.Test;

final class ClustersTest {
    private final World world = new World();

    @Test
    void answersWithTheClusterThatIsThere() throws IntentException {
        var first = world.clusters.create(
                CreateClusterRequest.newBuilder().setClusterName("prod").build());
        var second = world.clusters.create(
                CreateClusterRequest.newBuilder().setClusterName("prod").build());

        assertThat(second).isEqualTo(first);
    }

    @Test
    void deletesAnEmptyCluster() throws IntentException {
        world.clusters.ensureDefault();

        delete();

        assertThat(world.state().cluster("default")).isEmpty();
    }

    @Test
    void keepsAClusterThatHasAService() throws IntentException {
        world.clusters.ensureDefault();
        world.created("web", 1);

        IntentException refused = refusedDeletion();

        assertThat(refused.reason()).isEqualTo(Reason.CLUSTER_NOT_EMPTY);
        assertThat(refused)
                .hasMessage("ClusterContainsServicesException: cluster default has 1 services (delete them first)");
    }

    @Test
    void keepsAClusterWhileTasksOfADeletedServiceStop() throws IntentException {
        world.clusters.ensureDefault();
        Service service = world.created("web", 1);
        world.put(World.task(service, "a".repeat(32), TaskStatus.RUNNING));
        world.services.delete(
                DeleteServiceRequest.newBuilder()
                        .setService("web")
                        .setForce(true)
                        .build(),
                world.state());

        assertThat(refusedDeletion())
                .hasMessageStartingWith("ClusterContainsTasksException: cluster default has 1 tasks");
    }

    @Test
    void keepsAClusterThatHasAnInstance() throws IntentException {
        world.clusters.ensureDefault();
        world.put(World.instance("1".repeat(32), "default", "host-a"));

        assertThat(refusedDeletion())
                .hasMessageStartingWith(
                        "ClusterContainsContainerInstancesException: cluster default has 1 container instances");
    }

    @Test
    void keepsAClusterInWhichAServiceIsCreatedMeanwhile() throws IntentException {
        world.clusters.ensureDefault();
        world.definitions.register(World.definition("web"));
        world.store.next(FaultyStore.after(() -> {
            try {
                world.services.create(World.service("web", "web", 1), world.state());
            } catch (IntentException e) {
                throw new AssertionError(e);
            }
        }));

        assertThat(refusedDeletion().reason()).isEqualTo(Reason.CLUSTER_NOT_EMPTY);
    }

    @Test
    void knowsADeletionWhoseAnswerWasLost() throws IntentException {
        world.clusters.ensureDefault();
        world.store.next(FaultyStore.APPLIED_UNSEEN);

        assertThat(delete().value().name()).isEqualTo("default");
    }

    @Test
    void releasesTheBrakeOnceMoreEachTime() throws IntentException {
        world.clusters.ensureDefault();
        ReleaseBrakeRequest request = ReleaseBrakeRequest.getDefaultInstance();

        world.clusters.releaseBrake(request);

        assertThat(world.clusters.releaseBrake(request).value().brakeReleases()).isEqualTo(2);
    }

    @Test
    void saysThatThereIsNoSuchCluster() {
        assertThat(refusedDeletion().reason()).isEqualTo(Reason.CLUSTER_NOT_FOUND);
    }

    private Written<dev.staithe.controlplane.model.Cluster> delete() throws IntentException {
        return world.clusters.delete(
                DeleteClusterRequest.newBuilder().setCluster("default").build());
    }

    private IntentException refusedDeletion() {
        return catchThrowableOfType(IntentException.class, this::delete);
    }
}
