package dev.staithe.sim;

import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.ledger.TaskLedger.Contents;
import dev.staithe.agent.ledger.TaskLedger.Identity;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.HostPort;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.model.Progress;
import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.model.Task;
import dev.staithe.proto.agent.v1.AgentMessage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** What must hold of hosts after every event: of their containers, and of what their agents wrote down. */
final class HostInvariants {
    /** The usual time, and what writing it down may take. */
    private static final Duration LONGEST_DRAINING = Duration.ofSeconds(35);

    /** What the simulated engine says that it has: four cores and 8 GiB. */
    private static final long CPU = 4096;

    private static final long MEMORY = 8192;

    private final Simulation simulation;
    private final TreeMap<String, String> hostOfTask = new TreeMap<>();
    private final TreeSet<String> known = new TreeSet<>();
    private final TreeMap<String, Long> drainingSince = new TreeMap<>();

    HostInvariants(Simulation simulation) {
        this.simulation = simulation;
    }

    /** After every event. */
    void check() {
        for (SimHost host : simulation.hosts()) {
            List<String> violations = host.engine().violations();
            if (!violations.isEmpty()) {
                broken("S3, a task runs once: on " + host.name() + " " + violations);
            }
        }
    }

    /** S3: a task is never on two hosts. */
    void creating(SimHost host, ContainerRequest request) {
        String before = hostOfTask.putIfAbsent(request.taskId(), host.name());
        if (before != null && !before.equals(host.name())) {
            broken("S3, a task is never on two hosts: " + request.taskId() + " is made on " + host.name()
                    + " and was on " + before);
        }
        if (task(request.taskId()).isEmpty() && !known.contains(request.taskId())) {
            broken("S3, only tasks that are stored are run: " + request.taskId() + " on " + host.name());
        }
        known.add(request.taskId());
        s2NothingIsGivenTwice(host, request);
    }

    /** S2, by what the host's engine holds itself: nothing is made for a task that does not fit beside those that run. */
    private void s2NothingIsGivenTwice(SimHost host, ContainerRequest request) {
        TreeMap<String, Demand> demands = new TreeMap<>();
        demands.put(request.taskId(), Demand.of(request.taskDefinition()));
        host.engine().running().forEach(r -> demands.put(r.taskId(), Demand.of(r.taskDefinition())));
        long cpu = demands.values().stream().mapToLong(Demand::cpu).sum();
        long memory = demands.values().stream().mapToLong(Demand::memory).sum();
        if (cpu > CPU || memory > MEMORY) {
            broken("S2, no host holds more than it has: on " + host.name() + " " + demands.keySet() + " take cpu " + cpu
                    + " and memory " + memory);
        }
    }

    /** S6: an agent never stops a container only because it was absent from what it was told. */
    void stopping(SimHost host, ContainerView container) {
        if (container.state() != ContainerView.State.RUNNING) {
            return;
        }
        String id = String.valueOf(container.labels().get(ContainerLabels.TASK));
        Optional<Task> task = task(id);
        boolean wanted =
                task.isPresent() && !task.get().stopWanted() && !task.get().stopped();
        boolean ownReason = host.ledger().tasks().stream()
                .anyMatch(t -> t.taskId().equals(id)
                        && t.status().compareTo(Progress.Status.STOPPING) >= 0
                        && !t.progress().stopCode().isEmpty());
        boolean anotherEnded = host.engine().containers().stream()
                .anyMatch(c -> id.equals(c.labels().get(ContainerLabels.TASK))
                        && (c.state() == ContainerView.State.STOPPED
                                || !c.error().isEmpty()));
        boolean withoutNetwork = host.engine().running().stream()
                .filter(request -> request.taskId().equals(id))
                .flatMap(request -> request.sandbox().stream())
                .anyMatch(sandbox -> ended(host, sandbox));
        if (wanted && !ownReason && !anotherEnded && !withoutNetwork) {
            broken("S6, an agent never stops a container only because it was absent: " + host.name() + " stops "
                    + container.name() + " of a task that is wanted");
        }
    }

    private static boolean ended(SimHost host, String sandbox) {
        return host.engine().containers().stream()
                .noneMatch(c -> c.id().equals(sandbox) && c.state() == ContainerView.State.RUNNING);
    }

