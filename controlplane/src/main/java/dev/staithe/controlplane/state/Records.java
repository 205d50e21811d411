package dev.staithe.controlplane.state;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.staithe.controlplane.model.Brake;
import dev.staithe.controlplane.model.Cluster;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Health;
import dev.staithe.controlplane.model.HostWish;
import dev.staithe.controlplane.model.Origin;
import dev.staithe.controlplane.model.Role;
import dev.staithe.controlplane.model.Scheduling;
import dev.staithe.controlplane.model.Sealed;
import dev.staithe.controlplane.model.Secret;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.ServiceEvent;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskContainer;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import dev.staithe.controlplane.model.TaskDefinitionRevision;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.model.UsedToken;
import dev.staithe.controlplane.model.Waiting;
import dev.staithe.proto.store.v1.BrakeRecord;
import dev.staithe.proto.store.v1.ClusterRecord;
import dev.staithe.proto.store.v1.ContainerRecord;
import dev.staithe.proto.store.v1.DeploymentRecord;
import dev.staithe.proto.store.v1.EventRecord;
import dev.staithe.proto.store.v1.ExplanationRecord;
import dev.staithe.proto.store.v1.FamilyRecord;
import dev.staithe.proto.store.v1.HostWishRecord;
import dev.staithe.proto.store.v1.InstanceRecord;
import dev.staithe.proto.store.v1.OriginRecord;
import dev.staithe.proto.store.v1.RoleRecord;
import dev.staithe.proto.store.v1.SealedRecord;
import dev.staithe.proto.store.v1.SecretRecord;
import dev.staithe.proto.store.v1.ServiceRecord;
import dev.staithe.proto.store.v1.TaskDefinitionRecord;
import dev.staithe.proto.store.v1.TaskRecord;
import dev.staithe.proto.store.v1.TokenRecord;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** Stored records to model values and back. Pure; an unreadable record throws and is quarantined by the reader. */
public final class Records {
    private Records() {}

    public static ByteString bytes(Cluster cluster) {
        return ClusterRecord.newBuilder()
                .setName(cluster.name())
                .setCreatedAtMs(cluster.createdAtMillis())
                .addAllTags(cluster.tags())
                .setBrakeReleases(cluster.brakeReleases())
                .build()
                .toByteString();
    }

    public static Cluster cluster(ByteString bytes) throws InvalidProtocolBufferException {
        ClusterRecord r = ClusterRecord.parseFrom(bytes);
        return new Cluster(r.getName(), r.getCreatedAtMs(), r.getTagsList(), r.getBrakeReleases());
    }

    public static ByteString bytes(Brake brake) {
        return BrakeRecord.newBuilder()
                .setCluster(brake.cluster())
                .setSinceMs(brake.sinceMillis())
                .setSilent(brake.silent())
                .setHosts(brake.hosts())
                .setReleases(brake.releases())
                .build()
                .toByteString();
    }

    public static Brake brake(ByteString bytes) throws InvalidProtocolBufferException {
        BrakeRecord r = BrakeRecord.parseFrom(bytes);
        return new Brake(r.getCluster(), r.getSinceMs(), r.getSilent(), r.getHosts(), r.getReleases());
    }

    /** A family is only the last number that it gave out. */
    public static ByteString family(String family, int latestRevision) {
        return FamilyRecord.newBuilder()
                .setFamily(family)
                .setLatestRevision(latestRevision)
                .build()
                .toByteString();
    }

    public static int latestRevision(ByteString bytes) throws InvalidProtocolBufferException {
        return FamilyRecord.parseFrom(bytes).getLatestRevision();
    }

    public static ByteString bytes(TaskDefinitionRevision definition) {
        return TaskDefinitionRecord.newBuilder()
                .setSpec(definition.spec())
                .setRevision(definition.ref().revision())
                .setRegisteredAtMs(definition.registeredAtMillis())
                .setDeregisteredAtMs(definition.deregisteredAtMillis())
                .build()
                .toByteString();
    }

    public static TaskDefinitionRevision taskDefinition(ByteString bytes) throws InvalidProtocolBufferException {
        TaskDefinitionRecord r = TaskDefinitionRecord.parseFrom(bytes);
        return new TaskDefinitionRevision(
                new TaskDefinitionRef(r.getSpec().getFamily(), r.getRevision()),
                r.getSpec(),
                r.getRegisteredAtMs(),
                r.getDeregisteredAtMs(),
                Demand.of(r.getSpec()));
    }

