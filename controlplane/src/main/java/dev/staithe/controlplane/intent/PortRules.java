package dev.staithe.controlplane.intent;

import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.PortMapping;
import dev.staithe.proto.v1.TaskDefinition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Port mappings: each by itself, and that no two of a task want the same host port. */
final class PortRules {
    private static final int LARGEST = 65_535;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]{0,63}");

    private static final Pattern RANGE = Pattern.compile("(\\d{1,5})-(\\d{1,5})");

    /** Each is a rule of the host's firewall, and a line of what is reported of the task. */
    private static final int MOST_RANGED = 256;

    private final TaskDefinition definition;
    private final Problems problems;

    /** Host port and protocol to the field that took it first. */
    private final Map<String, String> taken = new HashMap<>();

    private final Map<String, String> names = new HashMap<>();
    private int ranged;

    private PortRules(TaskDefinition definition, Problems problems) {
        this.definition = definition;
        this.problems = problems;
    }

    static void check(TaskDefinition definition, Problems problems) {
        PortRules rules = new PortRules(definition, problems);
        List<ContainerDefinition> containers = definition.getContainerDefinitionsList();
        for (int i = 0; i < containers.size(); i++) {
            String at = "containerDefinitions[" + i + "].portMappings";
            List<PortMapping> ports = containers.get(i).getPortMappingsList();
            if (!ports.isEmpty() && definition.getNetworkMode().equals("none")) {
                problems.invalid(at, ports.size() + " ports", "none, as networkMode is none");
                continue;
            }
            for (int j = 0; j < ports.size(); j++) {
                rules.port(ports.get(j), at + "[" + j + "]");
            }
        }
    }

    private void port(PortMapping port, String at) {
        if (!port.getContainerPortRange().isEmpty()) {
            range(port, at);
        } else if (!port.hasContainerPort()) {
            problems.say(at + ".containerPort", "absent (expected: 1-" + LARGEST + ")");
        } else if (port.getContainerPort() < 1 || port.getContainerPort() > LARGEST) {
            problems.invalid(at + ".containerPort", port.getContainerPort(), "1-" + LARGEST);
        }
        if (port.getHostPort() < 0 || port.getHostPort() > LARGEST) {
            problems.invalid(at + ".hostPort", port.getHostPort(), "0-" + LARGEST + ", 0 for one that is free");
        }
        if (!Set.of("", "tcp", "udp").contains(port.getProtocol())) {
            problems.invalid(at + ".protocol", port.getProtocol(), "tcp or udp");
        }
        if (port.getContainerPortRange().isEmpty()) {
            hostPort(port, at);
        }
        if (!Set.of("", "http", "http2", "grpc").contains(port.getAppProtocol())) {
            problems.invalid(at + ".appProtocol", port.getAppProtocol(), "http, http2 or grpc");
        }
        if (!port.getName().isEmpty()) {
            if (!NAME.matcher(port.getName()).matches()) {
                problems.invalid(at + ".name", port.getName(), "1-64 of A-Z a-z 0-9 _ -, not beginning with -");
            }
            unique(names, port.getName(), at + ".name", "a name of its own");
        }
    }

    /** As in ECS: each port of the range gets a host port that is free. */
    private void range(PortMapping port, String at) {
        String field = at + ".containerPortRange";
        Matcher range = RANGE.matcher(port.getContainerPortRange());
        int first = range.matches() ? Integer.parseInt(range.group(1)) : 0;
        int last = first == 0 ? 0 : Integer.parseInt(range.group(2));
        if (first < 1 || last <= first || last > LARGEST) {
            problems.invalid(field, port.getContainerPortRange(), "FIRST-LAST, both 1-" + LARGEST);
        } else {
            ranged += last - first + 1;
            if (ranged > MOST_RANGED) {
                problems.invalid(field, ranged + " ports in the ranges of the task", "at most " + MOST_RANGED);
            }
        }
        if (port.hasContainerPort() || port.getHostPort() != 0) {
            problems.say(field, "containerPort or hostPort is set too (expected: the range alone)");
        }
        if (definition.getNetworkMode().equals("host")) {
            problems.invalid(field, port.getContainerPortRange(), "absent, as networkMode is host");
        }
    }

    private void hostPort(PortMapping port, String at) {
        boolean host = definition.getNetworkMode().equals("host");
        if (host && port.getHostPort() != 0 && port.getHostPort() != port.getContainerPort()) {
            problems.invalid(
                    at + ".hostPort",
                    port.getHostPort(),
                    "absent, 0 or the containerPort " + port.getContainerPort() + ", as networkMode is host");
        }
        int fixed = host ? port.getContainerPort() : port.getHostPort();
        if (fixed > 0) {
            String protocol = port.getProtocol().isEmpty() ? "tcp" : port.getProtocol();
            unique(
                    taken,
                    fixed + "/" + protocol,
                    at + (host ? ".containerPort" : ".hostPort"),
                    "a port of the host that no other mapping has");
        }
    }

    private void unique(Map<String, String> all, String value, String field, String expected) {
        String first = all.putIfAbsent(value, field);
        if (first != null) {
            problems.invalid(field, value, expected + "; " + first + " has it");
        }
    }
}
