package dev.staithe.agent.ledger;

import dev.staithe.agent.container.ContainerView.Health;
import dev.staithe.agent.container.ContainerView.PortBinding;
import dev.staithe.agent.ledger.TaskLedger.Identity;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.model.Progress;
import dev.staithe.agent.model.Run;
import dev.staithe.proto.agent.ledger.v1.ContainerRecord;
import dev.staithe.proto.agent.ledger.v1.IdentityRecord;
import dev.staithe.proto.agent.ledger.v1.TaskRecord;
import dev.staithe.proto.v1.NetworkBinding;
import java.util.OptionalInt;

/** The form that things have on disk. An unknown word in a record is an IllegalArgumentException: the record is unreadable. */
final class Records {
    private Records() {}

    static IdentityRecord of(Identity identity) {
        return IdentityRecord.newBuilder()
                .setInstanceId(identity.instanceId())
                .setIncarnation(identity.incarnation())
                .setHighestEpoch(identity.highestEpoch())
                .setSequence(identity.sequence())
                .build();
    }

    static Identity identity(IdentityRecord record) {
        return new Identity(
                record.getInstanceId(), record.getIncarnation(), record.getHighestEpoch(), record.getSequence());
    }

    static TaskRecord of(LocalTask task) {
        Progress progress = task.progress();
        TaskRecord.Builder record = TaskRecord.newBuilder()
                .setTaskId(task.taskId())
                .setBootId(task.bootId())
                .setClaim(task.claim().name())
                .setObservation(task.observation())
                .setStatus(progress.status().name())
                .setStopCode(progress.stopCode())
                .setStopReason(progress.stopReason())
                .setPullStartedAtMs(progress.times().pullStartedAt())
                .setPullStoppedAtMs(progress.times().pullStoppedAt())
                .setStartedAtMs(progress.times().startedAt())
                .setDeactivatingAtMs(progress.times().deactivatingAt())
                .setStoppingAtMs(progress.times().stoppingAt())
                .setStoppedAtMs(progress.times().stoppedAt())
                .setVolumesRemoved(progress.volumesRemoved());
        AssignedTask assignment = task.assignment();
        if (assignment != null) {
            record.setAssignment(assignment.message());
        }
        task.containers().forEach(container -> record.addContainers(of(container)));
        return record.build();
    }

    static LocalTask task(TaskRecord record) {
        return new LocalTask(
                record.getTaskId(),
                record.getBootId(),
                record.hasAssignment() ? AssignedTask.of(record.getAssignment()) : null,
                LocalTask.Claim.valueOf(record.getClaim()),
                record.getObservation(),
                new Progress(
                        Progress.Status.valueOf(record.getStatus()),
                        record.getStopCode(),
                        record.getStopReason(),
                        new Progress.Times(
                                record.getPullStartedAtMs(),
                                record.getPullStoppedAtMs(),
                                record.getStartedAtMs(),
                                record.getDeactivatingAtMs(),
                                record.getStoppingAtMs(),
                                record.getStoppedAtMs()),
                        record.getVolumesRemoved()),
                record.getContainersList().stream().map(Records::container).toList());
    }

    private static ContainerRecord of(LocalContainer container) {
        ContainerRecord.Builder record = ContainerRecord.newBuilder()
                .setName(container.name())
                .setImage(container.image())
                .setPhase(container.phase().name())
                .setRuntimeId(container.runtimeId())
                .setLive(container.live())
                .setStartedAtMs(container.startedAt())
                .setFinishedAtMs(container.run().finishedAt())
                .setRestarts(container.run().restarts())
                .setFormerRunMs(container.run().former())
                .setReason(container.reason())
                .setHealth(container.health().name())
                .setHealthOutput(container.healthOutput())
                .setRemoved(container.removed())
                .setImageDigest(container.imageDigest());
        container.exitCode().ifPresent(record::setExitCode);
        container
                .ports()
                .forEach(port -> record.addPorts(NetworkBinding.newBuilder()
                        .setBindIp(port.bindIp())
                        .setContainerPort(port.containerPort())
                        .setHostPort(port.hostPort())
                        .setProtocol(port.protocol())));
        return record.build();
    }

    private static LocalContainer container(ContainerRecord record) {
        return new LocalContainer(
                record.getName(),
                record.getImage(),
                LocalContainer.Phase.valueOf(record.getPhase()),
                record.getRuntimeId(),
                record.getLive(),
                new Run(
                        record.getStartedAtMs(),
                        record.getFinishedAtMs(),
                        record.hasExitCode() ? OptionalInt.of(record.getExitCode()) : OptionalInt.empty(),
                        record.getRestarts(),
                        record.getFormerRunMs()),
                record.getReason(),
                "",
                Health.valueOf(record.getHealth()),
                record.getHealthOutput(),
                record.getPortsList().stream()
                        .map(p ->
                                new PortBinding(p.getBindIp(), p.getContainerPort(), p.getHostPort(), p.getProtocol()))
                        .toList(),
                record.getRemoved(),
                record.getImageDigest());
    }
}
