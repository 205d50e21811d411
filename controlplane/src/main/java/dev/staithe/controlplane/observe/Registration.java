package dev.staithe.controlplane.observe;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.HostWish;
import dev.staithe.proto.agent.v1.Hello;
import dev.staithe.proto.agent.v1.HostFacts;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a host's Hello makes of its record. Pure. */
public final class Registration {
    private Registration() {}

    /** The instance as it is from now on; empty when the record says all of it already. */
    public static Optional<ContainerInstance> of(Hello hello, Optional<ContainerInstance> known, long millis) {
        HostFacts facts = hello.getFacts();
        ContainerInstance now = new ContainerInstance(
                hello.getInstanceId(),
                known.map(ContainerInstance::cluster).orElse(hello.getCluster()),
                facts.getHostName(),
                facts.getAddress(),
                facts.getCpuUnits(),
                facts.getMemoryMib(),
                new TreeSet<>(facts.getReservedTcpPortsList()),
                new TreeSet<>(facts.getReservedUdpPortsList()),
                new TreeMap<>(facts.getAttributesMap()),
                facts.getAgentVersion(),
                facts.getDockerVersion(),
                hello.getIncarnation(),
                hello.getBootId(),
                registeredBefore(hello, known)
                        .map(ContainerInstance::registeredAtMillis)
                        .orElse(millis),
                true,
                known.map(ContainerInstance::engineHealthy).orElse(true),
                known.map(ContainerInstance::version).orElse(0L),
                facts.getGpuIdsList(),
                known.map(ContainerInstance::wish).orElse(HostWish.NONE));
        return known.isPresent() && known.get().equals(now)
                ? Optional.empty()
                : Optional.of(now.connected(true, now.engineHealthy()));
    }

    /** One that was deregistered is registered anew by the next process of its agent. */
    private static Optional<ContainerInstance> registeredBefore(Hello hello, Optional<ContainerInstance> known) {
        return known.filter(
                i -> i.status() != ContainerInstance.Status.INACTIVE || i.incarnation() >= hello.getIncarnation());
    }
}
