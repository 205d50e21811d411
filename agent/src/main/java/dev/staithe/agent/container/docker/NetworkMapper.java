package dev.staithe.agent.container.docker;

import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.proto.v1.ContainerDefinition;

/**
 * The task's networkMode, and the sandbox that the container joins instead of a network of its own; the container's
 * disableNetworking, hostname, dnsServers, dnsSearchDomains and extraHosts.
 */
final class NetworkMapper implements ContainerMapper {
    @Override
    public void map(ContainerRequest request, ContainerDraft draft) {
        ContainerDefinition container = request.container();
        draft.host()
                .withNetworkMode(request.sandbox().map(id -> "container:" + id).orElseGet(() -> mode(request)));
        if (container.getDisableNetworking()) {
            draft.container().withNetworkDisabled(true);
        }
        if (!container.getHostname().isEmpty()) {
            draft.container().withHostName(container.getHostname());
        }
        if (container.getDnsServersCount() > 0) {
            draft.host().withDns(container.getDnsServersList());
        }
        if (container.getDnsSearchDomainsCount() > 0) {
            draft.host().withDnsSearch(container.getDnsSearchDomainsList());
        }
        if (container.getExtraHostsCount() > 0) {
            draft.host()
                    .withExtraHosts(container.getExtraHostsList().stream()
                            .map(entry -> entry.getHostname() + ":" + entry.getIpAddress())
                            .toArray(String[]::new));
        }
    }

    static String mode(ContainerRequest request) {
        String mode = request.taskDefinition().getNetworkMode();
        return switch (mode) {
            case "", "bridge" -> "bridge";
            case "host", "none" -> mode;
            default -> throw new IllegalArgumentException("networkMode: " + mode + " (expected: bridge, host or none)");
        };
    }
}
