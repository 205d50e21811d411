package dev.staithe.controlplane.intent;

import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.HostEntry;
import dev.staithe.proto.v1.TaskDefinition;
import java.util.List;
import java.util.regex.Pattern;

/** How a container finds others by name, and whether it has a network at all. Ports and links have rules of their own. */
final class ContainerNetworkRules {
    private static final int MOST_NAMES = 32;
    private static final Pattern HOST_NAME = Pattern.compile("(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
            + "(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*");
    private static final Pattern ANY_NAME = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252})?");
    private static final Pattern ADDRESS =
            Pattern.compile("(25[0-5]|2[0-4]\\d|1\\d\\d|\\d{1,2})(\\.(25[0-5]|2[0-4]\\d|1\\d\\d|\\d{1,2})){3}"
                    + "|(?=[^:]*:[^:]*:)[0-9A-Fa-f:]{2,39}(?::\\d{1,3}(?:\\.\\d{1,3}){3})?");

    private ContainerNetworkRules() {}

    static void check(TaskDefinition definition, ContainerDefinition container, String at, Problems problems) {
        if (!container.getHostname().isEmpty()
                && !HOST_NAME.matcher(container.getHostname()).matches()) {
            problems.invalid(at + ".hostname", container.getHostname(), "a host name");
        }
        addresses(container.getDnsServersList(), at + ".dnsServers", problems);
        searchDomains(container.getDnsSearchDomainsList(), at + ".dnsSearchDomains", problems);
        extraHosts(container.getExtraHostsList(), at + ".extraHosts", problems);
        if (container.getDisableNetworking()) {
            without(definition, container, at, problems);
        }
    }

    private static void without(
            TaskDefinition definition, ContainerDefinition container, String at, Problems problems) {
        if (definition.getNetworkMode().equals("host")) {
            problems.invalid(at + ".disableNetworking", "true", "absent, as networkMode is host");
        }
        if (container.getPortMappingsCount() > 0) {
            problems.invalid(at + ".disableNetworking", "true", "absent, as the container has portMappings");
        }
        if (container.getLinksCount() > 0) {
            problems.invalid(at + ".disableNetworking", "true", "absent, as the container has links");
        }
    }

    private static void addresses(List<String> addresses, String at, Problems problems) {
        few(addresses.size(), at, problems);
        for (int i = 0; i < addresses.size(); i++) {
            if (!ADDRESS.matcher(addresses.get(i)).matches()) {
                problems.invalid(at + "[" + i + "]", addresses.get(i), "an IP address");
            }
        }
    }

    private static void searchDomains(List<String> domains, String at, Problems problems) {
        few(domains.size(), at, problems);
        for (int i = 0; i < domains.size(); i++) {
            if (!domains.get(i).equals(".") && !ANY_NAME.matcher(domains.get(i)).matches()) {
                problems.invalid(at + "[" + i + "]", domains.get(i), "a domain, or . for none");
            }
        }
    }

    private static void extraHosts(List<HostEntry> entries, String at, Problems problems) {
        few(entries.size(), at, problems);
        for (int i = 0; i < entries.size(); i++) {
            HostEntry entry = entries.get(i);
            if (!ANY_NAME.matcher(entry.getHostname()).matches()) {
                problems.invalid(at + "[" + i + "].hostname", entry.getHostname(), "a host name");
            }
            // The engine knows the host's own address on the bridge by this word.
            if (!entry.getIpAddress().equals("host-gateway")
                    && !ADDRESS.matcher(entry.getIpAddress()).matches()) {
                problems.invalid(
                        at + "[" + i + "].ipAddress",
                        entry.getIpAddress(),
                        "an IP address, or host-gateway for the host's own");
            }
        }
    }

    private static void few(int count, String at, Problems problems) {
        if (count > MOST_NAMES) {
            problems.invalid(at, count + " entries", "at most " + MOST_NAMES);
        }
    }
}
