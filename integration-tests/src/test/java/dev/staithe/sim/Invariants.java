package dev.staithe.sim;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.HostWish;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.placement.Capacity;
import dev.staithe.controlplane.placement.Verdict;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.Guard;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.StoreEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What must hold after every event, as far as the store shows it; {@link HostInvariants} has what the hosts show. Every
 * change of the truth is looked at in the moment it happens, so that the event that broke a rule is the last of the trace.
 */
final class Invariants implements SimTruth.Watcher {
    private final Simulation simulation;
    private final TreeMap<String, Long> runningSince = new TreeMap<>();
    private final TreeMap<String, List<Version>> versions = new TreeMap<>();
    private final TreeSet<String> forgotten = new TreeSet<>();
    private final TreeSet<String> created = new TreeSet<>();
    private long highestEpoch;

    /** What a service wanted, and until when a leader may act on it although it has changed. */
    private record Version(Service service, long outdatedAt) {}

    Invariants(Simulation simulation) {
        this.simulation = simulation;
    }

    @Override
    public void changed(ClusterState before, ClusterState after, Batch batch, SimTruth.@Nullable Writer writer) {
        if (writer != null) {
            s1OnlyTheCurrentEpochCommits(before, batch, writer);
            s7WritersKeepToTheirKeys(writer);
        }
        remember(before, after, batch);
        s5RolloutsKeepTheHealthyMinimum(before, after, batch);
        for (StoreEvent event : batch.events()) {
            if (event.key().startsWith(Keys.RUN + "task/")) {
                String id = event.key().substring(event.key().lastIndexOf('/') + 1);
                task(before.task(id), after, after.task(id), id);
            } else if (event.key().startsWith(Keys.INTENT + "service/")) {
                s4ServicesDoNotMoveBackwards(before, after, event.key());
            } else if (event.key().startsWith(Keys.RUN + "deployment/")) {
                s4DeploymentsDoNotMoveBackwards(before, after, event.key());
            }
        }
        if (!after.quarantined().isEmpty()) {
            broken("a record that cannot be read was written: " + after.quarantined());
        }
    }

    /** What a user was told to have been started was stored. */
    void acknowledged(String taskId) {
        if (!created.contains(taskId)) {
            broken("what was acknowledged is never lost: task " + taskId + " was never stored");
        }
    }

    private void task(Optional<Task> was, ClusterState after, Optional<Task> is, String id) {
        if (is.isEmpty()) {
            s4OnlyStoppedTasksAreForgotten(was, id);
            return;
        }
        if (was.isEmpty()) {
            created.add(id);
            s7EveryPlacementFits(after, is.get());
        } else {
            s3ATaskStaysOnItsHost(was.get(), is.get());
            s4TasksDoNotMoveBackwards(was.get(), is.get());
        }
        s2NoHostHoldsMoreThanItHas(after, is.get());
    }

    /** S1: only the current epoch's transactions commit. */
    private void s1OnlyTheCurrentEpochCommits(ClusterState before, Batch batch, SimTruth.Writer writer) {
        boolean writesRun = batch.events().stream().anyMatch(e -> e.key().startsWith(Keys.RUN));
        if (!writesRun) {
            return;
        }
        long epoch = before.leader()
                .orElseThrow(() -> new SimulationFailure("S1, only the current epoch's transactions commit: "
                        + writer.process() + " wrote run keys while" + " there was no leader"))
                .created();
        boolean fenced = writer.txn().guards().stream()
                .anyMatch(
                        g -> g instanceof Guard.Held held && held.key().equals(Keys.LEADER) && held.created() == epoch);
        if (!fenced || epoch < highestEpoch) {
            broken("S1, only the current epoch's transactions commit: " + writer.process() + " wrote run keys "
                    + (fenced
                            ? "in epoch " + epoch + " after " + highestEpoch
                            : "without the fence of epoch " + epoch));
        }
        highestEpoch = epoch;
    }

    /** S2: no host holds more than it has. */
    private void s2NoHostHoldsMoreThanItHas(ClusterState after, Task task) {
        Optional<ContainerInstance> host = after.instance(task.instanceId());
        if (host.isEmpty()) {
            broken("S2, no host holds more than it has: task " + task.id() + " is on " + task.instanceId()
                    + ", which is not registered");
            return;
        }
        var usage = after.usage(task.instanceId());
        boolean portTwice = usage.tcpPorts().values().stream().anyMatch(n -> n > 1)
                || usage.udpPorts().values().stream().anyMatch(n -> n > 1);
        if (usage.cpu() > host.get().cpu() || usage.memory() > host.get().memory() || portTwice) {
            broken("S2, no host holds more than it has: " + task.instanceId() + " has cpu "
                    + host.get().cpu() + ", memory " + host.get().memory() + " and is to hold " + usage);
        }
    }

