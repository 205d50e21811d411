package dev.staithe.controlplane.api.grpc;

import dev.staithe.controlplane.intent.Explains;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.Rollouts;
import dev.staithe.controlplane.intent.Services;
import dev.staithe.controlplane.intent.Written;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.CreateServiceRequest;
import dev.staithe.proto.v1.CreateServiceResponse;
import dev.staithe.proto.v1.DeleteServiceRequest;
import dev.staithe.proto.v1.DeleteServiceResponse;
import dev.staithe.proto.v1.DescribeServicesRequest;
import dev.staithe.proto.v1.DescribeServicesResponse;
import dev.staithe.proto.v1.ExplainServiceRequest;
import dev.staithe.proto.v1.ExplainServiceResponse;
import dev.staithe.proto.v1.ListServiceDeploymentsRequest;
import dev.staithe.proto.v1.ListServiceDeploymentsResponse;
import dev.staithe.proto.v1.ListServicesRequest;
import dev.staithe.proto.v1.ListServicesResponse;
import dev.staithe.proto.v1.RollbackServiceRequest;
import dev.staithe.proto.v1.RollbackServiceResponse;
import dev.staithe.proto.v1.ServicesGrpc;
import dev.staithe.proto.v1.StopServiceDeploymentRequest;
import dev.staithe.proto.v1.StopServiceDeploymentResponse;
import dev.staithe.proto.v1.UpdateServiceRequest;
import dev.staithe.proto.v1.UpdateServiceResponse;
import dev.staithe.proto.v1.WatchServiceRequest;
import dev.staithe.proto.v1.WatchServiceResponse;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;

/** The service {@code staithe.v1.Services}. */
final class ServicesEndpoint extends ServicesGrpc.ServicesImplBase {
    private static final int MOST_DESCRIBED = 10;
    private static final int USUAL_DEPLOYMENTS = 20;

    private final View view;
    private final Services services;
    private final Explains explains;
    private final ServiceMessages messages;
    private final Pushing pushing;

    ServicesEndpoint(View view, Services services, Explains explains, ServiceMessages messages, Pushing pushing) {
        this.view = view;
        this.services = services;
        this.explains = explains;
        this.messages = messages;
        this.pushing = pushing;
    }

    @Override
    public void create(CreateServiceRequest request, StreamObserver<CreateServiceResponse> caller) {
        Calls.answer(
                caller,
                () -> CreateServiceResponse.newBuilder()
                        .setService(written(services.create(request, view.current())))
                        .build());
    }

    @Override
    public void update(UpdateServiceRequest request, StreamObserver<UpdateServiceResponse> caller) {
        Calls.answer(
                caller,
                () -> UpdateServiceResponse.newBuilder()
                        .setService(written(services.update(request, view.current())))
                        .build());
    }

    @Override
    public void rollback(RollbackServiceRequest request, StreamObserver<RollbackServiceResponse> caller) {
        Calls.answer(
                caller,
                () -> RollbackServiceResponse.newBuilder()
                        .setService(written(services.rollouts().rollback(request, view.current())))
                        .build());
    }

    @Override
    public void delete(DeleteServiceRequest request, StreamObserver<DeleteServiceResponse> caller) {
        Calls.answer(
                caller,
                () -> DeleteServiceResponse.newBuilder()
                        .setService(written(services.delete(request, view.current())))
                        .build());
    }

    @Override
    public void stopDeployment(
            StopServiceDeploymentRequest request, StreamObserver<StopServiceDeploymentResponse> caller) {
        Calls.answer(caller, () -> {
            Rollouts.Stopped stopped = services.rollouts().stop(request, view.current());
            ClusterState state = view.after(stopped.service().revision());
            return StopServiceDeploymentResponse.newBuilder()
                    .setServiceDeployment(
                            new DeploymentMessages(state, stopped.service().value()).of(stopped.generation()))
                    .build();
        });
    }

