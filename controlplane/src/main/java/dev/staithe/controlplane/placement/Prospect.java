package dev.staithe.controlplane.placement;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Demand;
import dev.staithe.proto.v1.HostVerdict;
import dev.staithe.proto.v1.PlacementDecision;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Where the next task of a request would go and why, host by host. Asks what {@link Placer} asks, so that the host it names
 * is the one that the scheduler would take.
 *
 * @param fitting hosts that can take it, the best first
 * @param refused all others, the closest first
 * @param advice the smallest changes that would make one of them fit; empty when one fits
 */
public record Prospect(
        PlacementRequest request, List<Ranked> fitting, List<Explanation.Host> refused, List<String> advice) {
    public Prospect {
        fitting = List.copyOf(fitting);
        refused = List.copyOf(refused);
        advice = List.copyOf(advice);
    }

    /** Looks at every host of the cluster; takes nothing. */
    public static Prospect of(Capacity capacity, PlacementRequest request) {
        List<Ranked> fitting = Placer.rank(capacity, request);
        List<Explanation.Host> refused = new ArrayList<>();
        for (ContainerInstance host : capacity.hosts(request.cluster())) {
            switch (capacity.fits(host, request)) {
                case Verdict.Refused no -> refused.add(new Explanation.Host(host.id(), host.hostName(), no));
                case Verdict.Fits fits -> {}
            }
        }
        refused.sort(Explanation.CLOSEST_FIRST);
        List<String> advice = fitting.isEmpty() ? Advice.of(capacity, request) : List.of();
        return new Prospect(request, fitting, refused, advice);
    }

    /** As it is shown. */
    public PlacementDecision message() {
        PlacementDecision.Builder message =
                PlacementDecision.newBuilder().setDemand(text(request.demand())).addAllSuggestions(advice);
        request.rules().constraints().forEach(c -> message.addConstraints(text(c)));
        request.rules().ranking().forEach(s -> message.addStrategies(text(s)));
        for (int i = 0; i < fitting.size(); i++) {
            Ranked ranked = fitting.get(i);
            message.addHosts(HostVerdict.newBuilder()
                    .setContainerInstance(ranked.host().id())
                    .setHostName(ranked.host().hostName())
                    .setFits(true)
                    .setRank(i + 1)
                    .addAllRanking(ranked.figures().stream()
                            .map(f -> f.strategy() + ": " + f.detail())
                            .toList()));
        }
        refused.forEach(host -> message.addHosts(HostVerdict.newBuilder()
                .setContainerInstance(host.instanceId())
                .setHostName(host.hostName())
                .setReason(host.refused().reason().code())
                .setDetail(host.refused().detail())));
        if (!fitting.isEmpty()) {
            message.setChosen(fitting.getFirst().host().id());
        }
        return message.build();
    }

    /** "cpu 256 units, memory 512 MiB, port 8080/tcp". */
    static String text(Demand demand) {
        List<String> parts = new ArrayList<>();
        parts.add("cpu " + demand.cpu() + " units");
        parts.add("memory " + demand.memory() + " MiB");
        if (demand.gpus() > 0) {
            parts.add(demand.gpus() + (demand.gpus() == 1 ? " GPU" : " GPUs"));
        }
        demand.tcpPorts().forEach(port -> parts.add("port " + port + "/tcp"));
        demand.udpPorts().forEach(port -> parts.add("port " + port + "/udp"));
        parts.addAll(attributes(demand));
        return String.join(", ", parts);
    }

    private static List<String> attributes(Demand demand) {
        return demand.attributes().entrySet().stream().map(Prospect::attribute).collect(Collectors.toList());
    }

    static String attribute(Map.Entry<String, String> wanted) {
        return "attribute " + wanted.getKey() + (wanted.getValue().isEmpty() ? "" : "=" + wanted.getValue());
    }

    static String text(Constraint constraint) {
        return switch (constraint) {
            case Constraint.DistinctInstance distinct -> "distinctInstance";
            case Constraint.MemberOf member -> "memberOf " + member.expression();
            case Constraint.Unknown unknown -> unknown.type() + " (not known to this version)";
        };
    }

    private static String text(Strategy strategy) {
        return switch (strategy) {
            case Strategy.SpreadHosts hosts -> "spread instanceId";
            case Strategy.SpreadAttribute attribute -> "spread attribute:" + attribute.name();
            case Strategy.Binpack binpack ->
                switch (binpack.resource()) {
                    case CPU -> "binpack cpu";
                    case MEMORY -> "binpack memory";
                };
            case Strategy.Random random -> "random";
        };
    }
}
