package dev.staithe.cli.command;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.TaskView;
import dev.staithe.proto.v1.ContainerInstance;
import dev.staithe.proto.v1.ContainerInstancesGrpc;
import dev.staithe.proto.v1.DescribeContainerInstancesRequest;
import dev.staithe.proto.v1.DescribeContainerInstancesResponse;
import dev.staithe.proto.v1.DescribeServicesRequest;
import dev.staithe.proto.v1.DescribeServicesResponse;
import dev.staithe.proto.v1.DescribeTasksRequest;
import dev.staithe.proto.v1.DescribeTasksResponse;
import dev.staithe.proto.v1.ListTasksRequest;
import dev.staithe.proto.v1.ListTasksResponse;
import dev.staithe.proto.v1.Service;
import dev.staithe.proto.v1.ServicesGrpc;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.TasksGrpc;
import java.util.List;

/** Finds what a user named: services by name, hosts by name or id, tasks by {@code service/N}, id or a unique prefix of it. */
final class Lookup {
    private Lookup() {}

    /** The service of this name. */
    static Service service(Session session, String name) {
        DescribeServicesResponse response = session.controlPlane()
                .call(
                        ServicesGrpc::newBlockingStub,
                        api -> api.describe(DescribeServicesRequest.newBuilder()
                                .setCluster(session.cluster())
                                .addServices(name)
                                .build()));
        if (response.getServicesCount() == 0) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND,
                    "there is no service " + name + " in cluster " + session.cluster(),
                    "staithe service list" + session.clusterOption());
        }
        return response.getServices(0);
    }

    /** The host of this name, or this id. */
    static ContainerInstance instance(Session session, String name) {
        DescribeContainerInstancesResponse response = session.controlPlane()
                .call(
                        ContainerInstancesGrpc::newBlockingStub,
                        api -> api.describe(DescribeContainerInstancesRequest.newBuilder()
                                .setCluster(session.cluster())
                                .addContainerInstances(name)
                                .build()));
        if (response.getContainerInstancesCount() == 0) {
            throw HostState.missing(session, name);
        }
        return response.getContainerInstances(0);
    }

    /** All tasks that match, page by page; the cluster is filled in. */
    static List<Task> tasks(Session session, ListTasksRequest wanted) {
        return Pages.all(token -> page(session, wanted, token), ListTasksResponse::getNextToken).stream()
                .flatMap(page -> page.getTasksList().stream())
                .toList();
    }

    private static ListTasksResponse page(Session session, ListTasksRequest wanted, String token) {
        ListTasksRequest request = wanted.toBuilder()
                .setCluster(session.cluster())
                .setNextToken(token)
                .build();
        return session.controlPlane().call(TasksGrpc::newBlockingStub, api -> api.list(request));
    }

    /** Every task of the service that the control plane still knows. */
    static List<Task> tasksOf(Session session, String service) {
        return tasks(
                session,
                ListTasksRequest.newBuilder()
                        .setServiceName(service)
                        .setDesiredStatus("ALL")
                        .build());
    }

    /** The id, or the beginning of it, of the task that a user named. */
    static String taskId(Session session, String name) {
        return name.contains("/") ? task(session, name).getTaskId() : name;
    }

    /** The task that a user named. */
    static Task task(Session session, String name) {
        int slash = name.lastIndexOf('/');
        return slash < 0 ? byId(session, name) : byNumber(session, name.substring(0, slash), name.substring(slash + 1));
    }

    private static Task byId(Session session, String id) {
        DescribeTasksResponse response = session.controlPlane()
                .call(
                        TasksGrpc::newBlockingStub,
                        api -> api.describe(DescribeTasksRequest.newBuilder()
                                .setCluster(session.cluster())
                                .addTasks(id)
                                .build()));
        if (response.getTasksCount() == 0) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND,
                    "there is no task " + id + " in cluster " + session.cluster(),
                    "staithe task list --status all" + session.clusterOption());
        }
        return response.getTasks(0);
    }

    private static Task byNumber(Session session, String service, String number) {
        List<Task> tasks = TaskView.numbered(tasksOf(session, service));
        if (!number.matches("\\d{1,4}") || Integer.parseInt(number) < 1 || Integer.parseInt(number) > tasks.size()) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND,
                    "there is no task " + service + "/" + number + " (expected: " + service + "/1 to " + service + "/"
                            + tasks.size() + ")",
                    "staithe service ps " + service + session.clusterOption());
        }
        return tasks.get(Integer.parseInt(number) - 1);
    }
}
