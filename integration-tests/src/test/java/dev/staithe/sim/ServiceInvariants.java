package dev.staithe.sim;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Health;
import dev.staithe.controlplane.model.Origin;
import dev.staithe.controlplane.model.Scheduling;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.ServiceEvent;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskContainer;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.StoreEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What must hold of services after every event. A leader acts on what it has seen: where users or operators changed their
 * minds a moment ago, what they wanted before will do as well.
 */
final class ServiceInvariants implements SimTruth.Watcher {
    private static final String BY_SCHEDULER = "ServiceSchedulerInitiated";

    private final Simulation simulation;
    private final TreeMap<String, List<Outdated<Service>>> services = new TreeMap<>();
    private final TreeMap<String, List<Outdated<ContainerInstance>>> hosts = new TreeMap<>();
    private final TreeMap<String, TreeMap<String, String>> images = new TreeMap<>();

    /** What was so until a moment. */
    private record Outdated<T>(T value, long until) {}

    ServiceInvariants(Simulation simulation) {
        this.simulation = simulation;
    }

    @Override
    public void changed(ClusterState before, ClusterState after, Batch batch, SimTruth.@Nullable Writer writer) {
        for (StoreEvent event : batch.events()) {
            String id = event.key().substring(event.key().lastIndexOf('/') + 1);
            if (event.key().startsWith(Keys.INTENT + "service/")) {
                String path = event.key().substring((Keys.INTENT + "service/").length());
                before.serviceAt(path).ifPresent(was -> remember(services, was.uid(), was));
                v10OnlyTheBreakerGoesBackByItself(before.serviceAt(path), after.serviceAt(path));
            } else if (event.key().startsWith(Keys.INTENT + "host/")
                    || event.key().startsWith(Keys.RUN + "instance/")) {
                before.instance(id).ifPresent(was -> remember(hosts, id, was));
            }
        }
        for (StoreEvent event : batch.events()) {
            String id = event.key().substring(event.key().lastIndexOf('/') + 1);
            if (event.key().startsWith(Keys.RUN + "task/")) {
                task(before, after, before.task(id), after.task(id), writer);
            } else if (event.key().startsWith(Keys.RUN + "event/")) {
                Keys.numbered(event.key()).ifPresent(n -> v11EventsAreInOrder(before, after, n.uid()));
            }
        }
    }

    private void task(
            ClusterState before,
            ClusterState after,
            Optional<Task> was,
            Optional<Task> is,
            SimTruth.@Nullable Writer writer) {
        if (is.isEmpty()) {
            return;
        }
        if (was.isEmpty()) {
            v1NothingStartsOnAHostThatIsOutOfService(is.get());
            if (!is.get().standalone()) {
                v2StartsKeepTheMaximum(after, is.get());
                v3AFailedDeploymentStartsNothing(before, is.get());
                v4ConstraintsBind(after, is.get());
                v5ADaemonIsOnAHostOnce(after, is.get());
            }
            return;
        }
        if (!was.get().stopWanted()
                && is.get().stopWanted()
                && !is.get().stopped()
                && is.get().stopCode().equals(BY_SCHEDULER)) {
            v6StandaloneTasksAreLeftAlone(is.get());
            v7ProtectedTasksAreLeftAlone(before, was.get(), writer);
        }
        if (!was.get().marks().moving() && is.get().marks().moving()) {
            v8ATenthMovesAtATime(after, is.get());
        }
        if (!is.get().standalone()) {
            v9AllTasksOfADeploymentRunTheSameImages(is.get());
        }
    }

    /** V1: tasks are started on hosts that are in service. */
    private void v1NothingStartsOnAHostThatIsOutOfService(Task task) {
        boolean inService = simulation.truth().state().instance(task.instanceId()).stream()
                        .anyMatch(i -> i.status() == ContainerInstance.Status.ACTIVE)
                || lately(hosts, task.instanceId()).stream()
                        .anyMatch(i -> i.status() == ContainerInstance.Status.ACTIVE);
        if (!inService) {
            broken("V1, nothing starts on a host that is out of service: task " + task.id() + " on "
                    + task.instanceId());
        }
    }