    public static ByteString bytes(Secret secret) {
        return SecretRecord.newBuilder()
                .setCluster(secret.cluster())
                .setName(secret.name())
                .setVersion(secret.version())
                .setCreatedAtMs(secret.createdAtMillis())
                .setUpdatedAtMs(secret.updatedAtMillis())
                .setValue(record(secret.value()))
                .build()
                .toByteString();
    }

    public static Secret secret(ByteString bytes) throws InvalidProtocolBufferException {
        SecretRecord r = SecretRecord.parseFrom(bytes);
        return new Secret(
                r.getCluster(),
                r.getName(),
                r.getVersion(),
                r.getCreatedAtMs(),
                r.getUpdatedAtMs(),
                sealed(r.getValue()));
    }

    public static ByteString bytes(Role role) {
        RoleRecord.Builder record = RoleRecord.newBuilder()
                .setCluster(role.cluster())
                .setName(role.name())
                .setVersion(role.version())
                .setCreatedAtMs(role.createdAtMillis())
                .setUpdatedAtMs(role.updatedAtMillis());
        switch (role.credentials()) {
            case Role.Credentials.Made made -> record.setCommand(made.command());
            case Role.Credentials.Fixed fixed ->
                record.setAccessKeyId(fixed.accessKeyId()).setKeys(record(fixed.keys()));
        }
        return record.build().toByteString();
    }

    public static Role role(ByteString bytes) throws InvalidProtocolBufferException {
        RoleRecord r = RoleRecord.parseFrom(bytes);
        Role.Credentials credentials = r.getCommand().isEmpty()
                ? new Role.Credentials.Fixed(r.getAccessKeyId(), sealed(r.getKeys()))
                : new Role.Credentials.Made(r.getCommand());
        return new Role(
                r.getCluster(), r.getName(), r.getVersion(), r.getCreatedAtMs(), r.getUpdatedAtMs(), credentials);
    }

    private static SealedRecord record(Sealed sealed) {
        return SealedRecord.newBuilder()
                .setKeyId(sealed.keyId())
                .setNonce(sealed.nonce())
                .setCiphertext(sealed.ciphertext())
                .build();
    }

    private static Sealed sealed(SealedRecord record) {
        return new Sealed(record.getKeyId(), record.getNonce(), record.getCiphertext());
    }

    public static ByteString bytes(Service service) {
        return ServiceRecord.newBuilder()
                .setUid(service.uid())
                .setCluster(service.cluster())
                .setName(service.name())
                .setFamily(service.taskDefinition().family())
                .setRevision(service.taskDefinition().revision())
                .setDesiredCount(service.desiredCount())
                .setDeploymentConfiguration(service.deploymentConfiguration())
                .setCreatedAtMs(service.createdAtMillis())
                .setDeploymentGeneration(service.generation())
                .setDeleted(service.deleted())
                .setClientToken(service.clientToken())
                .setRequestDigest(service.requestDigest())
                .addAllTags(service.tags())
                .setSchedulingStrategy(service.scheduling().kind().name())
                .addAllPlacementConstraints(service.scheduling().constraints())
                .addAllPlacementStrategy(service.scheduling().strategies())
                .setHealthCheckGracePeriodS(
                        (int) service.scheduling().gracePeriod().toSeconds())
                .setAvailabilityZoneRebalancing(
                        service.scheduling().rebalancing().name())
                .setPropagateTags(service.scheduling().propagateTags().name())
                .setOrigin(originRecord(service.origin()))
                .setStoppedGeneration(service.stoppedGeneration())
                .setExecuteCommand(service.scheduling().executeCommand())
                .setConnectionDrainingS(
                        (int) service.scheduling().connectionDraining().toSeconds())
                .build()
                .toByteString();
    }

