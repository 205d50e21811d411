package dev.staithe.cli.dev;

import dev.staithe.cli.client.ControlPlane;
import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.Progress;
import dev.staithe.cli.render.Words;
import dev.staithe.proto.v1.Cluster;
import dev.staithe.proto.v1.ClustersGrpc;
import dev.staithe.proto.v1.DeleteServiceRequest;
import dev.staithe.proto.v1.ListClustersRequest;
import dev.staithe.proto.v1.ListServicesRequest;
import dev.staithe.proto.v1.ListTasksRequest;
import dev.staithe.proto.v1.Service;
import dev.staithe.proto.v1.ServicesGrpc;
import dev.staithe.proto.v1.StopTaskRequest;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.TasksGrpc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Ends everything that a control plane runs: deletes all services, stops all tasks, waits until they have stopped. */
final class Clearance {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

    private final ControlPlane client;

    Clearance(ControlPlane client) {
        this.client = client;
    }

    void run(Duration limit, Progress progress) {
        progress.show("stopping all tasks");
        List<Cluster> clusters = client.call(
                        ClustersGrpc::newBlockingStub, api -> api.list(ListClustersRequest.getDefaultInstance()))
                .getClustersList();
        for (Cluster cluster : clusters) {
            deleteServices(cluster.getClusterName());
            stopTasks(cluster.getClusterName());
        }
        while (true) {
            int left = clusters.stream()
                    .mapToInt(cluster -> alive(cluster.getClusterName()).size())
                    .sum();
            if (left == 0) {
                return;
            }
            progress.show("stopping all tasks: " + Words.count(left, "task") + " left");
            if (progress.elapsed().compareTo(limit) > 0) {
                throw new CommandFailure(
                        ExitCode.TIMED_OUT,
                        Words.count(left, "task") + " did not stop within " + Words.duration(limit),
                        "staithe task list --status all");
            }
            ControlPlane.pause(LOOK_AGAIN);
        }
    }

    private void deleteServices(String cluster) {
        List<Service> services;
        do {
            services = client.call(
                            ServicesGrpc::newBlockingStub,
                            api -> api.list(ListServicesRequest.newBuilder()
                                    .setCluster(cluster)
                                    .build()))
                    .getServicesList();
            for (Service service : services) {
                client.call(
                        ServicesGrpc::newBlockingStub,
                        api -> api.delete(DeleteServiceRequest.newBuilder()
                                .setCluster(cluster)
                                .setService(service.getServiceName())
                                .setForce(true)
                                .build()));
            }
        } while (services.size() >= 100);
    }

    private void stopTasks(String cluster) {
        for (Task task : alive(cluster)) {
            if (!task.getGroup().startsWith("service:")
                    && task.getDesiredStatus().equals("RUNNING")) {
                client.call(
                        TasksGrpc::newBlockingStub,
                        api -> api.stop(StopTaskRequest.newBuilder()
                                .setCluster(cluster)
                                .setTask(task.getTaskId())
                                .setReason("Staithe is removed from this machine")
                                .build()));
            }
        }
    }

    private List<Task> alive(String cluster) {
        List<Task> alive = new ArrayList<>();
        String token = "";
        do {
            String page = token;
            var answer = client.call(
                    TasksGrpc::newBlockingStub,
                    api -> api.list(ListTasksRequest.newBuilder()
                            .setCluster(cluster)
                            .setDesiredStatus("ALL")
                            .setNextToken(page)
                            .build()));
            answer.getTasksList().stream()
                    .filter(task -> !task.getLastStatus().equals("STOPPED"))
                    .forEach(alive::add);
            token = answer.getNextToken();
        } while (!token.isEmpty());
        return alive;
    }
}
