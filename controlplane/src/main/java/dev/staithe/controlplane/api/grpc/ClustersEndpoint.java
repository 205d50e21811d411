package dev.staithe.controlplane.api.grpc;

import dev.staithe.controlplane.intent.Clusters;
import dev.staithe.controlplane.intent.Written;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.Cluster;
import dev.staithe.proto.v1.ClustersGrpc;
import dev.staithe.proto.v1.CreateClusterRequest;
import dev.staithe.proto.v1.CreateClusterResponse;
import dev.staithe.proto.v1.DeleteClusterRequest;
import dev.staithe.proto.v1.DeleteClusterResponse;
import dev.staithe.proto.v1.DescribeClustersRequest;
import dev.staithe.proto.v1.DescribeClustersResponse;
import dev.staithe.proto.v1.ListClustersRequest;
import dev.staithe.proto.v1.ListClustersResponse;
import dev.staithe.proto.v1.ReleaseBrakeRequest;
import dev.staithe.proto.v1.ReleaseBrakeResponse;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;

/** The service {@code staithe.v1.Clusters}. */
final class ClustersEndpoint extends ClustersGrpc.ClustersImplBase {
    private static final int MOST_DESCRIBED = 100;

    private final View view;
    private final Clusters clusters;

    ClustersEndpoint(View view, Clusters clusters) {
        this.view = view;
        this.clusters = clusters;
    }

    @Override
    public void create(CreateClusterRequest request, StreamObserver<CreateClusterResponse> caller) {
        Calls.answer(caller, () -> {
            Written<dev.staithe.controlplane.model.Cluster> written = clusters.create(request);
            return CreateClusterResponse.newBuilder()
                    .setCluster(message(view.after(written.revision()), written.value(), "ACTIVE"))
                    .build();
        });
    }

    @Override
    public void list(ListClustersRequest request, StreamObserver<ListClustersResponse> caller) {
        Calls.answer(caller, () -> {
            ClusterState state = view.current();
            var page = Paging.page(
                    List.copyOf(state.clusters()),
                    dev.staithe.controlplane.model.Cluster::name,
                    false,
                    request.getMaxResults(),
                    request.getNextToken());
            ListClustersResponse.Builder response =
                    ListClustersResponse.newBuilder().setNextToken(page.nextToken());
            page.elements().forEach(c -> response.addClusters(message(state, c, "ACTIVE")));
            return response.build();
        });
    }

    @Override
    public void describe(DescribeClustersRequest request, StreamObserver<DescribeClustersResponse> caller) {
        Calls.answer(caller, () -> {
            Requests.checkMost("clusters", request.getClustersList(), MOST_DESCRIBED);
            ClusterState state = view.current();
            List<String> names =
                    request.getClustersCount() == 0 ? List.of(Clusters.DEFAULT) : request.getClustersList();
            DescribeClustersResponse.Builder response = DescribeClustersResponse.newBuilder();
            for (String name : names) {
                Optional<dev.staithe.controlplane.model.Cluster> cluster = state.cluster(name);
                if (cluster.isPresent()) {
                    response.addClusters(message(state, cluster.get(), "ACTIVE"));
                } else {
                    response.addFailures(Requests.missing(name));
                }
            }
            return response.build();
        });
    }

    @Override
    public void delete(DeleteClusterRequest request, StreamObserver<DeleteClusterResponse> caller) {
        Calls.answer(caller, () -> {
            Written<dev.staithe.controlplane.model.Cluster> written = clusters.delete(request);
            return DeleteClusterResponse.newBuilder()
                    .setCluster(message(view.after(written.revision()), written.value(), "INACTIVE"))
                    .build();
        });
    }

    @Override
    public void releaseBrake(ReleaseBrakeRequest request, StreamObserver<ReleaseBrakeResponse> caller) {
        Calls.answer(caller, () -> {
            Written<dev.staithe.controlplane.model.Cluster> written = clusters.releaseBrake(request);
            return ReleaseBrakeResponse.newBuilder()
                    .setCluster(message(view.after(written.revision()), written.value(), "ACTIVE"))
                    .build();
        });
    }

    private static String brake(ClusterState state, dev.staithe.controlplane.model.Cluster cluster) {
        return state.brake(cluster.name())
                .filter(brake -> brake.on(cluster))
                .map(brake -> brake.silent() + " of " + brake.hosts()
                        + " container instances fell silent together: their tasks are not replaced until they are heard"
                        + " again, or the brake is released, or its window ends")
                .orElse("");
    }

    private static Cluster message(ClusterState state, dev.staithe.controlplane.model.Cluster cluster, String status) {
        Cluster.Builder message = Cluster.newBuilder()
                .setClusterName(cluster.name())
                .setStatus(status)
                .setCreatedAt(Requests.timestamp(cluster.createdAtMillis()))
                .setBrake(brake(state, cluster))
                .addAllTags(cluster.tags());
        message.setRegisteredContainerInstancesCount((int) state.instances().stream()
                .filter(i -> i.cluster().equals(cluster.name()) && i.status() != ContainerInstance.Status.INACTIVE)
                .count());
        message.setActiveServicesCount((int) state.services().stream()
                .filter(s -> s.cluster().equals(cluster.name()) && !s.deleted())
                .count());
        for (Task task : state.tasks()) {
            if (task.cluster().equals(cluster.name())) {
                if (task.status() == TaskStatus.RUNNING) {
                    message.setRunningTasksCount(message.getRunningTasksCount() + 1);
                } else if (task.status() == TaskStatus.PENDING) {
                    message.setPendingTasksCount(message.getPendingTasksCount() + 1);
                }
            }
        }
        return message.build();
    }
}
