package dev.staithe.agent.container;

import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.PortMapping;
import dev.staithe.proto.v1.SystemControl;
import dev.staithe.proto.v1.TaskDefinition;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a container definition says of its network, apart from all else: what a sandbox has to have so that the container can
 * join it. It is just what Docker refuses of a container that joins another's network, and the sysctls of a network.
 *
 * @param definition with those fields alone
 * @param key a digest of them; the same for all revisions that do not change them
 */
public record NetworkSettings(ContainerDefinition definition, String key) {
    private static final String NET = "net.";
    private static final int KEY_BYTES = 16;

    /** Enough for a process of one page; Docker refuses less. */
    private static final int MEMORY_MIB = 6;

    /**
     * The settings of a container that a sandbox can be made ready for; empty when it needs a network of its own: outside the
     * bridge, with a host port of its choosing (two cannot hold one port, and the old task has it until it ends), or where links
     * tie containers together by their own addresses.
     */
    public static Optional<NetworkSettings> of(TaskDefinition task, ContainerDefinition container) {
        boolean bridge =
                task.getNetworkMode().isEmpty() || task.getNetworkMode().equals("bridge");
        boolean linked = task.getContainerDefinitionsList().stream().anyMatch(c -> c.getLinksCount() > 0);
        if (!bridge || linked || container.getLinksCount() > 0 || container.getDisableNetworking()) {
            return Optional.empty();
        }
        for (PortMapping mapping : container.getPortMappingsList()) {
            if (mapping.getHostPort() != 0 || !mapping.getContainerPortRange().isEmpty()) {
                return Optional.empty();
            }
        }
        ContainerDefinition.Builder own = ContainerDefinition.newBuilder()
                .setHostname(container.getHostname())
                .addAllDnsServers(container.getDnsServersList())
                .addAllDnsSearchDomains(container.getDnsSearchDomainsList())
                .addAllExtraHosts(container.getExtraHostsList());
        for (PortMapping mapping : container.getPortMappingsList()) {
            // Names of ports and protocols above TCP are nothing to the engine.
            own.addPortMappings(PortMapping.newBuilder()
                    .setContainerPort(mapping.getContainerPort())
                    .setProtocol(mapping.getProtocol()));
        }
        container.getSystemControlsList().stream()
                .filter(NetworkSettings::ofNetwork)
                .forEach(own::addSystemControls);
        ContainerDefinition settings = own.build();
        return Optional.of(new NetworkSettings(settings, digest(settings)));
    }

    /** The definition without what its sandbox has. */
    static ContainerDefinition without(ContainerDefinition container) {
        List<SystemControl> others = container.getSystemControlsList().stream()
                .filter(control -> !ofNetwork(control))
                .toList();
        return container.toBuilder()
                .clearHostname()
                .clearDnsServers()
                .clearDnsSearchDomains()
                .clearExtraHosts()
                .clearPortMappings()
                .clearSystemControls()
                .addAllSystemControls(others)
                .build();
    }

    /**
     * What to ask the engine for. The program that holds the network is the engine's side's own.
     *
     * @param instance whose sandbox it is
     * @param id makes its name, unique on the host
     */
    public ContainerRequest request(String instance, String id) {
        Map<String, String> labels = new TreeMap<>();
        labels.put(ContainerLabels.INSTANCE, instance);
        labels.put(ContainerLabels.SANDBOX, key);
        return new ContainerRequest(
                "staithe-sandbox-" + id,
                "",
                TaskDefinition.getDefaultInstance(),
                definition.toBuilder().setName("sandbox").setMemory(MEMORY_MIB).build(),
                labels,
                List.of(),
                Map.of());
    }

    private static boolean ofNetwork(SystemControl control) {
        return control.getNamespace().startsWith(NET);
    }

    private static String digest(ContainerDefinition settings) {
        try {
            // There is no map in it, so the same settings are the same bytes.
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(settings.toByteArray());
            return HexFormat.of().formatHex(digest, 0, KEY_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
