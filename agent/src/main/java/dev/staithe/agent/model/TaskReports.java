package dev.staithe.agent.model;

import dev.staithe.agent.container.ContainerView.Health;
import dev.staithe.proto.agent.v1.TaskReport;
import dev.staithe.proto.v1.Container;
import dev.staithe.proto.v1.NetworkBinding;

/** What the control plane is told of a task: the whole of it, not a difference. */
public final class TaskReports {
    private TaskReports() {}

    public static TaskReport of(LocalTask task) {
        Progress progress = task.progress();
        TaskReport.Builder report = TaskReport.newBuilder()
                .setTaskId(task.taskId())
                .setObservation(task.observation())
                .setStatus(task.status().name())
                .setStopCode(progress.stopCode())
                .setStoppedReason(progress.stopReason())
                .setPullStartedAtMs(progress.times().pullStartedAt())
                .setPullStoppedAtMs(progress.times().pullStoppedAt())
                .setStartedAtMs(progress.times().startedAt())
                .setStoppingAtMs(progress.times().stoppingAt())
                .setStoppedAtMs(progress.times().stoppedAt());
        task.containers().forEach(container -> report.addContainers(container(container)));
        return report.build();
    }

    private static Container container(LocalContainer container) {
        Container.Builder message = Container.newBuilder()
                .setName(container.name())
                .setImage(container.image())
                .setRuntimeId(container.runtimeId())
                .setLastStatus(
                        switch (container.phase()) {
                            case WAITING, PULLED, CREATED -> "PENDING";
                            case RUNNING -> "RUNNING";
                            case STOPPED -> "STOPPED";
                        })
                .setReason(container.reason().isEmpty() ? container.waits() : container.reason())
                .setRestartCount(container.run().restarts())
                .setImageDigest(container.imageDigest())
                .setHealthStatus(
                        switch (container.health()) {
                            case HEALTHY -> "HEALTHY";
                            case UNHEALTHY -> "UNHEALTHY";
                            case NONE, STARTING -> "UNKNOWN";
                        });
        if (container.health() != Health.HEALTHY) {
            message.setHealthOutput(container.healthOutput());
        }
        if (container.over()) {
            container.exitCode().ifPresent(message::setExitCode);
        }
        container
                .ports()
                .forEach(port -> message.addNetworkBindings(NetworkBinding.newBuilder()
                        .setBindIp(port.bindIp())
                        .setContainerPort(port.containerPort())
                        .setHostPort(port.hostPort())
                        .setProtocol(port.protocol())));
        return message.build();
    }
}
