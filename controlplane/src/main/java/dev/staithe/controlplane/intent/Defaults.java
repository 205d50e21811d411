package dev.staithe.controlplane.intent;

import dev.staithe.controlplane.model.Scheduling;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.CreateServiceRequest;
import dev.staithe.proto.v1.DeploymentCircuitBreaker;
import dev.staithe.proto.v1.DeploymentConfiguration;
import dev.staithe.proto.v1.HealthCheck;
import dev.staithe.proto.v1.PlacementConstraint;
import dev.staithe.proto.v1.PlacementStrategy;
import dev.staithe.proto.v1.PortMapping;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskDefinitionPlacementConstraint;
import dev.staithe.proto.v1.UpdateServiceRequest;
import dev.staithe.proto.v1.Volume;
import java.time.Duration;
import java.util.List;

/** Fills in what users may leave out, as ECS shows it afterwards. Only for what has been validated. */
final class Defaults {
    private Defaults() {}

    /** What a new service is scheduled by. A daemon is where it has to be: nothing is there to balance. */
    static Scheduling scheduling(CreateServiceRequest request) {
        Scheduling.Kind kind = request.getSchedulingStrategy().isEmpty()
                ? Scheduling.Kind.REPLICA
                : Scheduling.Kind.valueOf(request.getSchedulingStrategy());
        Scheduling.Rebalancing usual =
                kind == Scheduling.Kind.DAEMON ? Scheduling.Rebalancing.DISABLED : Scheduling.Rebalancing.ENABLED;
        return new Scheduling(
                kind,
                canonicalConstraints(request.getPlacementConstraintsList()),
                canonicalStrategies(request.getPlacementStrategyList()),
                Duration.ofSeconds(request.getHealthCheckGracePeriodSeconds()),
                rebalancing(request.getAvailabilityZoneRebalancing(), usual),
                tagSource(request.getPropagateTags(), Scheduling.TagSource.NONE),
                request.hasConnectionDrainingSeconds()
                        ? Duration.ofSeconds(request.getConnectionDrainingSeconds())
                        : Scheduling.USUAL_DRAINING,
                request.getEnableExecuteCommand());
    }

    /** What is given, in the place of what was there. */
    static Scheduling scheduling(Scheduling before, UpdateServiceRequest request) {
        boolean constraints = request.getClearPlacementConstraints() || request.getPlacementConstraintsCount() > 0;
        boolean strategies = request.getClearPlacementStrategy() || request.getPlacementStrategyCount() > 0;
        return new Scheduling(
                before.kind(),
                constraints ? canonicalConstraints(request.getPlacementConstraintsList()) : before.constraints(),
                strategies ? canonicalStrategies(request.getPlacementStrategyList()) : before.strategies(),
                request.hasHealthCheckGracePeriodSeconds()
                        ? Duration.ofSeconds(request.getHealthCheckGracePeriodSeconds())
                        : before.gracePeriod(),
                rebalancing(request.getAvailabilityZoneRebalancing(), before.rebalancing()),
                tagSource(request.getPropagateTags(), before.propagateTags()),
                request.hasConnectionDrainingSeconds()
                        ? Duration.ofSeconds(request.getConnectionDrainingSeconds())
                        : before.connectionDraining(),
                request.hasEnableExecuteCommand() ? request.getEnableExecuteCommand() : before.executeCommand());
    }

    private static List<PlacementConstraint> canonicalConstraints(List<PlacementConstraint> given) {
        return given.stream().map(PlacementRules::canonical).toList();
    }

    private static List<PlacementStrategy> canonicalStrategies(List<PlacementStrategy> given) {
        return given.stream().map(PlacementRules::canonical).toList();
    }

    private static Scheduling.Rebalancing rebalancing(String given, Scheduling.Rebalancing otherwise) {
        return given.isEmpty() ? otherwise : Scheduling.Rebalancing.valueOf(given);
    }

    private static Scheduling.TagSource tagSource(String given, Scheduling.TagSource otherwise) {
        return given.isEmpty() ? otherwise : Scheduling.TagSource.valueOf(given);
    }

    static TaskDefinition of(TaskDefinition definition) {
        TaskDefinition.Builder full = definition.toBuilder();
        if (definition.getNetworkMode().isEmpty()) {
            full.setNetworkMode("bridge");
        }
        Sizes.cpu(definition.getCpu()).ifPresent(units -> full.setCpu(units.toString()));
        Sizes.memory(definition.getMemory()).ifPresent(mib -> full.setMemory(mib.toString()));
        for (TaskDefinitionPlacementConstraint.Builder constraint : full.getPlacementConstraintsBuilderList()) {
            constraint.setType(PlacementRules.canonical(constraint.build()).getType());
        }
        for (Volume.Builder volume : full.getVolumesBuilderList()) {
            if (volume.hasEfsVolumeConfiguration()
                    && volume.getEfsVolumeConfiguration().getRootDirectory().isEmpty()) {
                volume.getEfsVolumeConfigurationBuilder().setRootDirectory("/");
            }
        }
        for (ContainerDefinition.Builder container : full.getContainerDefinitionsBuilderList()) {
            fill(container, full.getNetworkMode());
        }
        return full.build();
    }

    private static void fill(ContainerDefinition.Builder container, String networkMode) {
        if (!container.hasCpu()) {
            container.setCpu(0);
        }
        if (!container.hasEssential()) {
            container.setEssential(true);
        }
        for (PortMapping.Builder port : container.getPortMappingsBuilderList()) {
            if (port.getProtocol().isEmpty()) {
                port.setProtocol("tcp");
            }
            if (!port.getContainerPortRange().isEmpty()) {
                continue;
            }
            if (networkMode.equals("host")) {
                port.setHostPort(port.getContainerPort());
            } else if (!port.hasHostPort()) {
                port.setHostPort(0);
            }
        }
        if (container.hasRestartPolicy() && !container.getRestartPolicy().hasRestartAttemptPeriod()) {
            container.getRestartPolicyBuilder().setRestartAttemptPeriod(300);
        }
        if (container.hasHealthCheck()
                && !container.getHealthCheck().getCommand(0).equals("NONE")) {
            fill(container.getHealthCheckBuilder());
        }
    }

    /** Seconds, and tries. */
    private static void fill(HealthCheck.Builder check) {
        if (!check.hasInterval()) {
            check.setInterval(30);
        }
        if (!check.hasTimeout()) {
            check.setTimeout(5);
        }
        if (!check.hasRetries()) {
            check.setRetries(3);
        }
    }

    /** What is given, on top of ECS's defaults: a daemon is replaced in its place, the old task before the new one. */
    static DeploymentConfiguration deployment(Scheduling scheduling, DeploymentConfiguration given) {
        return DeploymentConfiguration.newBuilder()
                .setMaximumPercent(scheduling.daemon() ? 100 : 200)
                .setMinimumHealthyPercent(scheduling.daemon() ? 0 : 100)
                .setStrategy("ROLLING")
                .setDeploymentCircuitBreaker(
                        DeploymentCircuitBreaker.newBuilder().setEnable(false).setRollback(false))
                .mergeFrom(given)
                .build();
    }

    /** What is given, on top of what was there. */
    static DeploymentConfiguration deployment(DeploymentConfiguration before, DeploymentConfiguration given) {
        return before.toBuilder().mergeFrom(given).build();
    }
}
