package dev.staithe.controlplane.state;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.staithe.controlplane.model.Cluster;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.ServiceEvent;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import dev.staithe.controlplane.model.TaskDefinitionRevision;
import dev.staithe.controlplane.model.Usage;
import dev.staithe.controlplane.model.Waiting;
import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Snapshot;
import dev.staithe.controlplane.store.StoreEvent;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/**
 * Everything the store holds, at one revision. Immutable: a change makes the next state, and shares with this one all that
 * did not change.
 *
 * <p>Every collection is in the order of its keys. A record that cannot be read is left out and named in
 * {@link #quarantined}.
 */
public final class ClusterState {
    public static final ClusterState EMPTY = new ClusterState();

    private final long revision;
    private final HashPMap<String, Long> keyRevisions;
    private final TreePMap<String, String> quarantined;
    private final TreePMap<String, Cluster> clusters;
    private final TreePMap<String, TreePMap<Integer, TaskDefinitionRevision>> definitions;
    private final TreePMap<String, Service> servicesByKey;
    private final TreePMap<String, Service> servicesByUid;
    private final TreePMap<String, TreePMap<Long, Deployment>> deployments;
    private final TreePMap<String, Task> tasks;
    private final TreePMap<String, TreePSet<String>> tasksByService;
    private final TreePMap<String, TreePSet<String>> tasksByInstance;
    private final TreePMap<String, ContainerInstance> instances;
    private final TreePMap<String, Usage> usage;
    private final TreePMap<String, TreePMap<Long, ServiceEvent>> events;
    private final TreePMap<String, Waiting> waiting;
    private final Optional<Entry> leader;

    private ClusterState() {
        revision = 0;
        keyRevisions = HashTreePMap.empty();
        quarantined = TreePMap.empty();
        clusters = TreePMap.empty();
        definitions = TreePMap.empty();
        servicesByKey = TreePMap.empty();
        servicesByUid = TreePMap.empty();
        deployments = TreePMap.empty();
        tasks = TreePMap.empty();
        tasksByService = TreePMap.empty();
        tasksByInstance = TreePMap.empty();
        instances = TreePMap.empty();
        usage = TreePMap.empty();
        events = TreePMap.empty();
        waiting = TreePMap.empty();
        leader = Optional.empty();
    }

    private ClusterState(Next next) {
        revision = next.revision;
        keyRevisions = next.keyRevisions;
        quarantined = next.quarantined;
        clusters = next.clusters;
        definitions = next.definitions;
        servicesByKey = next.servicesByKey;
        servicesByUid = next.servicesByUid;
        deployments = next.deployments;
        tasks = next.tasks;
        tasksByService = next.tasksByService;
        tasksByInstance = next.tasksByInstance;
        instances = next.instances;
        usage = next.usage;
        events = next.events;
        waiting = next.waiting;
        leader = next.leader;
    }

    /** The state that a snapshot describes. */
    public static ClusterState of(Snapshot snapshot) {
        Next next = new Next(EMPTY);
        // In key order intent/ comes before run/: a task finds its definition.
        snapshot.entries().forEach(next::put);
        next.revision = snapshot.revision();
        return new ClusterState(next);
    }

    /** The state after one transaction. */
    public ClusterState with(Batch batch) {
        Next next = new Next(this);
        for (StoreEvent event : batch.events()) {
            switch (event) {
                case StoreEvent.Put put -> next.put(put.entry());
                case StoreEvent.Deleted deleted -> next.delete(deleted.key());
            }
        }
        next.revision = batch.revision();
        return new ClusterState(next);
    }

    /** The revision of the store that this state is of. */
    public long revision() {
        return revision;
    }

    /** When the key last changed; 0 when there is none: what a guard compares. */
    public long revisionOf(String key) {
        return keyRevisions.getOrDefault(key, 0L);
    }

    /** Keys whose records could not be read, with the reason. */
    public TreePMap<String, String> quarantined() {
        return quarantined;
    }

    public Optional<Entry> leader() {
        return leader;
    }

    public Collection<Cluster> clusters() {
        return clusters.values();
    }

    public Optional<Cluster> cluster(String name) {
        return Optional.ofNullable(clusters.get(name));
    }

    /** Every family that ever had a revision, with its revisions. */
    public TreePMap<String, TreePMap<Integer, TaskDefinitionRevision>> families() {
        return definitions;
    }

    public Optional<TaskDefinitionRevision> taskDefinition(TaskDefinitionRef ref) {
        return Optional.ofNullable(
                definitions.getOrDefault(ref.family(), TreePMap.empty()).get(ref.revision()));
    }

    /** Every service, deleted ones that were not replaced by a new one of their name included. */
    public Collection<Service> services() {
        return servicesByKey.values();
    }

    public Optional<Service> service(String cluster, String name) {
        return Optional.ofNullable(servicesByKey.get(cluster + "/" + name));
    }

    public Optional<Service> serviceByUid(String uid) {
        return Optional.ofNullable(servicesByUid.get(uid));
    }