    /** V2: our starts do not lift the tasks of a service above its maximum. */
    private void v2StartsKeepTheMaximum(ClusterState after, Task task) {
        Optional<Service> service = after.serviceByUid(task.serviceUid());
        if (service.isEmpty() || anyVersion(service.get(), s -> s.scheduling().daemon())) {
            return;
        }
        int maximum = most(service.get(), Service::maximum);
        long live = after.tasksOfService(task.serviceUid()).stream()
                .filter(Task::live)
                .count();
        if (live > maximum) {
            broken("V2, starts keep the maximum: service " + service.get().name() + " has " + live + " live tasks with "
                    + task.id() + " (expected: at most " + maximum + ")");
        }
    }

    /** V3: a deployment that was given up starts no task. */
    private void v3AFailedDeploymentStartsNothing(ClusterState before, Task task) {
        before.deployment(task.serviceUid(), task.generation())
                .filter(d -> d.rollout() == Deployment.Rollout.FAILED)
                .ifPresent(d -> broken("V3, a deployment that is over starts nothing: " + task.id() + " of " + d));
    }

    /** V4: placement constraints bind. */
    private void v4ConstraintsBind(ClusterState after, Task task) {
        Optional<Service> service = after.serviceByUid(task.serviceUid());
        if (service.isEmpty()) {
            return;
        }
        boolean zoneA =
                everyVersion(service.get(), s -> s.scheduling().constraints().contains(Wishes.ZONE_A));
        String zone = after.instance(task.instanceId())
                .map(i -> String.valueOf(i.attribute("ecs.availability-zone")))
                .orElse("");
        if (zoneA && !zone.equals("zone-a")) {
            broken("V4, constraints bind: task " + task.id() + " of "
                    + service.get().name() + " is in " + zone + " (expected: zone-a)");
        }
        boolean distinct =
                everyVersion(service.get(), s -> s.scheduling().constraints().contains(Wishes.DISTINCT));
        if (distinct && onSameHost(after, task) > 1) {
            broken("V4, constraints bind: task " + task.id() + " of "
                    + service.get().name() + " is beside another of the service (expected: distinct instances)");
        }
    }

    /** V5: a daemon has one task on a host. */
    private void v5ADaemonIsOnAHostOnce(ClusterState after, Task task) {
        boolean daemon = after.serviceByUid(task.serviceUid())
                .filter(s -> s.scheduling().daemon())
                .isPresent();
        if (daemon && onSameHost(after, task) > 1) {
            broken("V5, a daemon is on a host once: task " + task.id() + " is a second one on " + task.instanceId());
        }
    }

    private static long onSameHost(ClusterState after, Task task) {
        return after.tasksOfService(task.serviceUid()).stream()
                .filter(t -> t.live() && t.instanceId().equals(task.instanceId()))
                .count();
    }

    /** V6: what runs without a service is nothing that the scheduler stops. */
    private static void v6StandaloneTasksAreLeftAlone(Task task) {
        if (task.standalone()) {
            broken("V6, standalone tasks are left alone: " + task.id() + " was stopped, " + task.stoppedReason());
        }
    }

    /** V7: a healthy task is not stopped while it is protected, by the clock of the leader that stops it. */
    private void v7ProtectedTasksAreLeftAlone(ClusterState before, Task was, SimTruth.@Nullable Writer writer) {
        boolean wanted = before.serviceByUid(was.serviceUid())
                .filter(s -> !s.deleted() && !s.scheduling().daemon())
                .isPresent();
        if (!wanted || writer == null || was.status() != TaskStatus.RUNNING || was.health() == Health.UNHEALTHY) {
            return;
        }
        long now = simulation.controlPlanes().stream()
                .filter(c -> writer.process().startsWith(c.name() + "#"))
                .findFirst()
                .map(c -> c.clock().now().toEpochMilli())
                .orElseThrow();
        if (was.marks().protectedUntilMillis() > now) {
            broken("V7, protected tasks are left alone: " + was.id() + " was stopped "
                    + (was.marks().protectedUntilMillis() - now) + " ms before its protection ends");
        }
    }