    /** S3: a task is never on two hosts. */
    private void s3ATaskStaysOnItsHost(Task was, Task is) {
        if (!was.instanceId().equals(is.instanceId())) {
            broken("S3, a task is never on two hosts: " + is.id() + " moved from " + was.instanceId() + " to "
                    + is.instanceId());
        }
    }

    /** S4: neither wanted nor observed state moves backwards. */
    private void s4TasksDoNotMoveBackwards(Task was, Task is) {
        boolean back = (was.stopWanted() && !is.stopWanted())
                || is.status().compareTo(was.status()) < 0
                || is.observation() < was.observation()
                || is.version() <= was.version();
        if (back) {
            broken("S4, neither wanted nor observed state moves backwards: task " + is.id() + " was " + brief(was)
                    + " and became " + brief(is));
        }
    }

    /** S4, its other side: a task that is forgotten had stopped, and never comes back. */
    private void s4OnlyStoppedTasksAreForgotten(Optional<Task> was, String id) {
        if (was.isPresent() && !was.get().stopped()) {
            broken("S4, only stopped tasks are forgotten: " + id + " was " + brief(was.get()));
        }
        forgotten.add(id);
    }

    /** S4 for services: generations only grow, and a deleted service is not there again under its uid. */
    private void s4ServicesDoNotMoveBackwards(ClusterState before, ClusterState after, String key) {
        String[] path = key.substring((Keys.INTENT + "service/").length()).split("/", -1);
        Optional<Service> was = before.service(path[0], path[1]);
        Optional<Service> is = after.service(path[0], path[1]);
        boolean same = was.isPresent()
                && is.isPresent()
                && was.get().uid().equals(is.get().uid());
        if (same
                && (is.get().generation() < was.get().generation()
                        || (was.get().deleted() && !is.get().deleted()))) {
            broken("S4, wanted state does not move backwards: service " + was.get() + " became " + is.get());
        }
    }

    /** S4 for deployments: an ordinal is never used twice. */
    private void s4DeploymentsDoNotMoveBackwards(ClusterState before, ClusterState after, String key) {
        String id = key.substring(key.lastIndexOf('/') + 1);
        String uid = id.substring(0, id.lastIndexOf('.'));
        long generation = Long.parseLong(id.substring(id.lastIndexOf('.') + 1));
        Optional<Deployment> was = before.deployment(uid, generation);
        Optional<Deployment> is = after.deployment(uid, generation);
        if (was.isPresent()
                && is.isPresent()
                && is.get().nextOrdinal() < was.get().nextOrdinal()) {
            broken("S4, an ordinal is never used twice: " + was.get() + " became " + is.get());
        }
    }

    /**
     * S5: a rollout never goes below its healthy minimum by our own action. Healthy is what has been RUNNING for long enough,
     * or says so itself. When only surplus tasks of the newest revision go, those that are left need but run: a leader that
     * has just begun cannot tell yet which of them is the older.
     */
    private void s5RolloutsKeepTheHealthyMinimum(ClusterState before, ClusterState after, Batch batch) {
        TreeMap<String, List<Task>> stopped = new TreeMap<>();
        for (StoreEvent event : batch.events()) {
            if (event.key().startsWith(Keys.RUN + "task/")) {
                String id = event.key().substring(event.key().lastIndexOf('/') + 1);
                before.task(id)
                        .filter(was -> healthy(was) && stoppedByScheduler(was, after.task(id)))
                        .ifPresent(was -> stopped.computeIfAbsent(was.serviceUid(), uid -> new ArrayList<>())
                                .add(was));
            }
        }
        stopped.forEach((uid, tasks) -> {
            boolean surplus = after.serviceByUid(uid)
                    .filter(s -> tasks.stream().allMatch(t -> t.generation() == s.generation()))
                    .isPresent();
            long left = after.tasksOfService(uid).stream()
                    .filter(t -> t.live() && (surplus ? t.status() == TaskStatus.RUNNING : healthy(t)))
                    .count();
            int minimum = leastMinimum(after, uid);
            if (left < minimum) {
                broken("S5, a rollout never goes below its healthy minimum by our own action: of service " + uid + " "
                        + tasks.size() + " healthy tasks were stopped, " + left + " are left (expected: at least "
                        + minimum + ")");
            }
        });
    }