    /** By generation, the oldest first. */
    public Collection<Deployment> deployments(String serviceUid) {
        return deployments.getOrDefault(serviceUid, TreePMap.empty()).values();
    }

    public Optional<Deployment> deployment(String serviceUid, long generation) {
        return Optional.ofNullable(
                deployments.getOrDefault(serviceUid, TreePMap.empty()).get(generation));
    }

    public Collection<Task> tasks() {
        return tasks.values();
    }

    public Optional<Task> task(String id) {
        return Optional.ofNullable(tasks.get(id));
    }

    /** Tasks whose id begins so, at most the limit. */
    public List<Task> tasksStartingWith(String prefix, int limit) {
        return tasks.tailMap(prefix, true).values().stream()
                .takeWhile(t -> t.id().startsWith(prefix))
                .limit(limit)
                .toList();
    }

    /** Stopped ones included, while they are kept. */
    public List<Task> tasksOfService(String serviceUid) {
        return resolve(tasksByService.getOrDefault(serviceUid, TreePSet.empty()));
    }

    /** Stopped ones included, while they are kept. */
    public List<Task> tasksOfInstance(String instanceId) {
        return resolve(tasksByInstance.getOrDefault(instanceId, TreePSet.empty()));
    }

    public Collection<ContainerInstance> instances() {
        return instances.values();
    }

    public Optional<ContainerInstance> instance(String id) {
        return Optional.ofNullable(instances.get(id));
    }

    /** What the tasks of the instance that are not STOPPED take of it. */
    public Usage usage(String instanceId) {
        return usage.getOrDefault(instanceId, Usage.NONE);
    }

    /** By number, the oldest first. */
    public Collection<ServiceEvent> events(String serviceUid) {
        return events.getOrDefault(serviceUid, TreePMap.empty()).values();
    }

    public Optional<ServiceEvent> newestEvent(String serviceUid) {
        TreePMap<Long, ServiceEvent> own = events.getOrDefault(serviceUid, TreePMap.empty());
        return own.isEmpty() ? Optional.empty() : Optional.of(own.lastEntry().getValue());
    }

    public Optional<Waiting> waiting(String serviceUid) {
        return Optional.ofNullable(waiting.get(serviceUid));
    }

    /** Services that wait for a place. */
    public Collection<Waiting> allWaiting() {
        return waiting.values();
    }

    private List<Task> resolve(TreePSet<String> ids) {
        return ids.stream().map(tasks::get).toList();
    }

    /** The next state in the making. */
    private static final class Next {
        long revision;
        HashPMap<String, Long> keyRevisions;
        TreePMap<String, String> quarantined;
        TreePMap<String, Cluster> clusters;
        TreePMap<String, TreePMap<Integer, TaskDefinitionRevision>> definitions;
        TreePMap<String, Service> servicesByKey;
        TreePMap<String, Service> servicesByUid;
        TreePMap<String, TreePMap<Long, Deployment>> deployments;
        TreePMap<String, Task> tasks;
        TreePMap<String, TreePSet<String>> tasksByService;
        TreePMap<String, TreePSet<String>> tasksByInstance;
        TreePMap<String, ContainerInstance> instances;
        TreePMap<String, Usage> usage;
        TreePMap<String, TreePMap<Long, ServiceEvent>> events;
        TreePMap<String, Waiting> waiting;
        Optional<Entry> leader;

        Next(ClusterState from) {
            revision = from.revision;
            keyRevisions = from.keyRevisions;
            quarantined = from.quarantined;
            clusters = from.clusters;
            definitions = from.definitions;
            servicesByKey = from.servicesByKey;
            servicesByUid = from.servicesByUid;
            deployments = from.deployments;
            tasks = from.tasks;
            tasksByService = from.tasksByService;
            tasksByInstance = from.tasksByInstance;
            instances = from.instances;
            usage = from.usage;
            events = from.events;
            waiting = from.waiting;
            leader = from.leader;
        }

        void put(Entry entry) {
            keyRevisions = keyRevisions.plus(entry.key(), entry.revision());
            try {
                read(entry);
                quarantined = quarantined.minus(entry.key());
            } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
                quarantined = quarantined.plus(entry.key(), String.valueOf(e.getMessage()));
            }
        }