    public static Service service(ByteString bytes) throws InvalidProtocolBufferException {
        ServiceRecord r = ServiceRecord.parseFrom(bytes);
        return new Service(
                r.getUid(),
                r.getCluster(),
                r.getName(),
                new TaskDefinitionRef(r.getFamily(), r.getRevision()),
                r.getDesiredCount(),
                r.getDeploymentConfiguration(),
                r.getCreatedAtMs(),
                r.getDeploymentGeneration(),
                r.getDeleted(),
                r.getClientToken(),
                r.getRequestDigest(),
                r.getTagsList(),
                new Scheduling(
                        Scheduling.Kind.valueOf(r.getSchedulingStrategy()),
                        r.getPlacementConstraintsList(),
                        r.getPlacementStrategyList(),
                        Duration.ofSeconds(r.getHealthCheckGracePeriodS()),
                        Scheduling.Rebalancing.valueOf(r.getAvailabilityZoneRebalancing()),
                        Scheduling.TagSource.valueOf(r.getPropagateTags()),
                        r.hasConnectionDrainingS()
                                ? Duration.ofSeconds(r.getConnectionDrainingS())
                                : Scheduling.USUAL_DRAINING,
                        r.getExecuteCommand()),
                origin(r.getOrigin()),
                r.getStoppedGeneration());
    }

    private static OriginRecord originRecord(Origin origin) {
        return OriginRecord.newBuilder()
                .setKind(origin.kind().name())
                .setGivenUp(origin.givenUp())
                .setBroughtBack(origin.broughtBack())
                .build();
    }

    private static Origin origin(OriginRecord r) {
        return new Origin(Origin.Kind.valueOf(r.getKind()), r.getGivenUp(), r.getBroughtBack());
    }

    public static ByteString bytes(String cluster, String instanceId, HostWish wish) {
        return HostWishRecord.newBuilder()
                .setCluster(cluster)
                .setInstanceId(instanceId)
                .setDraining(wish.draining())
                .setDeregisteredIncarnation(wish.deregisteredIncarnation())
                .putAllAttributes(wish.attributes())
                .addAllTags(wish.tags())
                .build()
                .toByteString();
    }

    /** What is wanted of which host. */
    public record WishedHost(String cluster, String instanceId, HostWish wish) {}

    public static WishedHost host(ByteString bytes) throws InvalidProtocolBufferException {
        HostWishRecord r = HostWishRecord.parseFrom(bytes);
        return new WishedHost(
                r.getCluster(),
                r.getInstanceId(),
                new HostWish(
                        r.getDraining(),
                        r.getDeregisteredIncarnation(),
                        new TreeMap<>(r.getAttributesMap()),
                        r.getTagsList()));
    }

    public static ByteString bytes(Deployment deployment) {
        return DeploymentRecord.newBuilder()
                .setId(deployment.id())
                .setCluster(deployment.cluster())
                .setServiceUid(deployment.serviceUid())
                .setServiceName(deployment.serviceName())
                .setGeneration(deployment.generation())
                .setFamily(deployment.taskDefinition().family())
                .setRevision(deployment.taskDefinition().revision())
                .setCreatedAtMs(deployment.createdAtMillis())
                .setUpdatedAtMs(deployment.updatedAtMillis())
                .setRolloutState(deployment.rollout().name())
                .setRolloutStateReason(deployment.rolloutReason())
                .setNextOrdinal(deployment.nextOrdinal())
                .setFailedTasks(deployment.failures().inARow())
                .setCountedTo(deployment.failures().countedTo())
                .setDesiredCount(deployment.desiredCount())
                .setOrigin(originRecord(deployment.origin()))
                .setFinishedAtMs(deployment.outcome().finishedAtMillis())
                .setBreakerFailures(deployment.failures().breaker())
                .setHasRun(deployment.failures().hasRun())
                .setRollbackTo(deployment.outcome().rollbackTo())
                .putAllImages(deployment.images())
                .build()
                .toByteString();
    }

    public static Deployment deployment(ByteString bytes) throws InvalidProtocolBufferException {
        DeploymentRecord r = DeploymentRecord.parseFrom(bytes);
        return new Deployment(
                r.getCluster(),
                r.getServiceUid(),
                r.getServiceName(),
                r.getGeneration(),
                new TaskDefinitionRef(r.getFamily(), r.getRevision()),
                origin(r.getOrigin()),
                r.getCreatedAtMs(),
                r.getUpdatedAtMs(),
                new Deployment.Outcome(
                        Deployment.Rollout.valueOf(r.getRolloutState()),
                        r.getRolloutStateReason(),
                        r.getFinishedAtMs(),
                        r.getRollbackTo()),
                r.getNextOrdinal(),
                new Deployment.Failures(r.getFailedTasks(), r.getCountedTo(), r.getBreakerFailures(), r.getHasRun()),
                r.getDesiredCount(),
                new TreeMap<>(r.getImagesMap()));
    }

