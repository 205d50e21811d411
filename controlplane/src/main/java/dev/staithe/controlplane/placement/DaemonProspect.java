package dev.staithe.controlplane.placement;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Task;
import dev.staithe.proto.v1.HostVerdict;
import dev.staithe.proto.v1.PlacementDecision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a DAEMON has its tasks and where not, host by host and why. Asks what {@link Placer#placeOn} asks, so that the hosts
 * that fit are those that get a task next.
 *
 * @param holding hosts with a task of the daemon that is not STOPPED: they get no other
 * @param fitting hosts without one that can take it
 * @param refused all others, the closest first
 */
public record DaemonProspect(
        PlacementRequest request,
        List<Task> holding,
        List<ContainerInstance> fitting,
        List<Explanation.Host> refused,
        List<ContainerInstance> hosts) {
    public DaemonProspect {
        holding = List.copyOf(holding);
        fitting = List.copyOf(fitting);
        refused = List.copyOf(refused);
        hosts = List.copyOf(hosts);
    }

    /** Looks at every host of the cluster; takes nothing. */
    public static DaemonProspect of(Capacity capacity, PlacementRequest request, List<Task> own) {
        List<Task> holding = own.stream().filter(task -> !task.stopped()).toList();
        List<ContainerInstance> fitting = new ArrayList<>();
        List<Explanation.Host> refused = new ArrayList<>();
        List<ContainerInstance> hosts = capacity.hosts(request.cluster());
        for (ContainerInstance host : hosts) {
            if (holding.stream().anyMatch(task -> task.instanceId().equals(host.id()))) {
                continue;
            }
            switch (capacity.fits(host, request)) {
                case Verdict.Refused no -> refused.add(new Explanation.Host(host.id(), host.hostName(), no));
                case Verdict.Fits fits -> fitting.add(host);
            }
        }
        refused.sort(Explanation.CLOSEST_FIRST);
        return new DaemonProspect(request, holding, fitting, refused, hosts);
    }

    /** As it is shown. */
    public PlacementDecision message() {
        PlacementDecision.Builder message =
                PlacementDecision.newBuilder().setDaemon(true).setDemand(Prospect.text(request.demand()));
        request.rules().constraints().forEach(c -> message.addConstraints(Prospect.text(c)));
        fitting.forEach(host -> message.addHosts(HostVerdict.newBuilder()
                .setContainerInstance(host.id())
                .setHostName(host.hostName())
                .setFits(true)
                .setDetail("gets its task next")));
        refused.forEach(host -> message.addHosts(HostVerdict.newBuilder()
                .setContainerInstance(host.instanceId())
                .setHostName(host.hostName())
                .setReason(host.refused().reason().code())
                .setDetail(host.refused().detail())));
        holding.forEach(task -> message.addHosts(HostVerdict.newBuilder()
                .setContainerInstance(task.instanceId())
                .setHostName(nameOf(task.instanceId()))
                .setTask(task.id())
                .setDetail("has task "
                        + task.id().substring(0, Math.min(8, task.id().length())) + " of " + task.taskDefinition()
                        + ", " + (task.stopWanted() ? "which is to stop" : task.status()))));
        if (!fitting.isEmpty()) {
            message.setChosen(fitting.getFirst().id());
        }
        return message.build();
    }

    private String nameOf(String instanceId) {
        Optional<ContainerInstance> host =
                hosts.stream().filter(h -> h.id().equals(instanceId)).findFirst();
        return host.map(ContainerInstance::hostName).orElse(instanceId);
    }
}
