package dev.staithe.controlplane.placement;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Demand;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The smallest changes that would make a host fit for a task that fits nowhere.
 *
 * <p>Nothing is guessed: a change is proposed for a host only if {@link Capacity#fits} says that with this change, and no
 * other, the host would take the task. What is always possible, one more host, comes last.
 */
final class Advice {
    private static final int MOST_NAMED = 3;

    /** The form of an expression for which the command that makes a host match can be told. */
    private static final Pattern ONE_ATTRIBUTE =
            Pattern.compile("\\s*attribute:([A-Za-z0-9._/-]+)\\s*==\\s*([^\\s()]+)\\s*");

    private final Capacity capacity;
    private final PlacementRequest request;
    private final Demand demand;
    private final List<ContainerInstance> hosts;
    private final List<String> advice = new ArrayList<>();

    private Advice(Capacity capacity, PlacementRequest request) {
        this.capacity = capacity;
        this.request = request;
        this.demand = request.demand();
        this.hosts = capacity.hosts(request.cluster()).stream()
                .filter(h -> h.status() != ContainerInstance.Status.INACTIVE)
                .toList();
    }

    static List<String> of(Capacity capacity, PlacementRequest request) {
        Advice advice = new Advice(capacity, request);
        advice.bringBack();
        advice.freeRoom();
        advice.freePorts();
        advice.loosenConstraints();
        advice.addHost();
        return advice.advice;
    }

    private boolean fits(ContainerInstance host, Demand wanted, Rules rules) {
        PlacementRequest changed =
                new PlacementRequest(request.cluster(), request.group(), wanted, 1, rules, request.seed());
        return capacity.fits(host, changed) instanceof Verdict.Fits;
    }

    private boolean fits(ContainerInstance host) {
        return fits(host, demand, request.rules());
    }

    private void bringBack() {
        List<ContainerInstance> drained = hosts.stream()
                .filter(h -> h.status() == ContainerInstance.Status.DRAINING)
                .filter(h -> fits(h.wished(h.wish().drain(false))))
                .toList();
        if (!drained.isEmpty()) {
            advice.add("let " + named(drained) + " take tasks again: staithe instance activate "
                    + drained.getFirst().hostName());
        }
        List<ContainerInstance> silent = hosts.stream()
                .filter(h -> !h.agentConnected() || !h.engineHealthy())
                .filter(h -> fits(h.connected(true, true)))
                .toList();
        if (!silent.isEmpty()) {
            advice.add("bring back " + named(silent)
                    + ": its agent is not connected, or its container engine does not answer");
        }
    }

    /** Of one resource where that is enough, else of both; named are the hosts on which the least is missing. */
    private void freeRoom() {
        SortedMap<Long, List<ContainerInstance>> memory = new TreeMap<>();
        SortedMap<Long, List<ContainerInstance>> cpu = new TreeMap<>();
        SortedMap<Long, List<ContainerInstance>> both = new TreeMap<>();
        for (ContainerInstance host : hosts) {
            long memoryMissing = demand.memory() - Math.max(0, capacity.freeMemory(host));
            long cpuMissing = demand.cpu() - Math.max(0, capacity.freeCpu(host));
            if (host.memory() < demand.memory() || host.cpu() < demand.cpu()) {
                continue;
            }
            if (fits(host, sized(demand.cpu(), 0), request.rules())) {
                memory.computeIfAbsent(memoryMissing, m -> new ArrayList<>()).add(host);
            } else if (fits(host, sized(0, demand.memory()), request.rules())) {
                cpu.computeIfAbsent(cpuMissing, m -> new ArrayList<>()).add(host);
            } else if (fits(host, sized(0, 0), request.rules())) {
                both.computeIfAbsent(memoryMissing, m -> new ArrayList<>()).add(host);
            }
        }
        if (!memory.isEmpty()) {
            advice.add("free " + memory.firstKey() + " MiB of memory on " + any(first(memory)));
        }
        if (!cpu.isEmpty()) {
            advice.add("free " + cpu.firstKey() + " cpu units on " + any(first(cpu)));
        }
        if (!both.isEmpty() && memory.isEmpty() && cpu.isEmpty()) {
            ContainerInstance host = first(both).getFirst();
            advice.add("free " + both.firstKey() + " MiB of memory and "
                    + (demand.cpu() - Math.max(0, capacity.freeCpu(host))) + " cpu units on " + host.hostName());
        }
    }

    private static List<ContainerInstance> first(SortedMap<Long, List<ContainerInstance>> byMissing) {
        return byMissing.firstEntry().getValue();
    }

    private void freePorts() {
        SortedSet<Integer> none = new TreeSet<>();
        Demand dynamic = new Demand(demand.cpu(), demand.memory(), none, none, demand.attributes(), demand.gpus());
        List<String> held = new ArrayList<>();
        for (ContainerInstance host : hosts) {
            if (fits(host, dynamic, request.rules()) && capacity.fits(host, request) instanceof Verdict.Refused no) {
                held.add(host.hostName() + ": " + no.detail());
            }
        }
        if (!held.isEmpty()) {
            advice.add("use a dynamic port (hostPort 0), or stop what holds it on "
                    + held.stream().limit(MOST_NAMED).collect(Collectors.joining("; on "))
                    + more(held.size()));
        }
    }

    /** Each constraint by itself. */
    private void loosenConstraints() {
        for (Constraint constraint : request.rules().constraints()) {
            List<Constraint> others = new ArrayList<>(request.rules().constraints());
            others.remove(constraint);
            Rules without = new Rules(others, request.rules().strategies());
            List<ContainerInstance> would =
                    hosts.stream().filter(h -> fits(h, demand, without)).toList();
            if (!would.isEmpty()) {
                advice.add(
                        switch (constraint) {
                            case Constraint.DistinctInstance distinct ->
                                "distinctInstance: every host with room has a task of " + request.group()
                                        + "; without this constraint " + any(would) + " would take it";
                            case Constraint.MemberOf member -> memberOf(member.expression(), would);
                            case Constraint.Unknown unknown ->
                                "leave out the constraint of type " + unknown.type()
                                        + ", which this version does not know";
                        });
            }
        }
    }

    private static String memberOf(String expression, List<ContainerInstance> would) {
        Matcher simple = ONE_ATTRIBUTE.matcher(expression);
        String why = "memberOf selects no host that has room: " + expression + "; ";
        return simple.matches()
                ? why + "staithe instance attributes set " + would.getFirst().hostName() + " " + simple.group(1) + "="
                        + simple.group(2)
                : why + "give " + any(would) + " attributes that it selects, or change it";
    }

    private void addHost() {
        List<String> needed = new ArrayList<>();
        needed.add("cpu " + demand.cpu() + " units or more");
        needed.add("memory " + demand.memory() + " MiB or more");
        if (demand.gpus() > 0) {
            needed.add(demand.gpus() + " GPUs");
        }
        demand.attributes().entrySet().stream()
                .filter(wanted -> hosts.stream().noneMatch(h -> has(h, wanted.getKey(), wanted.getValue())))
                .forEach(wanted -> needed.add(Prospect.attribute(wanted) + ", which no host has"));
        request.rules().constraints().forEach(constraint -> {
            if (constraint instanceof Constraint.MemberOf member) {
                needed.add("selected by " + member.expression());
            }
        });
        advice.add("add a host: " + String.join(", ", needed));
    }

    private static boolean has(ContainerInstance host, String name, String value) {
        String own = host.attribute(name);
        return own != null && (value.isEmpty() || own.equals(value));
    }

    private Demand sized(long cpu, long memory) {
        return new Demand(cpu, memory, demand.tcpPorts(), demand.udpPorts(), demand.attributes(), demand.gpus());
    }

    private static String any(List<ContainerInstance> which) {
        return which.size() == 1 ? which.getFirst().hostName() : "any of " + named(which);
    }

    private static String named(List<ContainerInstance> which) {
        return which.stream()
                        .map(ContainerInstance::hostName)
                        .sorted()
                        .limit(MOST_NAMED)
                        .collect(Collectors.joining(", "))
                + more(which.size());
    }

    private static String more(int all) {
        return all > MOST_NAMED ? " and " + (all - MOST_NAMED) + " more" : "";
    }
}
