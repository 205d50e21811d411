package dev.staithe.controlplane.events;

import dev.staithe.controlplane.events.ClusterEvent.Level;
import dev.staithe.controlplane.events.ClusterEvent.Subject;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.ServiceEvent;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.StoreEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which events a transaction brought. Pure, and the same on every replica: what happened is compared, not remembered.
 *
 * <p>The rules are ECS's. A task has an event with each version of it. An instance has one when it registers or leaves, when
 * its connection or status changes, and when a task is placed on it or has stopped on it; several such things at once are
 * one event. A service has one when its desired count changes and where the scheduler says something that ECS gives a name.
 * A deployment has one when it begins, completes or fails; one that a user stopped has failed, with the reason.
 */
final class Derivation {
    private final ClusterState before;
    private final ClusterState after;
    private final long millis;
    private final List<ClusterEvent> events = new ArrayList<>();
    private final SortedSet<String> instances = new TreeSet<>();
    private final SortedSet<String> movedOn = new TreeSet<>();

    private Derivation(ClusterState before, ClusterState after, long millis) {
        this.before = before;
        this.after = after;
        this.millis = millis;
    }

    /** @param millis when this replica learned of it */
    static List<ClusterEvent> of(ClusterState before, ClusterState after, Batch batch, long millis) {
        Derivation derivation = new Derivation(before, after, millis);
        SortedSet<String> keys = new TreeSet<>();
        batch.events().stream().map(StoreEvent::key).forEach(keys::add);
        // What was wanted comes before what became of it, and instances last, with all that came to them.
        keys.forEach(derivation::key);
        derivation.instances.forEach(derivation::instance);
        return derivation.events;
    }

    private void key(String key) {
        String id = key.substring(key.lastIndexOf('/') + 1);
        if (key.startsWith(Keys.RUN + "task/")) {
            task(id);
        } else if (key.startsWith(Keys.RUN + "instance/") || key.startsWith(Keys.INTENT + "host/")) {
            instances.add(id);
        } else if (key.startsWith(Keys.RUN + "deployment/")) {
            Keys.numbered(key).ifPresent(d -> deployment(d.uid(), d.number()));
        } else if (key.startsWith(Keys.RUN + "event/")) {
            Keys.numbered(key).ifPresent(e -> message(e.uid(), e.number()));
        } else if (key.startsWith(Keys.INTENT + "service/")) {
            service(key.substring((Keys.INTENT + "service/").length()));
        }
    }

    private void task(String id) {
        Optional<Task> was = before.task(id);
        Optional<Task> is = after.task(id);
        if (is.isEmpty() || is.equals(was)) {
            // Forgotten long after it stopped: nothing happened to it.
            return;
        }
        add(millis, new Subject.TaskChanged(is.get()));
        boolean placed = was.isEmpty() && !is.get().stopped();
        boolean ended = was.isPresent() && !was.get().stopped() && is.get().stopped();
        if (placed || ended) {
            instances.add(is.get().instanceId());
            movedOn.add(is.get().instanceId());
        }
    }

    private void instance(String id) {
        Optional<ContainerInstance> was = before.instance(id);
        Optional<ContainerInstance> is = after.instance(id);
        if (movedOn.contains(id) || !is.equals(was)) {
            is.or(() -> was).ifPresent(instance -> add(millis, new Subject.InstanceChanged(instance)));
        }
    }

    private void deployment(String uid, long generation) {
        Optional<Deployment> was = before.deployment(uid, generation);
        Optional<Deployment> is = after.deployment(uid, generation);
        if (is.isEmpty() || was.map(Deployment::rollout).equals(is.map(Deployment::rollout))) {
            return;
        }
        Deployment deployment = is.get();
        add(
                deployment.updatedAtMillis(),
                switch (deployment.rollout()) {
                    case IN_PROGRESS ->
                        new Subject.DeploymentChanged(deployment, Level.INFO, "SERVICE_DEPLOYMENT_IN_PROGRESS");
                    case COMPLETED ->
                        new Subject.DeploymentChanged(deployment, Level.INFO, "SERVICE_DEPLOYMENT_COMPLETED");
                    case FAILED, STOPPED ->
                        new Subject.DeploymentChanged(deployment, Level.ERROR, "SERVICE_DEPLOYMENT_FAILED");
                });
    }

    private void service(String path) {
        Optional<Service> was = before.serviceAt(path);
        Optional<Service> is = after.serviceAt(path);
        boolean same = was.isPresent()
                && is.isPresent()
                && was.get().uid().equals(is.get().uid());
        if (same && was.get().desired() != is.get().desired()) {
            String message = "(service " + is.get().name() + ") has a desired count of "
                    + is.get().desired() + ", after " + was.get().desired() + ".";
            add(millis, new Subject.ServiceAction(is.get(), Level.INFO, "SERVICE_DESIRED_COUNT_UPDATED", "", message));
        }
    }

    private void message(String uid, long number) {
        Optional<Service> service = after.serviceByUid(uid);
        Optional<ServiceEvent> event =
                after.events(uid).stream().filter(e -> e.number() == number).findFirst();
        if (service.isPresent() && event.isPresent()) {
            ServiceActions.named(event.get(), service.get(), after)
                    .ifPresent(action -> add(event.get().createdAtMillis(), action));
        }
    }

    private void add(long atMillis, Subject subject) {
        events.add(new ClusterEvent(Position.of(after.revision(), events.size()), atMillis, subject, after));
    }
}
