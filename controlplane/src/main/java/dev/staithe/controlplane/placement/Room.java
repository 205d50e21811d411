package dev.staithe.controlplane.placement;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.model.HostAbilities;
import dev.staithe.controlplane.model.Usage;
import dev.staithe.controlplane.state.ClusterState;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** The parts of {@link Capacity#fits} that are about one host and its resources. */
final class Room {
    private Room() {}

    /** Why the host takes no tasks at all; empty when it does. */
    static Optional<Verdict.Refused> outOfService(ContainerInstance host) {
        return switch (host.status()) {
            case INACTIVE -> out(Reason.INACTIVE, "the host is deregistered");
            case DRAINING -> out(Reason.DRAINING, "the host is being drained");
            case ACTIVE -> {
                if (!host.agentConnected()) {
                    yield out(Reason.AGENT, "its agent is not connected");
                }
                yield host.engineHealthy()
                        ? Optional.empty()
                        : out(Reason.AGENT, "its container engine does not answer");
            }
        };
    }

    private static Optional<Verdict.Refused> out(Reason reason, String detail) {
        return Optional.of(new Verdict.Refused(reason, 0, detail));
    }

    /** Whether the host has all of it. No words are made for a host that does. */
    static boolean has(ContainerInstance host, Usage usage, Demand demand) {
        return demand.cpu() <= host.cpu() - usage.cpu()
                && demand.memory() <= host.memory() - usage.memory()
                && demand.gpus() <= host.gpus().size() - usage.gpus()
                && hasPorts(host, usage, demand)
                && hasAttributes(host, demand.attributes());
    }

    static boolean hasPorts(ContainerInstance host, Usage usage, Demand demand) {
        for (Integer port : demand.tcpPorts()) {
            if (usage.tcpPorts().containsKey(port) || host.reservedTcpPorts().contains(port)) {
                return false;
            }
        }
        for (Integer port : demand.udpPorts()) {
            if (usage.udpPorts().containsKey(port) || host.reservedUdpPorts().contains(port)) {
                return false;
            }
        }
        return true;
    }

    static boolean hasAttributes(ContainerInstance host, SortedMap<String, String> wanted) {
        for (Map.Entry<String, String> attribute : wanted.entrySet()) {
            if (!hasAttribute(host, attribute.getKey(), attribute.getValue())) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasAttribute(ContainerInstance host, String attribute, String value) {
        String own = host.attribute(attribute);
        return own != null && (value.isEmpty() || own.equals(value));
    }

    static void attributes(ContainerInstance host, Demand demand, Shortages shortages) {
        for (Map.Entry<String, String> wanted : demand.attributes().entrySet()) {
            String name = wanted.getKey();
            if (!hasAttribute(host, name, wanted.getValue())) {
                String own = host.attribute(name);
                shortages.add(
                        Reason.ATTRIBUTE,
                        1,
                        own == null
                                ? "attribute " + name + ": missing" + inWords(name)
                                : "attribute " + name + ": needs " + wanted.getValue() + ", has " + own);
            }
        }
    }

    private static String inWords(String attribute) {
        String words = HostAbilities.lacking(attribute);
        return words.isEmpty() ? "" : " (" + words + ")";
    }

    static void amounts(ContainerInstance host, Usage usage, Demand demand, Shortages shortages) {
        int gpus = host.gpus().size();
        shortages.amount(Reason.GPU, "gpu", "GPUs", demand.gpus(), gpus - usage.gpus(), gpus);
        shortages.amount(Reason.CPU, "cpu", "units", demand.cpu(), host.cpu() - usage.cpu(), host.cpu());
        shortages.amount(
                Reason.MEMORY, "memory", "MiB", demand.memory(), host.memory() - usage.memory(), host.memory());
    }

    /** @param state says whose a port is */
    static void ports(ContainerInstance host, Usage usage, Demand demand, ClusterState state, Shortages shortages) {
        for (int port : demand.tcpPorts()) {
            if (host.reservedTcpPorts().contains(port)) {
                shortages.add(Reason.PORTS, 1, "port " + port + "/tcp: reserved on the host");
            } else if (usage.tcpPorts().containsKey(port)) {
                shortages.add(Reason.PORTS, 1, "port " + port + "/tcp: held by " + holder(host, port, false, state));
            }
        }
        for (int port : demand.udpPorts()) {
            if (host.reservedUdpPorts().contains(port)) {
                shortages.add(Reason.PORTS, 1, "port " + port + "/udp: reserved on the host");
            } else if (usage.udpPorts().containsKey(port)) {
                shortages.add(Reason.PORTS, 1, "port " + port + "/udp: held by " + holder(host, port, true, state));
            }
        }
    }

    private static String holder(ContainerInstance host, int port, boolean udp, ClusterState state) {
        return state.tasksOfInstance(host.id()).stream()
                .filter(t -> !t.stopped())
                .filter(t -> (udp ? t.demand().udpPorts() : t.demand().tcpPorts()).contains(port))
                .findFirst()
                .map(t -> t.group() + ", task " + t.id())
                .orElse("a task that was placed a moment ago");
    }
}