    /** V8: rebalancing moves a tenth of the tasks of a service at a time, or one, and only where it is wanted. */
    private void v8ATenthMovesAtATime(ClusterState after, Task task) {
        Optional<Service> service = after.serviceByUid(task.serviceUid());
        boolean wanted = service.isPresent()
                && anyVersion(service.get(), s -> s.scheduling().rebalancing() == Scheduling.Rebalancing.ENABLED);
        int budget =
                service.map(s -> Math.max(1, most(s, Service::desired) / 10)).orElse(0);
        long moving = after.tasksOfService(task.serviceUid()).stream()
                // One that was protected meanwhile waits with its mark; one of an older deployment goes anyway.
                .filter(t -> t.live() && t.marks().moving() && t.marks().protectedUntilMillis() == 0)
                .filter(t -> t.generation() == task.generation())
                .count();
        if (!wanted || moving > budget) {
            broken("V8, a tenth of the tasks move at a time, where it is wanted: " + task.id() + " is the " + moving
                    + ". of " + service.map(Service::name).orElse("no service"));
        }
    }

    /** V9: all tasks of a deployment run the same images. */
    private void v9AllTasksOfADeploymentRunTheSameImages(Task task) {
        String deployment = Deployment.id(task.serviceUid(), task.generation());
        TreeMap<String, String> known = images.computeIfAbsent(deployment, d -> new TreeMap<>());
        for (TaskContainer container : task.containers()) {
            if (!container.imageDigest().isEmpty() && !container.runtimeId().isEmpty()) {
                String first = known.putIfAbsent(container.name(), container.imageDigest());
                if (first != null && !first.equals(container.imageDigest())) {
                    broken("V9, all tasks of a deployment run the same images: " + task.id() + " of " + deployment
                            + " runs " + container.imageDigest() + " (expected: " + first + ")");
                }
            }
        }
    }

    /** V10: only the circuit breaker changes what a user wanted, and only where it may. */
    private static void v10OnlyTheBreakerGoesBackByItself(Optional<Service> was, Optional<Service> is) {
        boolean goesBack = was.isPresent()
                && is.isPresent()
                && was.get().uid().equals(is.get().uid())
                && was.get().generation() < is.get().generation()
                && is.get().origin().kind() == Origin.Kind.CIRCUIT_BREAKER;
        if (goesBack
                && !was.get()
                        .deploymentConfiguration()
                        .getDeploymentCircuitBreaker()
                        .getRollback()) {
            broken("V10, only a circuit breaker that may goes back: " + is.get());
        }
    }

    /** V11: events are numbered in order, and no more than a hundred are kept. */
    private static void v11EventsAreInOrder(ClusterState before, ClusterState after, String uid) {
        Collection<ServiceEvent> events = after.events(uid);
        long last = before.newestEvent(uid).map(ServiceEvent::number).orElse(0L);
        long newest = after.newestEvent(uid).map(ServiceEvent::number).orElse(last);
        if (events.size() > 100 || newest < last) {
            broken("V11, events are in order: service " + uid + " has " + events.size() + ", the newest is number "
                    + newest + " after " + last);
        }
    }

    private <T> void remember(Map<String, List<Outdated<T>>> all, String id, T was) {
        all.computeIfAbsent(id, any -> new ArrayList<>())
                .add(new Outdated<>(was, simulation.scheduler().nanos()));
    }

    /** What a leader may still take to be so. */
    private <T> List<T> lately(Map<String, List<Outdated<T>>> all, String id) {
        long oldest = simulation.scheduler().nanos()
                - Simulation.LEADER_LEASE.multipliedBy(3).toNanos();
        return all.getOrDefault(id, List.of()).stream()
                .filter(o -> o.until() >= oldest)
                .map(Outdated::value)
                .toList();
    }

    private List<Service> versions(Service now) {
        List<Service> all = new ArrayList<>(lately(services, now.uid()));
        all.add(now);
        return all;
    }

    private boolean anyVersion(Service now, Predicate<Service> is) {
        return versions(now).stream().anyMatch(is);
    }

    private boolean everyVersion(Service now, Predicate<Service> is) {
        return versions(now).stream().allMatch(is);
    }

    private int most(Service now, ToIntFunction<Service> figure) {
        return versions(now).stream().mapToInt(figure).max().orElse(0);
    }

    private static void broken(String what) {
        throw new SimulationFailure(what);
    }
}
