package dev.staithe.controlplane.api.grpc;

import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.TaskCommands.RunTaskResult;
import dev.staithe.controlplane.intent.TaskCommands.StopTaskResult;
import dev.staithe.controlplane.intent.Tasks;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.DescribeTasksRequest;
import dev.staithe.proto.v1.DescribeTasksResponse;
import dev.staithe.proto.v1.ListTasksRequest;
import dev.staithe.proto.v1.ListTasksResponse;
import dev.staithe.proto.v1.RunTaskRequest;
import dev.staithe.proto.v1.RunTaskResponse;
import dev.staithe.proto.v1.StopTaskRequest;
import dev.staithe.proto.v1.StopTaskResponse;
import dev.staithe.proto.v1.TasksGrpc;
import io.grpc.stub.StreamObserver;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The service {@code staithe.v1.Tasks}. */
final class TasksEndpoint extends TasksGrpc.TasksImplBase {
    private static final int MOST_DESCRIBED = 100;

    private final View view;
    private final Tasks tasks;

    TasksEndpoint(View view, Tasks tasks) {
        this.view = view;
        this.tasks = tasks;
    }

    @Override
    public void run(RunTaskRequest request, StreamObserver<RunTaskResponse> caller) {
        Calls.answer(caller, () -> {
            RunTaskResult result = tasks.run(request);
            ClusterState state = view.after(result.revision());
            return RunTaskResponse.newBuilder()
                    .addAllTasks(result.tasks().stream()
                            .map(t -> TaskMessages.of(state, t))
                            .toList())
                    .addAllFailures(result.failures())
                    .build();
        });
    }

    @Override
    public void stop(StopTaskRequest request, StreamObserver<StopTaskResponse> caller) {
        Calls.answer(caller, () -> {
            StopTaskResult result = tasks.stop(request);
            return StopTaskResponse.newBuilder()
                    .setTask(TaskMessages.of(view.after(result.revision()), result.task()))
                    .build();
        });
    }

    @Override
    public void list(ListTasksRequest request, StreamObserver<ListTasksResponse> caller) {
        Calls.answer(caller, () -> {
            ClusterState state = view.current();
            var page = Paging.page(
                    matching(state, request), Task::id, false, request.getMaxResults(), request.getNextToken());
            return ListTasksResponse.newBuilder()
                    .addAllTasks(page.elements().stream()
                            .map(t -> TaskMessages.of(state, t))
                            .toList())
                    .setNextToken(page.nextToken())
                    .build();
        });
    }

    /** In the order of their ids. As in ECS, the status that is compared is the desired one. */
    private static List<Task> matching(ClusterState state, ListTasksRequest request) throws IntentException {
        String cluster = View.cluster(state, request.getCluster());
        String status = Requests.choice("desiredStatus", request.getDesiredStatus(), "RUNNING", "STOPPED", "ALL");
        Collection<Task> all = request.getServiceName().isEmpty()
                ? state.tasks()
                : state.tasksOfService(
                        View.service(state, cluster, request.getServiceName()).uid());
        Optional<ContainerInstance> instance = request.getContainerInstance().isEmpty()
                ? Optional.empty()
                : Optional.of(Instances.named(state, cluster, request.getContainerInstance()));
        return all.stream()
                .filter(t -> t.cluster().equals(cluster))
                .filter(t -> status.equals("ALL") || t.wantedNoMore() == status.equals("STOPPED"))
                .filter(t -> request.getFamily().isEmpty()
                        || t.taskDefinition().family().equals(request.getFamily()))
                .filter(t -> request.getStartedBy().isEmpty() || t.startedBy().equals(request.getStartedBy()))
                .filter(t -> instance.isEmpty()
                        || t.instanceId().equals(instance.get().id()))
                .toList();
    }

    @Override
    public void describe(DescribeTasksRequest request, StreamObserver<DescribeTasksResponse> caller) {
        Calls.answer(caller, () -> {
            ClusterState state = view.current();
            String cluster = View.cluster(state, request.getCluster());
            Requests.checkNames("tasks", request.getTasksList(), "Tasks", MOST_DESCRIBED);
            DescribeTasksResponse.Builder response = DescribeTasksResponse.newBuilder();
            for (String id : request.getTasksList()) {
                Optional<Task> task = Tasks.find(state, cluster, id);
                if (task.isPresent()) {
                    response.addTasks(TaskMessages.of(state, task.get()));
                } else {
                    response.addFailures(Requests.missing(id));
                }
            }
            return response.build();
        });
    }
}
