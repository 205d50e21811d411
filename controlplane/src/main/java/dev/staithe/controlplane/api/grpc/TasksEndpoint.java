package dev.staithe.controlplane.api.grpc;

import dev.staithe.controlplane.intent.Explains;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.TaskCommands;
import dev.staithe.controlplane.intent.TaskCommands.Outcome;
import dev.staithe.controlplane.intent.Tasks;
import dev.staithe.controlplane.intent.Written;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.DescribeTasksRequest;
import dev.staithe.proto.v1.DescribeTasksResponse;
import dev.staithe.proto.v1.ExplainTaskRequest;
import dev.staithe.proto.v1.ExplainTaskResponse;
import dev.staithe.proto.v1.Failure;
import dev.staithe.proto.v1.GetTaskProtectionRequest;
import dev.staithe.proto.v1.GetTaskProtectionResponse;
import dev.staithe.proto.v1.ListTasksRequest;
import dev.staithe.proto.v1.ListTasksResponse;
import dev.staithe.proto.v1.ProtectedTask;
import dev.staithe.proto.v1.RunTaskRequest;
import dev.staithe.proto.v1.RunTaskResponse;
import dev.staithe.proto.v1.StartTaskRequest;
import dev.staithe.proto.v1.StartTaskResponse;
import dev.staithe.proto.v1.StopTaskRequest;
import dev.staithe.proto.v1.StopTaskResponse;
import dev.staithe.proto.v1.TasksGrpc;
import dev.staithe.proto.v1.UpdateTaskProtectionRequest;
import dev.staithe.proto.v1.UpdateTaskProtectionResponse;
import dev.staithe.runtime.Time;
import io.grpc.stub.StreamObserver;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The service {@code staithe.v1.Tasks}. */
final class TasksEndpoint extends TasksGrpc.TasksImplBase {
    private static final int MOST_DESCRIBED = 100;

    private final View view;
    private final Tasks tasks;
    private final Explains explains;
    private final Time time;
    private final PullTexts pulls;
    private final Pushing pushing;

    TasksEndpoint(View view, Tasks tasks, Explains explains, Time time, PullTexts pulls, Pushing pushing) {
        this.view = view;
        this.tasks = tasks;
        this.explains = explains;
        this.time = time;
        this.pulls = pulls;
        this.pushing = pushing;
    }

    @Override
    public void run(RunTaskRequest request, StreamObserver<RunTaskResponse> caller) {
        Calls.answer(caller, () -> {
            Written<Outcome> ran = tasks.run(request);
            return RunTaskResponse.newBuilder()
                    .addAllTasks(messages(ran))
                    .addAllFailures(ran.value().failures())
                    .build();
        });
    }

    @Override
    public void start(StartTaskRequest request, StreamObserver<StartTaskResponse> caller) {
        Calls.answer(caller, () -> {
            Written<Outcome> started = tasks.start(request);
            return StartTaskResponse.newBuilder()
                    .addAllTasks(messages(started))
                    .addAllFailures(started.value().failures())
                    .build();
        });
    }

    private List<dev.staithe.proto.v1.Task> messages(Written<Outcome> written) {
        ClusterState state = view.after(written.revision());
        return written.value().tasks().stream()
                .map(t -> TaskMessages.of(state, t))
                .toList();
    }

    @Override
    public void stop(StopTaskRequest request, StreamObserver<StopTaskResponse> caller) {
        Calls.answer(caller, () -> {
            Written<Task> stopping = tasks.stop(request);
            return StopTaskResponse.newBuilder()
                    .setTask(TaskMessages.of(view.after(stopping.revision()), stopping.value()))
                    .build();
        });
    }

    @Override
    public void updateProtection(
            UpdateTaskProtectionRequest request, StreamObserver<UpdateTaskProtectionResponse> caller) {
        Calls.answer(caller, () -> {
            Written<Outcome> done = tasks.protect(request);
            return UpdateTaskProtectionResponse.newBuilder()
                    .addAllProtectedTasks(
                            done.value().tasks().stream().map(this::protection).toList())
                    .addAllFailures(done.value().failures())
                    .build();
        });
    }

    @Override
    public void getProtection(GetTaskProtectionRequest request, StreamObserver<GetTaskProtectionResponse> caller) {
        Calls.answer(caller, () -> {
            ClusterState state = view.current();
            String cluster = View.cluster(state, request.getCluster());
            Requests.checkNames("tasks", request.getTasksList(), "Tasks", MOST_DESCRIBED);
            GetTaskProtectionResponse.Builder response = GetTaskProtectionResponse.newBuilder();
            for (String id : request.getTasksList()) {
                Optional<Task> task = Tasks.find(state, cluster, id);
                Optional<Failure> failure =
                        task.isEmpty() ? Optional.of(Requests.missing(id)) : TaskCommands.unprotectable(task.get());
                failure.ifPresentOrElse(
                        response::addFailures, () -> response.addProtectedTasks(protection(task.orElseThrow())));
            }
            return response.build();
        });
    }

    /** As it is shown; the leader's clock decides when it ends. */
    private ProtectedTask protection(Task task) {
        long until = task.marks().protectedUntilMillis();
        ProtectedTask.Builder message = ProtectedTask.newBuilder().setTaskId(task.id());
        if (until > time.now().toEpochMilli()) {
            message.setProtectionEnabled(true).setExpirationDate(Requests.timestamp(until));
        }
        return message.build();
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
        String launchType = Requests.choice("launchType", request.getLaunchType(), "EC2", "EXTERNAL", "FARGATE");
        if (!launchType.equals("EC2")) {
            return List.of();
        }
        Optional<ContainerInstance> instance = request.getContainerInstance().isEmpty()
                ? Optional.empty()
                : Optional.of(Instances.named(state, cluster, request.getContainerInstance()));
        Collection<Task> some = instance.isEmpty()
                ? state.tasks()
                : state.tasksOfInstance(instance.get().id());
        if (!request.getServiceName().isEmpty()) {
            some = state.tasksOfService(
                    View.service(state, cluster, request.getServiceName()).uid());
        }
        return some.stream()
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
    public void explain(ExplainTaskRequest request, StreamObserver<ExplainTaskResponse> caller) {
        Calls.answer(
                caller,
                () -> ExplainTaskResponse.newBuilder()
                        .setDecision(explains.task(request, view.current()).message())
                        .build());
    }

    @Override
    public void describe(DescribeTasksRequest request, StreamObserver<DescribeTasksResponse> caller) {
        Calls.answer(caller, () -> {
            DescribeTasksResponse stored = described(view.current(), request);
            return stored.toBuilder()
                    .clearTasks()
                    .addAllTasks(pulls.added(stored.getTasksList()))
                    .build();
        });
    }

    private static DescribeTasksResponse described(ClusterState state, DescribeTasksRequest request)
            throws IntentException {
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
    }

    @Override
    public void watch(DescribeTasksRequest request, StreamObserver<DescribeTasksResponse> caller) {
        pushing.latest(
                caller, () -> described(view.current(), request), signal -> view.subscribe(state -> signal.run()));
    }
}
