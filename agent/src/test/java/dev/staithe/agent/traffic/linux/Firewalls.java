package dev.staithe.agent.traffic.linux;

import dev.staithe.agent.traffic.ConnectionGate;
import dev.staithe.runtime.Time;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The ways to refuse connections, each on its own. */
public enum Firewalls {
    NFTABLES(List.of("nft", "list", "ruleset")) {
        @Override
        Firewall firewall(String owner) {
            return new NftFirewall(owner);
        }
    },
    IPTABLES(List.of("sh", "-c", "iptables-save; ip6tables-save")) {
        @Override
        Firewall firewall(String owner) {
            return new IptablesFirewall(owner);
        }
    };

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> listing;

    Firewalls(List<String> listing) {
        this.listing = listing;
    }

    abstract Firewall firewall(String owner);

    /** The gate of an agent with this instance id. */
    public ConnectionGate open(String instanceId, Time time) {
        return LinuxGate.with(Path.of("/proc"), time, firewall(instanceId.substring(0, 12)));
    }

    /** The lines of the host's rules that carry the agent's name. */
    public List<String> leftOnTheHost(String instanceId) throws IOException {
        Process process = new ProcessBuilder(listing).start();
        String listed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return listed.lines()
                .filter(line -> line.contains(instanceId.substring(0, 12)))
                .toList();
    }
}
