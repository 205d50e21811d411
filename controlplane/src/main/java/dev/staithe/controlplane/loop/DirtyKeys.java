package dev.staithe.controlplane.loop;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Scheduling;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.Waiting;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.StoreEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Services and instances that something happened to since they were last planned, and client tokens that are old enough to
 * be forgotten. Confined to the control loop.
 */
final class DirtyKeys {
    private final SortedSet<String> services = new TreeSet<>();
    private final SortedSet<String> instances = new TreeSet<>();
    private final SortedSet<String> tokens = new TreeSet<>();

    void service(String uid) {
        services.add(uid);
    }

    void instance(String id) {
        instances.add(id);
    }

    void token(String seed) {
        tokens.add(seed);
    }

    /** Everything: after a take-over, or when the state was loaded anew. */
    void all(ClusterState state) {
        // Also what is left of services whose names were given to new ones.
        services.addAll(state.serviceUids());
        state.instances().forEach(i -> instances.add(i.id()));
    }

    /** What the transaction concerns. Capacity that came free, or a host that changed, concerns whoever waits. */
    void mark(ClusterState before, ClusterState after, Batch batch) {
        boolean capacity = false;
        SortedSet<String> better = new TreeSet<>();
        for (StoreEvent event : batch.events()) {
            String id = event.key().substring(event.key().lastIndexOf('/') + 1);
            if (event.key().startsWith(Keys.RUN + "task/")) {
                Optional<Task> was = before.task(id);
                Optional<Task> is = after.task(id);
                was.or(() -> is).ifPresent(this::concerns);
                boolean ended = was.isPresent()
                        && !was.get().stopped()
                        && (is.isEmpty() || is.get().stopped());
                capacity |= ended;
                if (ended) {
                    daemonsMayGo(was.get().instanceId(), after);
                }
            } else if (event.key().startsWith(Keys.RUN + "instance/")
                    || event.key().startsWith(Keys.INTENT + "host/")) {
                instances.add(id);
                capacity = true;
                // Its services' tasks may have to go, or a daemon to come.
                after.tasksOfInstance(id).stream()
                        .filter(t -> !t.standalone() && !t.stopped())
                        .forEach(t -> services.add(t.serviceUid()));
                after.services().stream().filter(s -> s.scheduling().daemon()).forEach(s -> services.add(s.uid()));
                after.instance(id)
                        .filter(now -> now.takesTasks()
                                && !before.instance(id)
                                        .filter(was -> sameForTasks(was, now))
                                        .isPresent())
                        .ifPresent(now -> better.add(now.cluster()));
            } else if (event.key().startsWith(Keys.INTENT + "cluster/")
                    || event.key().startsWith(Keys.RUN + "brake/")) {
                // A brake was released, or put on: that decides about every silent host.
                after.instances().stream()
                        .filter(i -> i.cluster().equals(id) && !i.agentConnected())
                        .forEach(i -> instances.add(i.id()));
            } else if (event.key().startsWith(Keys.RUN + "deployment/")) {
                Keys.numbered(event.key()).ifPresent(d -> services.add(d.uid()));
            } else if (event.key().startsWith(Keys.INTENT + "service/")) {
                String path = event.key().substring((Keys.INTENT + "service/").length());
                // The service that was there before, too: something may be left of it.
                before.serviceAt(path).ifPresent(s -> services.add(s.uid()));
                after.serviceAt(path).ifPresent(s -> services.add(s.uid()));
            }
        }
        if (!better.isEmpty()) {
            // Their tasks may stand more evenly now.
            after.services().stream()
                    .filter(s -> better.contains(s.cluster()))
                    .filter(s -> s.scheduling().rebalancing() != Scheduling.Rebalancing.DISABLED)
                    .filter(s -> s.desired() > 1)
                    .forEach(s -> services.add(s.uid()));
        }
        if (capacity) {
            after.allWaiting().stream().map(Waiting::serviceUid).forEach(services::add);
        }
    }

    private static boolean sameForTasks(ContainerInstance was, ContainerInstance now) {
        return was.takesTasks() && was.attributes().equals(now.attributes());
    }

    /** On a host that is drained, daemons go when nothing else of services is left. */
    private void daemonsMayGo(String instanceId, ClusterState after) {
        boolean drained = after.instance(instanceId)
                .filter(i -> i.status() == ContainerInstance.Status.DRAINING)
                .isPresent();
        if (drained) {
            after.tasksOfInstance(instanceId).stream()
                    .filter(t -> t.live() && !t.standalone())
                    .forEach(t -> services.add(t.serviceUid()));
        }
    }

    private void concerns(Task task) {
        instances.add(task.instanceId());
        if (!task.standalone()) {
            services.add(task.serviceUid());
        }
    }

    boolean isEmpty() {
        return services.isEmpty() && instances.isEmpty() && tokens.isEmpty();
    }

    boolean hasServices() {
        return !services.isEmpty();
    }

    /** Whether there is anything but services. */
    boolean hasOthers() {
        return !instances.isEmpty() || !tokens.isEmpty();
    }

    /** Takes out at most this many services, in the order of their ids; daemons before all others. */
    List<String> takeServices(int most, ClusterState state) {
        List<String> taken = services.stream()
                .filter(uid -> state.serviceByUid(uid)
                        .filter(s -> s.scheduling().daemon())
                        .isPresent())
                .limit(most)
                .collect(Collectors.toCollection(ArrayList::new));
        taken.forEach(services::remove);
        taken.addAll(take(services, most - taken.size()));
        return taken;
    }

    /** Takes out at most this many instances, in the order of their ids. */
    List<String> takeInstances(int most) {
        return take(instances, most);
    }

    /** Takes out at most this many tokens, in the order of their seeds. */
    List<String> takeTokens(int most) {
        return take(tokens, most);
    }

    private static List<String> take(SortedSet<String> keys, int most) {
        List<String> taken = new ArrayList<>();
        while (taken.size() < most && !keys.isEmpty()) {
            taken.add(keys.removeFirst());
        }
        return taken;
    }

    void clear() {
        services.clear();
        instances.clear();
        tokens.clear();
    }
}