    /** S8: nobody is refused at the door of a task that does not stop, or has stopped. */
    void refused(SimHost host, SortedMap<HostPort, String> ports) {
        ports.forEach((port, task) -> {
            if (host.ledger().tasks().stream().noneMatch(t -> t.taskId().equals(task) && !over(t))) {
                broken("S8, a refusal never outlives its task: " + host.name() + " refuses " + port + " for " + task);
            }
        });
    }

    private static boolean over(LocalTask task) {
        return task.status() == Progress.Status.STOPPED;
    }

    /** S8, where a task ends; and that connections are waited for no longer than they may. */
    private void drained(SimHost host, Contents after) {
        TreeMap<String, LocalTask> held = new TreeMap<>();
        after.tasks().forEach(t -> held.put(t.taskId(), t));
        for (String task : host.gate().refused().values()) {
            if (!held.containsKey(task) || over(held.get(task))) {
                broken("S8, a refusal never outlives its task: " + host.name() + " refuses "
                        + host.gate().refused() + " and " + task + " is over");
            }
        }
        Optional<SimProcess> agent = host.process();
        if (agent.isEmpty()) {
            return;
        }
        for (LocalTask task : after.tasks()) {
            String key = agent.get().name() + "/" + task.taskId();
            Long since = drainingSince.get(key);
            if (task.status() == Progress.Status.DEACTIVATING) {
                drainingSince.putIfAbsent(key, simulation.scheduler().nanos());
            } else if (since != null) {
                drainingSince.remove(key);
                Duration took = Duration.ofNanos(simulation.scheduler().nanos() - since);
                if (took.compareTo(LONGEST_DRAINING) > 0 && !agent.get().wasPaused()) {
                    broken("S8, connections are waited for no longer than they may: " + host.name() + " let go of "
                            + task.taskId() + " after " + took);
                }
            }
        }
    }

    /** S6: an agent never obeys a lower epoch: what it says it applied is of the highest that it knows. */
    void sent(SimHost host, AgentMessage message) {
        if (message.hasApplied()) {
            long highest = host.ledger().identity().map(Identity::highestEpoch).orElse(0L);
            if (message.getApplied().getEpoch() < highest) {
                broken("S6, an agent never obeys a lower epoch: " + host.name() + " knows epoch " + highest
                        + " and applied " + message.getApplied());
            }
        }
    }

    /** S4 and S6 as the ledger shows them: neither epoch nor incarnation nor any task goes back. */
    void written(SimHost host, Contents before, Contents after) {
        if (before.identity().isPresent()) {
            Identity was = before.identity().get();
            Identity is = after.identity().orElseThrow();
            if (is.highestEpoch() < was.highestEpoch()) {
                broken("S6, an agent never obeys a lower epoch: " + host.name() + " was at " + was + " and is at "
                        + is);
            }
            if (is.incarnation() < was.incarnation() || !is.instanceId().equals(was.instanceId())) {
                broken("S4, an agent keeps its identity: " + host.name() + " was " + was + " and is " + is);
            }
        }
        drained(host, after);
        TreeMap<String, LocalTask> old = new TreeMap<>();
        before.tasks().forEach(t -> old.put(t.taskId(), t));
        for (LocalTask task : after.tasks()) {
            LocalTask was = old.get(task.taskId());
            // One that is confirmed gone may have been forgotten, and found again by a container that a late answer
            // named.
            if (was != null && was.claim() != LocalTask.Claim.GONE) {
                forward(host, was, task);
            }
        }
    }

    private static void forward(SimHost host, LocalTask was, LocalTask is) {
        AssignedTask wanted = was.assignment();
        AssignedTask wants = is.assignment();
        boolean takenBack = wanted != null
                && wanted.desired() == AssignedTask.Desired.STOPPED
                && (wants == null || wants.desired() != AssignedTask.Desired.STOPPED);
        if (takenBack || is.status().compareTo(was.status()) < 0 || is.observation() < was.observation()) {
            broken("S4, neither wanted nor observed state moves backwards: on " + host.name() + " " + was + " became "
                    + is);
        }
    }

    private Optional<Task> task(String id) {
        return simulation.truth().state().task(id);
    }

    private static void broken(String what) {
        throw new SimulationFailure(what);
    }
}
