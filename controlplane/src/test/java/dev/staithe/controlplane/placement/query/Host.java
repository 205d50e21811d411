package dev.staithe.controlplane.placement.query;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An instance to ask about. */
record Host(
        boolean agentConnected,
        String agentVersion,
        Map<String, String> attributes,
        String instanceId,
        long registeredAtMillis,
        int runningTasksCount,
        List<String> groups)
        implements QuerySubject {
    /** Connected, of release 1.2.3, registered on 2018-06-18T22:28:28.500Z, without attributes and tasks. */
    static final Host PLAIN =
            new Host(true, "1.2.3", Map.of(), "0123456789abcdef0123456789abcdef", 1_529_360_908_500L, 0, List.of());

    Host connected(boolean connected) {
        return new Host(connected, agentVersion, attributes, instanceId, registeredAtMillis, runningTasksCount, groups);
    }

    Host version(String version) {
        return new Host(agentConnected, version, attributes, instanceId, registeredAtMillis, runningTasksCount, groups);
    }

    Host with(String attribute, String value) {
        Map<String, String> more = new TreeMap<>(attributes);
        more.put(attribute, value);
        return new Host(agentConnected, agentVersion, more, instanceId, registeredAtMillis, runningTasksCount, groups);
    }

    Host registeredAtMillis(long millis) {
        return new Host(agentConnected, agentVersion, attributes, instanceId, millis, runningTasksCount, groups);
    }

    /** With one task of each of the groups. */
    Host tasks(String... ofGroups) {
        return new Host(
                agentConnected,
                agentVersion,
                attributes,
                instanceId,
                registeredAtMillis,
                ofGroups.length,
                List.of(ofGroups));
    }

    @Override
    public boolean hasTaskOfGroup(String group) {
        return groups.contains(group);
    }

    @Override
    public Collection<String> taskGroups() {
        return groups;
    }
}
