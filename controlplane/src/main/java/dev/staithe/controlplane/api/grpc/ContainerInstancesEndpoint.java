package dev.staithe.controlplane.api.grpc;

import dev.staithe.controlplane.intent.HostAttributes;
import dev.staithe.controlplane.intent.Hosts;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.Written;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.ContainerInstancesGrpc;
import dev.staithe.proto.v1.DeleteAttributesRequest;
import dev.staithe.proto.v1.DeleteAttributesResponse;
import dev.staithe.proto.v1.DeregisterContainerInstanceRequest;
import dev.staithe.proto.v1.DeregisterContainerInstanceResponse;
import dev.staithe.proto.v1.DescribeContainerInstancesRequest;
import dev.staithe.proto.v1.DescribeContainerInstancesResponse;
import dev.staithe.proto.v1.Failure;
import dev.staithe.proto.v1.InstanceAttribute;
import dev.staithe.proto.v1.ListAttributesRequest;
import dev.staithe.proto.v1.ListAttributesResponse;
import dev.staithe.proto.v1.ListContainerInstancesRequest;
import dev.staithe.proto.v1.ListContainerInstancesResponse;
import dev.staithe.proto.v1.PutAttributesRequest;
import dev.staithe.proto.v1.PutAttributesResponse;
import dev.staithe.proto.v1.UpdateContainerInstancesStateRequest;
import dev.staithe.proto.v1.UpdateContainerInstancesStateResponse;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The service {@code staithe.v1.ContainerInstances}. */
final class ContainerInstancesEndpoint extends ContainerInstancesGrpc.ContainerInstancesImplBase {
    private static final int MOST_DESCRIBED = 100;
    private static final int MOST_UPDATED = 10;
    private static final String ANY_IN_SERVICE = "";

    private final View view;
    private final Hosts hosts;
    private final HostAttributes attributes;

    ContainerInstancesEndpoint(View view, Hosts hosts, HostAttributes attributes) {
        this.view = view;
        this.hosts = hosts;
        this.attributes = attributes;
    }