    private static boolean stoppedByScheduler(Task was, Optional<Task> is) {
        return is.isPresent()
                && !was.stopWanted()
                && is.get().stopWanted()
                && !is.get().stopped()
                && is.get().stopCode().equals("ServiceSchedulerInitiated");
    }

    /** S7: no writer outside its key prefix. Whoever leads writes run keys, users write intents, elections the leader's key. */
    private void s7WritersKeepToTheirKeys(SimTruth.Writer writer) {
        boolean leads = writer.txn().guards().stream().anyMatch(g -> g instanceof Guard.Held);
        boolean ownKey = writer.txn().mutations().stream().allMatch(m -> m.key().equals(Keys.LEADER));
        String own = leads ? Keys.RUN : Keys.INTENT;
        for (var mutation : writer.txn().mutations()) {
            if (!ownKey && !mutation.key().startsWith(own)) {
                broken("S7, no writer outside its key prefix: " + writer.process()
                        + (leads ? " as the leader" : " without leading") + " wrote " + mutation.key());
            }
        }
    }

    /** S7, its other half: every placement passes the one {@code fits()}. */
    private void s7EveryPlacementFits(ClusterState after, Task task) {
        if (forgotten.contains(task.id())) {
            broken("S4, a forgotten task never comes back: " + task.id());
        }
        Optional<ContainerInstance> host = after.instance(task.instanceId());
        if (host.isEmpty()) {
            broken("S7, every placement passes fits(): task " + task.id() + " on unknown host " + task.instanceId());
            return;
        }
        String key = Keys.task(task.cluster(), task.id());
        ClusterState without = after.with(new Batch(after.revision(), List.of(new StoreEvent.Deleted(key))));
        // Whether operators let tasks onto it is V1: a leader may not have seen yet what they want.
        switch (Capacity.of(without).fits(host.get().wished(HostWish.NONE), task.demand())) {
            case Verdict.Fits fits -> {}
            case Verdict.Refused refused ->
                broken("S7, every placement passes fits(): task " + task.id() + " on " + host.get() + ": " + refused);
        }
    }

    private void remember(ClusterState before, ClusterState after, Batch batch) {
        long now = simulation.scheduler().nanos();
        for (StoreEvent event : batch.events()) {
            String id = event.key().substring(event.key().lastIndexOf('/') + 1);
            if (event.key().startsWith(Keys.RUN + "task/")) {
                after.task(id)
                        .ifPresentOrElse(
                                t -> {
                                    if (t.status() == TaskStatus.RUNNING) {
                                        runningSince.putIfAbsent(id, now);
                                    }
                                },
                                () -> runningSince.remove(id));
            } else if (event.key().startsWith(Keys.INTENT + "service/")) {
                before.services().stream()
                        .filter(s -> event.key().equals(Keys.service(s.cluster(), s.name())))
                        .forEach(s -> versions.computeIfAbsent(s.uid(), uid -> new ArrayList<>())
                                .add(new Version(s, now)));
            }
        }
    }

    private boolean healthy(Task task) {
        if (task.status() != TaskStatus.RUNNING) {
            return false;
        }
        return switch (task.health()) {
            case HEALTHY -> true;
            case UNHEALTHY -> false;
            case UNKNOWN -> {
                Long since = runningSince.get(task.id());
                yield !task.checked()
                        && since != null
                        && simulation.scheduler().nanos() - since >= Simulation.HEALTHY_AFTER.toNanos();
            }
        };
    }

    /** The smallest minimum that a leader may still have had in mind. */
    private int leastMinimum(ClusterState after, String uid) {
        int minimum = after.serviceByUid(uid).map(Service::minimumHealthy).orElse(0);
        long oldest = simulation.scheduler().nanos()
                - Simulation.LEADER_LEASE.multipliedBy(3).toNanos();
        for (Version version : versions.getOrDefault(uid, List.of())) {
            if (version.outdatedAt() >= oldest) {
                minimum = Math.min(minimum, version.service().minimumHealthy());
            }
        }
        return minimum;
    }

    private static String brief(Task task) {
        return task.status() + (task.stopWanted() ? ", to stop" : "") + ", observation " + task.observation()
                + ", version " + task.version();
    }

    private static void broken(String what) {
        throw new SimulationFailure(what);
    }
}
