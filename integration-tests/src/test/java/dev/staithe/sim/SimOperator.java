package dev.staithe.sim;

import dev.staithe.controlplane.intent.Written;
import dev.staithe.controlplane.model.ContainerInstance;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Who looks after the hosts: drains them and lets them take tasks again, takes one out of the cluster and starts its agent
 * anew, and in the end leaves all of them in service.
 */
final class SimOperator {
    private final Simulation simulation;
    private final SimClient client;
    private final SimRandom random;
    private boolean busy;
    private boolean finishing;

    SimOperator(Simulation simulation) {
        this.simulation = simulation;
        this.client = new SimClient(simulation, "operator of hosts");
        this.random = new SimRandom(simulation.seed(), "operator of hosts");
    }

    void start() {
        later(random.between(Duration.ofSeconds(3), Duration.ofSeconds(20)), this::next);
    }

    /** Puts every host back into service. */
    void finish() {
        finishing = true;
        if (!busy) {
            restore();
        }
    }

    /** Whether every host that is there is in service. */
    boolean content() {
        return !busy && toRestore().isEmpty();
    }

    private void next() {
        if (busy || finishing) {
            return;
        }
        SimHost host = random.one(simulation.hosts());
        Optional<ContainerInstance> known = instance(host);
        if (known.isEmpty()) {
            rest();
            return;
        }
        switch (random.nextInt(6)) {
            case 0, 1, 2 -> drain(known.get(), true);
            case 3, 4 -> drain(known.get(), false);
            case 5 -> deregister(host, known.get());
            default -> throw new IllegalStateException("six cases");
        }
    }

    private Optional<ContainerInstance> instance(SimHost host) {
        return host.instanceId().flatMap(id -> simulation.truth().state().instance(id));
    }

    private void drain(ContainerInstance instance, boolean wanted) {
        busy = true;
        client.<Written<ContainerInstance>>send(
                (wanted ? "drain " : "activate ") + instance.hostName(),
                replica -> replica.hosts().drain(instance, wanted),
                answer -> rest());
    }

    private void deregister(SimHost host, ContainerInstance instance) {
        busy = true;
        client.<Written<ContainerInstance>>send(
                "deregister " + instance.hostName(),
                replica -> replica.hosts()
                        .deregister(instance, true, replica.view().current()),
                answer -> later(random.between(Duration.ofMillis(100), Duration.ofSeconds(10)), () -> {
                    restart(host);
                    rest();
                }));
    }

    /** A deregistered host is back with the next start of its agent. */
    private static void restart(SimHost host) {
        host.kill();
        host.start();
    }

    private void rest() {
        busy = false;
        if (finishing) {
            later(Duration.ofMillis(500), this::restore);
        } else {
            later(random.between(Duration.ofSeconds(2), Duration.ofSeconds(25)), this::next);
        }
    }

    private void restore() {
        List<SimHost> left = toRestore();
        if (busy || left.isEmpty()) {
            return;
        }
        SimHost host = left.getFirst();
        ContainerInstance instance = instance(host).orElseThrow();
        if (instance.status() == ContainerInstance.Status.INACTIVE) {
            restart(host);
            rest();
        } else {
            drain(instance, false);
        }
    }

    private List<SimHost> toRestore() {
        return simulation.hosts().stream()
                .filter(h -> !h.lost())
                .filter(h -> instance(h)
                        .filter(i -> i.status() != ContainerInstance.Status.ACTIVE)
                        .isPresent())
                .toList();
    }

    private void later(Duration delay, Runnable work) {
        simulation.scheduler().after(simulation.world(), delay, "operator of hosts", work);
    }
}
