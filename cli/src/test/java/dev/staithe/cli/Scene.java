package dev.staithe.cli;

import com.google.protobuf.Timestamp;
import dev.staithe.proto.v1.Container;
import dev.staithe.proto.v1.Deployment;
import dev.staithe.proto.v1.HostVerdict;
import dev.staithe.proto.v1.LogLine;
import dev.staithe.proto.v1.NetworkBinding;
import dev.staithe.proto.v1.PlacementExplanation;
import dev.staithe.proto.v1.Service;
import dev.staithe.proto.v1.ServiceEvent;
import dev.staithe.proto.v1.Task;

/** The things that tests show to the command line: a service {@code web} of two tasks, in one deployment. */
public final class Scene {
    public static final String DEPLOYMENT = "ecs-svc/1000000000000000001";
    public static final String NEWER_DEPLOYMENT = "ecs-svc/1000000000000000002";

    private Scene() {}

    /** So many seconds ago. */
    public static Timestamp ago(long seconds) {
        return Timestamp.newBuilder()
                .setSeconds(Typed.NOW.getEpochSecond() - seconds)
                .build();
    }

    public static Deployment deployment(String id, String status, String definition, String rollout) {
        return Deployment.newBuilder()
                .setId(id)
                .setStatus(status)
                .setTaskDefinition(definition)
                .setDesiredCount(2)
                .setRolloutState(rollout)
                .setCreatedAt(ago(30))
                .build();
    }

    /** The service in the middle of its first deployment, of web:1. */
    public static Service.Builder service() {
        return service(deployment(DEPLOYMENT, "PRIMARY", "web:1", "IN_PROGRESS"));
    }

    /** The service with these deployments, the PRIMARY one first. */
    public static Service.Builder service(Deployment... deployments) {
        Service.Builder service = Service.newBuilder()
                .setServiceName("web")
                .setCluster("default")
                .setStatus("ACTIVE")
                .setTaskDefinition(deployments[0].getTaskDefinition())
                .setDesiredCount(2)
                .setSchedulingStrategy("REPLICA")
                .setCreatedAt(ago(3600));
        for (Deployment deployment : deployments) {
            service.addDeployments(deployment);
            service.setRunningCount(service.getRunningCount() + deployment.getRunningCount());
            service.setPendingCount(service.getPendingCount() + deployment.getPendingCount());
        }
        return service;
    }

    /** The first deployment, complete. */
    public static Deployment complete(String id, String definition) {
        return deployment(id, "PRIMARY", definition, "COMPLETED").toBuilder()
                .setRunningCount(2)
                .setHealthyCount(2)
                .build();
    }

    /** A task of the first deployment that runs on host-a. */
    public static Task.Builder running(String id) {
        return task(id).setLastStatus("RUNNING")
                .setHealthStatus("UNKNOWN")
                .setStartedAt(ago(18))
                .addContainers(container().setLastStatus("RUNNING"));
    }

    /** A task of the first deployment that has not started. */
    public static Task.Builder pending(String id) {
        return task(id).setLastStatus("PENDING")
                .addContainers(container().setLastStatus("PENDING").clearRuntimeId());
    }

    /** A task of the first deployment that ended. */
    public static Task.Builder stopped(
            String id, long secondsAgo, String code, String reason, Container.Builder container) {
        return task(id).setLastStatus("STOPPED")
                .setDesiredStatus("STOPPED")
                .setStopCode(code)
                .setStoppedReason(reason)
                .setStoppedAt(ago(secondsAgo))
                .addContainers(container.setLastStatus("STOPPED"));
    }

    private static Task.Builder task(String id) {
        return Task.newBuilder()
                .setTaskId(id + "0".repeat(32 - id.length()))
                .setCluster("default")
                .setTaskDefinition("web:1")
                .setHostName("host-a")
                .setHostAddress("127.0.0.1")
                .setGroup("service:web")
                .setStartedBy(DEPLOYMENT)
                .setDesiredStatus("RUNNING")
                .setConnectivity("CONNECTED")
                .setCreatedAt(ago(20));
    }

    public static Container.Builder container() {
        return Container.newBuilder().setName("web").setImage("example/web:1").setRuntimeId("abcdef");
    }

    public static NetworkBinding binding(int hostPort) {
        return NetworkBinding.newBuilder()
                .setBindIp("0.0.0.0")
                .setContainerPort(8080)
                .setHostPort(hostPort)
                .setProtocol("tcp")
                .build();
    }

    public static ServiceEvent event(long secondsAgo, String message) {
        return ServiceEvent.newBuilder()
                .setId("event-" + secondsAgo)
                .setCreatedAt(ago(secondsAgo))
                .setMessage("(service web) " + message)
                .build();
    }

    public static PlacementExplanation placement(int waiting, HostVerdict... hosts) {
        PlacementExplanation.Builder placement =
                PlacementExplanation.newBuilder().setSince(ago(12)).setWaitingCount(waiting);
        for (HostVerdict host : hosts) {
            placement.addHosts(host);
        }
        return placement.build();
    }

    public static HostVerdict verdict(String host, String reason, String detail) {
        return HostVerdict.newBuilder()
                .setHostName(host)
                .setContainerInstance("b".repeat(32))
                .setReason(reason)
                .setDetail(detail)
                .build();
    }

    public static LogLine log(String task, long secondsAgo, String message) {
        return LogLine.newBuilder()
                .setTime(ago(secondsAgo))
                .setTask(task)
                .setContainer("web")
                .setStream("stdout")
                .setMessage(message)
                .build();
    }
}
