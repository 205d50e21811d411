package dev.staithe.controlplane.model;

import org.pcollections.TreePMap;

/**
 * What the tasks of one host take of it, kept up to date task by task.
 *
 * @param tcpPorts fixed host ports, with how many tasks hold each (more than one only after a fault)
 */
public record Usage(
        long cpu,
        long memory,
        int tasks,
        TreePMap<Integer, Integer> tcpPorts,
        TreePMap<Integer, Integer> udpPorts,
        int gpus) {
    public static final Usage NONE = new Usage(0, 0, 0, TreePMap.empty(), TreePMap.empty(), 0);

    public Usage plus(Demand demand) {
        return changed(demand, 1);
    }

    public Usage minus(Demand demand) {
        return changed(demand, -1);
    }

    private Usage changed(Demand demand, int sign) {
        return new Usage(
                cpu + sign * demand.cpu(),
                memory + sign * demand.memory(),
                tasks + sign,
                counted(tcpPorts, demand.tcpPorts(), sign),
                counted(udpPorts, demand.udpPorts(), sign),
                gpus + sign * demand.gpus());
    }

    private static TreePMap<Integer, Integer> counted(
            TreePMap<Integer, Integer> ports, Iterable<Integer> changed, int sign) {
        TreePMap<Integer, Integer> result = ports;
        for (Integer port : changed) {
            int count = result.getOrDefault(port, 0) + sign;
            result = count == 0 ? result.minus(port) : result.plus(port, count);
        }
        return result;
    }
}