        private void read(Entry entry) throws InvalidProtocolBufferException {
            switch (kind(entry.key())) {
                case "leader" -> leader = Optional.of(entry);
                case "intent/cluster" -> {
                    Cluster cluster = Records.cluster(entry.value());
                    clusters = clusters.plus(cluster.name(), cluster);
                }
                // Read straight from the store by intent, and by commit.
                case "intent/family", "run/sequence" -> {}
                case "intent/task-definition" -> {
                    TaskDefinitionRevision definition = Records.taskDefinition(entry.value());
                    String family = definition.ref().family();
                    definitions = definitions.plus(
                            family,
                            definitions
                                    .getOrDefault(family, TreePMap.empty())
                                    .plus(definition.ref().revision(), definition));
                }
                case "intent/service" -> put(Records.service(entry.value()));
                case "run/deployment" -> {
                    Deployment deployment = Records.deployment(entry.value());
                    deployments = deployments.plus(
                            deployment.serviceUid(),
                            deployments
                                    .getOrDefault(deployment.serviceUid(), TreePMap.empty())
                                    .plus(deployment.generation(), deployment));
                }
                case "run/task" -> put(Records.task(entry.value(), new ClusterState(this)));
                case "run/instance" -> {
                    ContainerInstance instance = Records.instance(entry.value());
                    instances = instances.plus(instance.id(), instance);
                }
                case "run/event" -> {
                    ServiceEvent event = Records.event(entry.value());
                    events = events.plus(
                            event.serviceUid(),
                            events.getOrDefault(event.serviceUid(), TreePMap.empty())
                                    .plus(event.number(), event));
                }
                case "run/explanation" -> {
                    Waiting now = Records.waiting(entry.value());
                    waiting = waiting.plus(now.serviceUid(), now);
                }
                default -> throw new InvalidProtocolBufferException("no kind of record has such a key");
            }
        }

        private void put(Service service) {
            String key = service.cluster() + "/" + service.name();
            Service before = servicesByKey.get(key);
            if (before != null && !before.uid().equals(service.uid())) {
                servicesByUid = servicesByUid.minus(before.uid());
            }
            servicesByKey = servicesByKey.plus(key, service);
            servicesByUid = servicesByUid.plus(service.uid(), service);
        }

        private void put(Task task) {
            forget(task.id());
            tasks = tasks.plus(task.id(), task);
            if (!task.standalone()) {
                tasksByService = tasksByService.plus(
                        task.serviceUid(),
                        tasksByService
                                .getOrDefault(task.serviceUid(), TreePSet.empty())
                                .plus(task.id()));
            }
            String instance = task.instanceId();
            tasksByInstance = tasksByInstance.plus(
                    instance,
                    tasksByInstance.getOrDefault(instance, TreePSet.empty()).plus(task.id()));
            if (!task.stopped()) {
                usage = usage.plus(
                        instance, usage.getOrDefault(instance, Usage.NONE).plus(task.demand()));
            }
        }

        private void forget(String taskId) {
            Task before = tasks.get(taskId);
            if (before == null) {
                return;
            }
            tasks = tasks.minus(taskId);
            tasksByService = without(tasksByService, before.serviceUid(), taskId);
            tasksByInstance = without(tasksByInstance, before.instanceId(), taskId);
            if (!before.stopped()) {
                Usage left = usage.getOrDefault(before.instanceId(), Usage.NONE).minus(before.demand());
                usage = left.tasks() == 0 ? usage.minus(before.instanceId()) : usage.plus(before.instanceId(), left);
            }
        }

        void delete(String key) {
            keyRevisions = keyRevisions.minus(key);
            quarantined = quarantined.minus(key);
            String id = key.substring(key.lastIndexOf('/') + 1);
            switch (kind(key)) {
                case "leader" -> leader = Optional.empty();
                case "intent/cluster" -> clusters = clusters.minus(id);
                case "intent/service" -> {
                    String own = key.substring((Keys.INTENT + "service/").length());
                    Service before = servicesByKey.get(own);
                    if (before != null) {
                        servicesByKey = servicesByKey.minus(own);
                        servicesByUid = servicesByUid.minus(before.uid());
                    }
                }
                case "run/deployment" -> deployments = without(deployments, id);
                case "run/task" -> forget(id);
                case "run/instance" -> instances = instances.minus(id);
                case "run/event" -> events = without(events, id);
                case "run/explanation" -> waiting = waiting.minus(id);
                // Families and task definitions are never deleted; an unknown key was never read.
                default -> {}
            }
        }

        /** Ids of deployments and events are the service's uid, a dot and a number. */
        private static <V> TreePMap<String, TreePMap<Long, V>> without(
                TreePMap<String, TreePMap<Long, V>> all, String id) {
            int dot = id.lastIndexOf('.');
            String uid = id.substring(0, dot);
            TreePMap<Long, V> left =
                    all.getOrDefault(uid, TreePMap.empty()).minus(Long.parseLong(id.substring(dot + 1)));
            return left.isEmpty() ? all.minus(uid) : all.plus(uid, left);
        }

        private static TreePMap<String, TreePSet<String>> without(
                TreePMap<String, TreePSet<String>> index, String key, String id) {
            TreePSet<String> own = index.get(key);
            if (own == null) {
                return index;
            }
            TreePSet<String> left = own.minus(id);
            return left.isEmpty() ? index.minus(key) : index.plus(key, left);
        }

        /** "run/task" of "/staithe/run/task/default/1a2b". */
        private static String kind(String key) {
            String path = key.substring(Keys.ROOT.length());
            int slash = path.indexOf('/');
            if (slash < 0) {
                return path;
            }
            int second = path.indexOf('/', slash + 1);
            return second < 0 ? path : path.substring(0, second);
        }
    }
}