    public static ByteString bytes(Task task) {
        TaskRecord.Builder record = TaskRecord.newBuilder()
                .setId(task.id())
                .setCluster(task.cluster())
                .setFamily(task.taskDefinition().family())
                .setRevision(task.taskDefinition().revision())
                .setInstanceId(task.instanceId())
                .setGroup(task.group())
                .setStartedBy(task.startedBy())
                .setServiceUid(task.serviceUid())
                .setDeploymentGeneration(task.generation())
                .setDesiredStatus(task.stopWanted() ? "STOPPED" : "RUNNING")
                .setStatus(task.status().name())
                .setVersion(task.version())
                .setObservation(task.observation())
                .setStopCode(task.stopCode())
                .setStoppedReason(task.stoppedReason())
                .setCreatedAtMs(task.times().createdAt())
                .setPullStartedAtMs(task.times().pullStartedAt())
                .setPullStoppedAtMs(task.times().pullStoppedAt())
                .setStartedAtMs(task.times().startedAt())
                .setStoppingAtMs(task.times().stoppingAt())
                .setStoppedAtMs(task.times().stoppedAt())
                .addAllTags(task.marks().tags())
                .setProtectedUntilMs(task.marks().protectedUntilMillis())
                .setMoving(task.marks().moving())
                .addAllGpuIds(task.marks().gpus())
                .setReferenceId(task.marks().referenceId())
                .setExecuteCommand(task.marks().executeCommand());
        if (task.overrides().getSerializedSize() > 0) {
            record.setOverrides(task.overrides());
        }
        task.containers().forEach(c -> record.addContainers(container(c)));
        return record.build().toByteString();
    }

    private static ContainerRecord container(TaskContainer c) {
        ContainerRecord.Builder record = ContainerRecord.newBuilder()
                .setName(c.name())
                .setRuntimeId(c.runtimeId())
                .setStatus(c.status())
                .setReason(c.reason())
                .addAllNetworkBindings(c.networkBindings())
                .setHealthStatus(c.health().name())
                .setHealthOutput(c.healthOutput())
                .setChecked(c.checked())
                .setImageDigest(c.imageDigest())
                .setRestartCount(c.restarts());
        c.exitCode().ifPresent(record::setExitCode);
        return record.build();
    }

    /** A task; its demand comes from its definition. */
    static Task task(ByteString bytes, Function<TaskDefinitionRef, Optional<TaskDefinitionRevision>> definitions)
            throws InvalidProtocolBufferException {
        TaskRecord r = TaskRecord.parseFrom(bytes);
        TaskDefinitionRef ref = new TaskDefinitionRef(r.getFamily(), r.getRevision());
        TaskDefinitionRevision definition = definitions
                .apply(ref)
                .orElseThrow(() -> new InvalidProtocolBufferException("task definition " + ref + " is missing"));
        Demand demand = r.hasOverrides() ? Demand.of(definition.spec(), r.getOverrides()) : definition.demand();
        return new Task(
                r.getId(),
                r.getCluster(),
                ref,
                r.getInstanceId(),
                r.getGroup(),
                r.getStartedBy(),
                r.getServiceUid(),
                r.getDeploymentGeneration(),
                r.getDesiredStatus().equals("STOPPED"),
                TaskStatus.valueOf(r.getStatus()),
                r.getVersion(),
                r.getObservation(),
                r.getStopCode(),
                r.getStoppedReason(),
                r.getContainersList().stream().map(Records::container).toList(),
                new Task.Times(
                        r.getCreatedAtMs(),
                        r.getPullStartedAtMs(),
                        r.getPullStoppedAtMs(),
                        r.getStartedAtMs(),
                        r.getStoppingAtMs(),
                        r.getStoppedAtMs()),
                r.getOverrides(),
                demand,
                marks(r));
    }

    private static Task.Marks marks(TaskRecord r) {
        return r.getTagsCount() + r.getGpuIdsCount() == 0
                        && r.getProtectedUntilMs() == 0
                        && !r.getMoving()
                        && r.getReferenceId().isEmpty()
                        && !r.getExecuteCommand()
                ? Task.Marks.NONE
                : new Task.Marks(
                        r.getTagsList(),
                        r.getProtectedUntilMs(),
                        r.getMoving(),
                        r.getGpuIdsList(),
                        r.getReferenceId(),
                        r.getExecuteCommand());
    }