    @Override
    public void listDeployments(
            ListServiceDeploymentsRequest request, StreamObserver<ListServiceDeploymentsResponse> caller) {
        Calls.answer(caller, () -> {
            ClusterState state = view.current();
            Service service = View.service(state, request.getCluster(), request.getService());
            for (String status : request.getStatusList()) {
                Requests.choice("status", status, DeploymentMessages.STATUS);
            }
            List<DeploymentMessages.Numbered> matching = new DeploymentMessages(state, service)
                    .all().stream()
                            .filter(d -> request.getStatusCount() == 0
                                    || request.getStatusList()
                                            .contains(d.message().getStatus()))
                            .toList();
            var page = Paging.page(
                    matching,
                    DeploymentMessages.Numbered::key,
                    true,
                    request.getMaxResults() == 0 ? USUAL_DEPLOYMENTS : request.getMaxResults(),
                    request.getNextToken());
            return ListServiceDeploymentsResponse.newBuilder()
                    .addAllServiceDeployments(page.elements().stream()
                            .map(DeploymentMessages.Numbered::message)
                            .toList())
                    .setNextToken(page.nextToken())
                    .build();
        });
    }

    private dev.staithe.proto.v1.Service written(Written<Service> written) {
        return messages.full(view.after(written.revision()), written.value());
    }

    @Override
    public void list(ListServicesRequest request, StreamObserver<ListServicesResponse> caller) {
        Calls.answer(caller, () -> {
            ClusterState state = view.current();
            String cluster = View.cluster(state, request.getCluster());
            String kind =
                    Requests.choice("schedulingStrategy", request.getSchedulingStrategy(), "", "REPLICA", "DAEMON");
            Requests.choice("launchType", request.getLaunchType(), "EC2");
            List<Service> active = state.services().stream()
                    .filter(s -> s.cluster().equals(cluster) && !s.deleted())
                    .filter(s -> kind.isEmpty() || s.scheduling().kind().name().equals(kind))
                    .toList();
            var page = Paging.page(active, Service::name, false, request.getMaxResults(), request.getNextToken());
            return ListServicesResponse.newBuilder()
                    .addAllServices(page.elements().stream()
                            .map(s -> messages.brief(state, s))
                            .toList())
                    .setNextToken(page.nextToken())
                    .build();
        });
    }

    @Override
    public void describe(DescribeServicesRequest request, StreamObserver<DescribeServicesResponse> caller) {
        Calls.answer(caller, () -> {
            ClusterState state = view.current();
            String cluster = View.cluster(state, request.getCluster());
            Requests.checkNames("services", request.getServicesList(), "Services", MOST_DESCRIBED);
            DescribeServicesResponse.Builder response = DescribeServicesResponse.newBuilder();
            for (String name : request.getServicesList()) {
                Optional<Service> service = state.service(cluster, name);
                if (service.isPresent()) {
                    response.addServices(messages.full(state, service.get()));
                } else {
                    response.addFailures(Requests.missing(name));
                }
            }
            return response.build();
        });
    }

    @Override
    public void explain(ExplainServiceRequest request, StreamObserver<ExplainServiceResponse> caller) {
        Calls.answer(caller, () -> {
            Explains.Explained explained = explains.service(request, view.current());
            return ExplainServiceResponse.newBuilder()
                    .setDecision(explained.decision())
                    .addAllNotes(explained.obstacles())
                    .build();
        });
    }

    @Override
    public void watch(WatchServiceRequest request, StreamObserver<WatchServiceResponse> caller) {
        pushing.latest(caller, () -> watched(view.current(), request), signal -> view.subscribe(state -> signal.run()));
    }

    private WatchServiceResponse watched(ClusterState state, WatchServiceRequest request) throws IntentException {
        Service service = View.service(state, request.getCluster(), request.getService());
        WatchServiceResponse.Builder response =
                WatchServiceResponse.newBuilder().setService(messages.full(state, service));
        state.tasksOfService(service.uid()).forEach(t -> response.addTasks(TaskMessages.of(state, t)));
        return response.build();
    }
}
