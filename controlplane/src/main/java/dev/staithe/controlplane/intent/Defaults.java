package dev.staithe.controlplane.intent;

import dev.staithe.controlplane.model.Scheduling;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.CreateServiceRequest;
import dev.staithe.proto.v1.DeploymentConfiguration;
import dev.staithe.proto.v1.HealthCheck;
import dev.staithe.proto.v1.PortMapping;
import dev.staithe.proto.v1.TaskDefinition;
import java.time.Duration;

/** Fills in what users may leave out, as ECS shows it afterwards. Only for what has been validated. */
final class Defaults {
    private Defaults() {}

    static Scheduling scheduling(CreateServiceRequest request) {
        return new Scheduling(
                Scheduling.Kind.REPLICA,
                request.getPlacementConstraintsList(),
                request.getPlacementStrategyList(),
                Duration.ofSeconds(request.getHealthCheckGracePeriodSeconds()),
                Scheduling.Rebalancing.DISABLED,
                Scheduling.TagSource.NONE);
    }

    static TaskDefinition of(TaskDefinition definition) {
        TaskDefinition.Builder full = definition.toBuilder();
        if (definition.getNetworkMode().isEmpty()) {
            full.setNetworkMode("bridge");
        }
        Sizes.cpu(definition.getCpu()).ifPresent(units -> full.setCpu(units.toString()));
        Sizes.memory(definition.getMemory()).ifPresent(mib -> full.setMemory(mib.toString()));
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
            if (networkMode.equals("host")) {
                port.setHostPort(port.getContainerPort());
            } else if (!port.hasHostPort()) {
                port.setHostPort(0);
            }
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

    /** What is given, on top of what was there, on top of ECS's defaults for REPLICA services. */
    static DeploymentConfiguration of(DeploymentConfiguration before, DeploymentConfiguration given) {
        return DeploymentConfiguration.newBuilder()
                .setMaximumPercent(200)
                .setMinimumHealthyPercent(100)
                .setStrategy("ROLLING")
                .mergeFrom(before)
                .mergeFrom(given)
                .build();
    }
}