    @Override
    public void list(ListContainerInstancesRequest request, StreamObserver<ListContainerInstancesResponse> caller) {
        Calls.answer(caller, () -> {
            ClusterState state = view.current();
            String cluster = View.cluster(state, request.getCluster());
            String status =
                    Requests.choice("status", request.getStatus(), ANY_IN_SERVICE, "ACTIVE", "DRAINING", "INACTIVE");
            Predicate<ContainerInstance> filter = ListedInstance.filter(state, request.getFilter());
            List<ContainerInstance> matching = state.instances().stream()
                    .filter(i -> i.cluster().equals(cluster))
                    .filter(i -> status.equals(ANY_IN_SERVICE)
                            ? i.status() != ContainerInstance.Status.INACTIVE
                            : i.status().name().equals(status))
                    .filter(filter)
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

    @Override
    public void updateState(
            UpdateContainerInstancesStateRequest request,
            StreamObserver<UpdateContainerInstancesStateResponse> caller) {
        Calls.answer(caller, () -> {
            Hosts.checkFields(request);
            ClusterState state = view.current();
            String cluster = View.cluster(state, request.getCluster());
            Requests.checkNames(
                    "containerInstances", request.getContainerInstancesList(), "Container instances", MOST_UPDATED);
            boolean drain = switch (request.getStatus()) {
                case "DRAINING" -> true;
                case "ACTIVE" -> false;
                default ->
                    throw IntentException.invalid(
                            "status", IntentException.shown(request.getStatus()) + " (expected: ACTIVE or DRAINING)");
            };
            UpdateContainerInstancesStateResponse.Builder response = UpdateContainerInstancesStateResponse.newBuilder();
            for (String name : request.getContainerInstancesList()) {
                Optional<ContainerInstance> instance = Instances.find(state, cluster, name);
                if (instance.isEmpty()) {
                    response.addFailures(Requests.missing(name));
                } else {
                    update(name, instance.get(), drain, response);
                }
            }
            return response.build();
        });
    }

    /** As in ECS, one that cannot be updated does not keep the others from it. */
    private void update(
            String name,
            ContainerInstance instance,
            boolean drain,
            UpdateContainerInstancesStateResponse.Builder response)
            throws IntentException {
        try {
            Written<ContainerInstance> written = hosts.drain(instance, drain);
            response.addContainerInstances(Instances.message(view.after(written.revision()), written.value()));
        } catch (IntentException refused) {
            if (refused.reason() != IntentException.Reason.CONTAINER_INSTANCE_NOT_ACTIVE) {
                throw refused;
            }
            response.addFailures(Failure.newBuilder()
                    .setResource(name)
                    .setReason("INACTIVE")
                    .setDetail(String.valueOf(refused.getMessage())));
        }
    }

    @Override
    public void deregister(
            DeregisterContainerInstanceRequest request, StreamObserver<DeregisterContainerInstanceResponse> caller) {
        Calls.answer(caller, () -> {
            Hosts.checkFields(request);
            ClusterState state = view.current();
            String cluster = View.cluster(state, request.getCluster());
            ContainerInstance instance = Instances.named(state, cluster, request.getContainerInstance());
            Written<ContainerInstance> written = hosts.deregister(instance, request.getForce(), state);
            return DeregisterContainerInstanceResponse.newBuilder()
                    .setContainerInstance(Instances.message(view.after(written.revision()), written.value()))
                    .build();
        });
    }

    @Override
    public void putAttributes(PutAttributesRequest request, StreamObserver<PutAttributesResponse> caller) {
        Calls.answer(caller, () -> {
            Hosts.checkFields(request);
            var written = attributes.put(wanted(request.getCluster(), request.getAttributesList()));
            view.after(written.revision());
            return PutAttributesResponse.newBuilder()
                    .addAllAttributes(messages(written.value()))
                    .build();
        });
    }

    @Override
    public void deleteAttributes(DeleteAttributesRequest request, StreamObserver<DeleteAttributesResponse> caller) {
        Calls.answer(caller, () -> {
            Hosts.checkFields(request);
            var written = attributes.delete(wanted(request.getCluster(), request.getAttributesList()));
            view.after(written.revision());
            return DeleteAttributesResponse.newBuilder()
                    .addAllAttributes(messages(written.value()))
                    .build();
        });
    }

    @Override
    public void listAttributes(ListAttributesRequest request, StreamObserver<ListAttributesResponse> caller) {
        Calls.answer(caller, () -> {
            ClusterState state = view.current();
            String cluster = View.cluster(state, request.getCluster());
            String name = request.getAttributeName();
            String value = request.getAttributeValue();
            List<HostAttributes.Wanted> all = state.instances().stream()
                    .filter(i -> i.cluster().equals(cluster))
                    .filter(i -> i.status() != ContainerInstance.Status.INACTIVE)
                    .flatMap(i -> i.attributes().entrySet().stream()
                            .filter(a -> name.isEmpty() || a.getKey().equals(name))
                            .filter(a -> value.isEmpty() || a.getValue().equals(value))
                            .map(a -> new HostAttributes.Wanted(i, a.getKey(), a.getValue())))
                    .toList();
            var page = Paging.page(
                    all,
                    a -> a.instance().id() + "/" + a.name(),
                    false,
                    request.getMaxResults(),
                    request.getNextToken());
            return ListAttributesResponse.newBuilder()
                    .addAllAttributes(messages(page.elements()))
                    .setNextToken(page.nextToken())
                    .build();
        });
    }

    private List<HostAttributes.Wanted> wanted(String clusterName, List<InstanceAttribute> asked)
            throws IntentException {
        ClusterState state = view.current();
        String cluster = View.cluster(state, clusterName);
        List<HostAttributes.Wanted> wanted = new ArrayList<>();
        for (InstanceAttribute one : asked) {
            wanted.add(new HostAttributes.Wanted(
                    Instances.named(state, cluster, one.getContainerInstance()), one.getName(), one.getValue()));
        }
        return wanted;
    }

    private static List<InstanceAttribute> messages(List<HostAttributes.Wanted> attributes) {
        return attributes.stream()
                .map(a -> InstanceAttribute.newBuilder()
                        .setName(a.name())
                        .setValue(a.value())
                        .setContainerInstance(a.instance().id())
                        .build())
                .toList();
    }
}
