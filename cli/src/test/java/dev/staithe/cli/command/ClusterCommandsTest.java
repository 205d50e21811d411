package dev.staithe.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.staithe.cli.FakeControlPlane;
import dev.staithe.cli.Typed;
import dev.staithe.proto.v1.Cluster;
import dev.staithe.proto.v1.ClustersGrpc;
import dev.staithe.proto.v1.CreateClusterRequest;
import dev.staithe.proto.v1.CreateClusterResponse;
import dev.staithe.proto.v1.DeleteClusterRequest;
import dev.staithe.proto.v1.DeleteClusterResponse;
import dev.staithe.proto.v1.DescribeClustersResponse;
import dev.staithe.proto.v1.Failure;
import dev.staithe.proto.v1.ListClustersResponse;
import dev.staithe.proto.v1.ReleaseBrakeRequest;
import dev.staithe.proto.v1.ReleaseBrakeResponse;
import dev.staithe.proto.v1.Tag;
import io.grpc.Status;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ClusterCommandsTest {
    private final FakeControlPlane controlPlane = new FakeControlPlane();

    private static Cluster cluster(String name) {
        return Cluster.newBuilder()
                .setClusterName(name)
                .setStatus("ACTIVE")
                .setRegisteredContainerInstancesCount(2)
                .setRunningTasksCount(5)
                .setCreatedAt(Timestamp.newBuilder().setSeconds(Typed.NOW.getEpochSecond() - 3 * 3600))
                .build();
    }

    @AfterEach
    void close() {
        controlPlane.close();
    }

    @Test
    void createsACluster() {
        controlPlane.answer(
                ClustersGrpc.getCreateMethod(),
                request -> CreateClusterResponse.newBuilder()
                        .setCluster(cluster(request.getClusterName()))
                        .build());

        Typed typed = Typed.run(controlPlane, "cluster", "create", "staging");

        assertThat(typed).isEqualTo(new Typed(0, "cluster staging is ACTIVE\n", ""));
        assertThat(controlPlane.last(CreateClusterRequest.class).getClusterName())
                .isEqualTo("staging");
    }

    @Test
    void listsEveryPageOfClusters() {
        controlPlane.answer(
                ClustersGrpc.getListMethod(),
                request -> request.getNextToken().isEmpty()
                        ? ListClustersResponse.newBuilder()
                                .addClusters(cluster("default"))
                                .setNextToken("2")
                                .build()
                        : ListClustersResponse.newBuilder()
                                .addClusters(cluster("staging"))
                                .build());

        Typed typed = Typed.run(controlPlane, "cluster", "list");

        assertThat(typed.out()).isEqualTo("""
                        CLUSTER  STATUS  INSTANCES  SERVICES  RUNNING  PENDING  AGE
                        default  ACTIVE  2          0         5        0        3h
                        staging  ACTIVE  2          0         5        0        3h
                        """);
        assertThat(Typed.run(controlPlane, "cluster", "list", "-o", "name").out())
                .isEqualTo("default\nstaging\n");
    }

    @Test
    void printsTheApisMessageAsJsonAndYaml() {
        controlPlane.answer(
                ClustersGrpc.getDescribeMethod(),
                request -> DescribeClustersResponse.newBuilder()
                        .addClusters(cluster(request.getClusters(0)))
                        .build());

        assertThat(Typed.run(controlPlane, "cluster", "describe", "-o", "json").out())
                .startsWith("""
                        {
                          "clusterName": "default",
                          "status": "ACTIVE",
                          "registeredContainerInstancesCount": 2,
                          "runningTasksCount": 5,
                          "pendingTasksCount": 0,
                        """)
                .contains("\"createdAt\": \"2026-03-01T09:00:00Z\"")
                .endsWith("}\n");
        assertThat(Typed.run(controlPlane, "-o", "yaml", "--cluster", "staging", "cluster", "describe")
                        .out())
                .contains("clusterName: staging\n", "createdAt: 2026-03-01T09:00:00Z\n");
    }

    @Test
    void saysThatTheTasksOfSilentHostsAreHeldAndReleasesThem() {
        controlPlane.answer(
                ClustersGrpc.getDescribeMethod(),
                request -> DescribeClustersResponse.newBuilder()
                        .addClusters(cluster("default").toBuilder()
                                .addTags(Tag.newBuilder().setKey("team").setValue("web"))
                                .setBrake("3 of 10 container instances fell silent together: their tasks are not"
                                        + " replaced until they are heard again"))
                        .build());
        controlPlane.answer(
                ClustersGrpc.getReleaseBrakeMethod(),
                request -> ReleaseBrakeResponse.newBuilder()
                        .setCluster(cluster(request.getCluster()))
                        .build());

        assertThat(Typed.run(controlPlane, "cluster", "describe").out()).isEqualTo("""
                        cluster default ACTIVE
                        hosts            2
                        services         0
                        tasks            5 running, 0 pending
                        created          2026-03-01T09:00:00Z (3h ago)
                        BRAKE            3 of 10 container instances fell silent together: their tasks are not replaced
                                         until they are heard again
                        release it       staithe cluster release-brake default

                        TAG   VALUE
                        team  web
                        """);
        assertThat(Typed.run(controlPlane, "cluster", "release-brake"))
                .isEqualTo(new Typed(0, "cluster default: tasks of silent hosts are replaced elsewhere\n", ""));
        assertThat(controlPlane.last(ReleaseBrakeRequest.class).getCluster()).isEqualTo("default");
    }

    @Test
    void saysThatAClusterDoesNotExist() {
        controlPlane.answer(
                ClustersGrpc.getDescribeMethod(),
                request -> DescribeClustersResponse.newBuilder()
                        .addFailures(Failure.newBuilder().setResource("nope").setReason("MISSING"))
                        .build());

        assertThat(Typed.run(controlPlane, "cluster", "describe", "nope"))
                .isEqualTo(new Typed(7, "", "error: there is no cluster nope\ntry: staithe cluster list\n"));
    }

    @Test
    void deletesAClusterOrSaysWhyNot() {
        controlPlane.answer(ClustersGrpc.getDeleteMethod(), request -> {
            if (request.getCluster().equals("full")) {
                throw FakeControlPlane.refusal(
                        Status.Code.FAILED_PRECONDITION, "CLUSTER_NOT_EMPTY", "cluster full has 2 services");
            }
            return DeleteClusterResponse.newBuilder()
                    .setCluster(cluster(request.getCluster()))
                    .build();
        });

        assertThat(Typed.run(controlPlane, "cluster", "delete", "staging").out())
                .isEqualTo("cluster staging is deleted\n");
        assertThat(controlPlane.last(DeleteClusterRequest.class).getCluster()).isEqualTo("staging");
        Typed refused = Typed.run(controlPlane, "cluster", "delete", "full");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).startsWith("error: cluster full has 2 services\ntry: staithe service list");
    }

    @Test
    void followsARedirectToTheLeader() {
        try (FakeControlPlane leader = new FakeControlPlane()) {
            leader.answer(
                    ClustersGrpc.getCreateMethod(),
                    request -> CreateClusterResponse.newBuilder()
                            .setCluster(cluster(request.getClusterName()))
                            .build());
            controlPlane.answer(ClustersGrpc.getCreateMethod(), request -> {
                throw FakeControlPlane.refusal(
                        Status.Code.FAILED_PRECONDITION,
                        "NOT_LEADER",
                        "the leader is elsewhere",
                        Map.of("leader", leader.address()));
            });

            assertThat(Typed.run(controlPlane, "cluster", "create", "staging").exitCode())
                    .isZero();
        }
    }
}
