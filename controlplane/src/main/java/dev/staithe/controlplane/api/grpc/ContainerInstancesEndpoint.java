package dev.staithe.controlplane.api.grpc;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.ContainerInstancesGrpc;
import dev.staithe.proto.v1.DescribeContainerInstancesRequest;
import dev.staithe.proto.v1.DescribeContainerInstancesResponse;
import dev.staithe.proto.v1.ListContainerInstancesRequest;
import dev.staithe.proto.v1.ListContainerInstancesResponse;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;

/** The service {@code staithe.v1.ContainerInstances}. */
final class ContainerInstancesEndpoint extends ContainerInstancesGrpc.ContainerInstancesImplBase {
    private static final int MOST_DESCRIBED = 100;
    private static final String ANY_IN_SERVICE = "";

    private final View view;

    ContainerInstancesEndpoint(View view) {
        this.view = view;
    }

    @Override
    public void list(ListContainerInstancesRequest request, StreamObserver<ListContainerInstancesResponse> caller) {
        Calls.answer(caller, () -> {
            ClusterState state = view.current();
            String cluster = View.cluster(state, request.getCluster());
            String status =
                    Requests.choice("status", request.getStatus(), ANY_IN_SERVICE, "ACTIVE", "DRAINING", "INACTIVE");
            List<ContainerInstance> matching = state.instances().stream()
                    .filter(i -> i.cluster().equals(cluster))
                    .filter(i -> status.equals(ANY_IN_SERVICE)
                            ? i.status() != ContainerInstance.Status.INACTIVE
                            : i.status().name().equals(status))
                    .toList();
            var page = Paging.page(
                    matching, ContainerInstance::id, false, request.getMaxResults(), request.getNextToken());
            return ListContainerInstancesResponse.newBuilder()
                    .addAllContainerInstances(page.elements().stream()
                            .map(i -> Instances.message(state, i))
                            .toList())
                    .setNextToken(page.nextToken())
                    .build();
        });
    }

    @Override
    public void describe(
            DescribeContainerInstancesRequest request, StreamObserver<DescribeContainerInstancesResponse> caller) {
        Calls.answer(caller, () -> {
            ClusterState state = view.current();
            String cluster = View.cluster(state, request.getCluster());
            Requests.checkNames(
                    "containerInstances", request.getContainerInstancesList(), "Container Instances", MOST_DESCRIBED);
            DescribeContainerInstancesResponse.Builder response = DescribeContainerInstancesResponse.newBuilder();
            for (String name : request.getContainerInstancesList()) {
                Optional<ContainerInstance> instance = Instances.find(state, cluster, name);
                if (instance.isPresent()) {
                    response.addContainerInstances(Instances.message(state, instance.get()));
                } else {
                    response.addFailures(Requests.missing(name));
                }
            }
            return response.build();
        });
    }
}