    private static TaskContainer container(ContainerRecord c) {
        return new TaskContainer(
                c.getName(),
                c.getRuntimeId(),
                c.getStatus(),
                c.hasExitCode() ? OptionalInt.of(c.getExitCode()) : OptionalInt.empty(),
                c.getReason(),
                c.getNetworkBindingsList(),
                Health.valueOf(c.getHealthStatus()),
                c.getHealthOutput(),
                c.getChecked(),
                c.getImageDigest(),
                c.getRestartCount());
    }

    public static ByteString bytes(ContainerInstance instance) {
        return InstanceRecord.newBuilder()
                .setId(instance.id())
                .setCluster(instance.cluster())
                .setHostName(instance.hostName())
                .setAddress(instance.address())
                .setCpuUnits(instance.cpu())
                .setMemoryMib(instance.memory())
                .addAllReservedTcpPorts(instance.reservedTcpPorts())
                .addAllReservedUdpPorts(instance.reservedUdpPorts())
                .putAllAttributes(instance.registeredAttributes())
                .setAgentVersion(instance.agentVersion())
                .setDockerVersion(instance.dockerVersion())
                .setIncarnation(instance.incarnation())
                .setBootId(instance.bootId())
                .setRegisteredAtMs(instance.registeredAtMillis())
                .addAllGpuIds(instance.gpus())
                .setAgentConnected(instance.agentConnected())
                .setEngineHealthy(instance.engineHealthy())
                .setVersion(instance.version())
                .build()
                .toByteString();
    }

    /** An instance of which nothing is wanted: that is stored apart. */
    public static ContainerInstance instance(ByteString bytes) throws InvalidProtocolBufferException {
        InstanceRecord r = InstanceRecord.parseFrom(bytes);
        return new ContainerInstance(
                r.getId(),
                r.getCluster(),
                r.getHostName(),
                r.getAddress(),
                r.getCpuUnits(),
                r.getMemoryMib(),
                new TreeSet<>(r.getReservedTcpPortsList()),
                new TreeSet<>(r.getReservedUdpPortsList()),
                new TreeMap<>(r.getAttributesMap()),
                r.getAgentVersion(),
                r.getDockerVersion(),
                r.getIncarnation(),
                r.getBootId(),
                r.getRegisteredAtMs(),
                r.getAgentConnected(),
                r.getEngineHealthy(),
                r.getVersion(),
                r.getGpuIdsList(),
                HostWish.NONE);
    }

    public static ByteString bytes(ServiceEvent event) {
        return EventRecord.newBuilder()
                .setId(event.id())
                .setCluster(event.cluster())
                .setServiceUid(event.serviceUid())
                .setNumber(event.number())
                .setCreatedAtMs(event.createdAtMillis())
                .setMessage(event.message())
                .setCause(event.cause())
                .build()
                .toByteString();
    }

    public static ServiceEvent event(ByteString bytes) throws InvalidProtocolBufferException {
        EventRecord r = EventRecord.parseFrom(bytes);
        return new ServiceEvent(
                r.getId(),
                r.getCluster(),
                r.getServiceUid(),
                r.getNumber(),
                r.getCreatedAtMs(),
                r.getMessage(),
                r.getCause());
    }

    public static ByteString bytes(UsedToken token) {
        return TokenRecord.newBuilder()
                .setCluster(token.cluster())
                .setSeed(token.seed())
                .setRequestDigest(token.requestDigest())
                .setStarted(token.started())
                .setCreatedAtMs(token.createdAtMillis())
                .build()
                .toByteString();
    }

    public static UsedToken token(ByteString bytes) throws InvalidProtocolBufferException {
        TokenRecord r = TokenRecord.parseFrom(bytes);
        return new UsedToken(r.getCluster(), r.getSeed(), r.getRequestDigest(), r.getStarted(), r.getCreatedAtMs());
    }

    public static ByteString bytes(Waiting waiting) {
        return ExplanationRecord.newBuilder()
                .setCluster(waiting.cluster())
                .setServiceUid(waiting.serviceUid())
                .setExplanation(waiting.explanation())
                .build()
                .toByteString();
    }

    public static Waiting waiting(ByteString bytes) throws InvalidProtocolBufferException {
        ExplanationRecord r = ExplanationRecord.parseFrom(bytes);
        return new Waiting(r.getCluster(), r.getServiceUid(), r.getExplanation());
    }
}
