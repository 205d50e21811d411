package dev.staithe.controlplane.state;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.staithe.controlplane.model.Brake;
import dev.staithe.controlplane.model.Cluster;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.HostWish;
import dev.staithe.controlplane.model.Role;
import dev.staithe.controlplane.model.Secret;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.ServiceEvent;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import dev.staithe.controlplane.model.TaskDefinitionRevision;
import dev.staithe.controlplane.model.Usage;
import dev.staithe.controlplane.model.UsedToken;
import dev.staithe.controlplane.model.Waiting;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Keys;
import java.util.Optional;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/**
 * The tables of a {@link ClusterState}: persistent maps, so that a copy costs nothing and shares everything. A copy is
 * changed record by record while the next state is made, and never again once it belongs to one.
 */
final class Tables {
    long revision;
    HashPMap<String, Long> keyRevisions = HashTreePMap.empty();
    TreePMap<String, String> quarantined = TreePMap.empty();
    TreePMap<String, Cluster> clusters = TreePMap.empty();
    TreePMap<String, TreePMap<Integer, TaskDefinitionRevision>> definitions = TreePMap.empty();
    TreePMap<String, Service> servicesByKey = TreePMap.empty();
    TreePMap<String, Service> servicesByUid = TreePMap.empty();
    TreePMap<String, TreePMap<Long, Deployment>> deployments = TreePMap.empty();
    TreePMap<String, Task> tasks = TreePMap.empty();
    TreePMap<String, TreePSet<String>> tasksByService = TreePMap.empty();
    TreePMap<String, TreePSet<String>> tasksByInstance = TreePMap.empty();
    TreePMap<String, TreePMap<String, Integer>> tasksByGroup = TreePMap.empty();
    TreePMap<String, ContainerInstance> instances = TreePMap.empty();
    TreePMap<String, HostWish> wishes = TreePMap.empty();
    TreePMap<String, Usage> usage = TreePMap.empty();
    TreePMap<String, TreePMap<Long, ServiceEvent>> events = TreePMap.empty();
    TreePMap<String, Waiting> waiting = TreePMap.empty();
    TreePMap<String, UsedToken> tokens = TreePMap.empty();
    TreePMap<String, Brake> brakes = TreePMap.empty();

    /** By cluster/name. */
    TreePMap<String, Secret> secrets = TreePMap.empty();

    TreePMap<String, Role> roles = TreePMap.empty();
    Optional<Entry> leader = Optional.empty();

    Tables copy() {
        Tables copy = new Tables();
        copy.revision = revision;
        copy.keyRevisions = keyRevisions;
        copy.quarantined = quarantined;
        copy.clusters = clusters;
        copy.definitions = definitions;
        copy.servicesByKey = servicesByKey;
        copy.servicesByUid = servicesByUid;
        copy.deployments = deployments;
        copy.tasks = tasks;
        copy.tasksByService = tasksByService;
        copy.tasksByInstance = tasksByInstance;
        copy.tasksByGroup = tasksByGroup;
        copy.instances = instances;
        copy.wishes = wishes;
        copy.usage = usage;
        copy.events = events;
        copy.waiting = waiting;
        copy.tokens = tokens;
        copy.brakes = brakes;
        copy.secrets = secrets;
        copy.roles = roles;
        copy.leader = leader;
        return copy;
    }

    void put(Entry entry) {
        keyRevisions = keyRevisions.plus(entry.key(), entry.revision());
        try {
            read(entry);
            quarantined = quarantined.minus(entry.key());
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            remove(entry.key());
            quarantined = quarantined.plus(entry.key(), String.valueOf(e.getMessage()));
        }
    }

    /** A record at another's key would be found under one name and deleted under the other. */
    private static void belongs(Entry entry, String key) throws InvalidProtocolBufferException {
        if (!entry.key().equals(key)) {
            throw new InvalidProtocolBufferException("its record belongs at " + key);
        }
    }

    private void read(Entry entry) throws InvalidProtocolBufferException {
        switch (kind(entry.key())) {
            case "leader" -> leader = Optional.of(entry);
            case "intent/cluster" -> {
                Cluster cluster = Records.cluster(entry.value());
                belongs(entry, Keys.cluster(cluster.name()));
                clusters = clusters.plus(cluster.name(), cluster);
            }
            // Read straight from the store by intent, and by commit.
            case "intent/family", "run/sequence" -> {}
            case "intent/task-definition" -> {
                TaskDefinitionRevision definition = Records.taskDefinition(entry.value());
                String family = definition.ref().family();
                belongs(entry, Keys.taskDefinition(family, definition.ref().revision()));
                definitions = definitions.plus(
                        family,
                        definitions
                                .getOrDefault(family, TreePMap.empty())
                                .plus(definition.ref().revision(), definition));
            }
            case "intent/service" -> {
                Service service = Records.service(entry.value());
                belongs(entry, Keys.service(service.cluster(), service.name()));
                put(service);
            }
            case "intent/host" -> {
                Records.WishedHost host = Records.host(entry.value());
                belongs(entry, Keys.host(host.cluster(), host.instanceId()));
                wish(host.instanceId(), host.wish());
            }
            case "intent/secret" -> {
                Secret secret = Records.secret(entry.value());
                belongs(entry, Keys.secret(secret.cluster(), secret.name()));
                secrets = secrets.plus(path(entry.key(), "secret/"), secret);
            }
            case "intent/role" -> {
                Role role = Records.role(entry.value());
                belongs(entry, Keys.role(role.cluster(), role.name()));
                roles = roles.plus(path(entry.key(), "role/"), role);
            }
            case "run/deployment" -> {
                Deployment deployment = Records.deployment(entry.value());
                belongs(entry, Keys.deployment(deployment.cluster(), deployment.serviceUid(), deployment.generation()));
                deployments = deployments.plus(
                        deployment.serviceUid(),
                        deployments
                                .getOrDefault(deployment.serviceUid(), TreePMap.empty())
                                .plus(deployment.generation(), deployment));
            }
            case "run/task" -> {
                Task task = Records.task(entry.value(), this::definition);
                belongs(entry, Keys.task(task.cluster(), task.id()));
                put(task);
            }
            case "run/instance" -> {
                ContainerInstance instance = Records.instance(entry.value());
                belongs(entry, Keys.instance(instance.cluster(), instance.id()));
                instances = instances.plus(
                        instance.id(), instance.wished(wishes.getOrDefault(instance.id(), HostWish.NONE)));
            }
            case "run/event" -> {
                ServiceEvent event = Records.event(entry.value());
                belongs(entry, Keys.event(event.cluster(), event.serviceUid(), event.number()));
                events = events.plus(
                        event.serviceUid(),
                        events.getOrDefault(event.serviceUid(), TreePMap.empty())
                                .plus(event.number(), event));
            }
            case "run/explanation" -> {
                Waiting now = Records.waiting(entry.value());
                belongs(entry, Keys.explanation(now.cluster(), now.serviceUid()));
                waiting = waiting.plus(now.serviceUid(), now);
            }
            case "run/token" -> {
                UsedToken token = Records.token(entry.value());
                belongs(entry, Keys.token(token.cluster(), token.seed()));
                tokens = tokens.plus(token.seed(), token);
            }
            case "run/brake" -> {
                Brake brake = Records.brake(entry.value());
                belongs(entry, Keys.brake(brake.cluster()));
                brakes = brakes.plus(brake.cluster(), brake);
            }
            default -> throw new InvalidProtocolBufferException("no kind of record has such a key");
        }
    }

    private Optional<TaskDefinitionRevision> definition(TaskDefinitionRef ref) {
        return Optional.ofNullable(
                definitions.getOrDefault(ref.family(), TreePMap.empty()).get(ref.revision()));
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

    private void wish(String instanceId, HostWish wish) {
        wishes = wish.equals(HostWish.NONE) ? wishes.minus(instanceId) : wishes.plus(instanceId, wish);
        ContainerInstance known = instances.get(instanceId);
        if (known != null) {
            instances = instances.plus(instanceId, known.wished(wish));
        }
    }

    void put(Task task) {
        Task before = tasks.get(task.id());
        if (before != null && sameInIndexes(before, task)) {
            tasks = tasks.plus(task.id(), task);
            return;
        }
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
            countOfGroup(task, 1);
        }
    }

    /** What is most often written of a task is how it does, which no index depends on. */
    private static boolean sameInIndexes(Task before, Task after) {
        return before.stopped() == after.stopped()
                && before.instanceId().equals(after.instanceId())
                && before.serviceUid().equals(after.serviceUid())
                && before.cluster().equals(after.cluster())
                && before.group().equals(after.group())
                && before.demand().equals(after.demand());
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
            countOfGroup(before, -1);
        }
    }

    private void countOfGroup(Task task, int more) {
        String group = group(task.cluster(), task.group());
        TreePMap<String, Integer> own = tasksByGroup.getOrDefault(group, TreePMap.empty());
        int count = own.getOrDefault(task.instanceId(), 0) + more;
        own = count == 0 ? own.minus(task.instanceId()) : own.plus(task.instanceId(), count);
        tasksByGroup = own.isEmpty() ? tasksByGroup.minus(group) : tasksByGroup.plus(group, own);
    }

    /** No cluster has a slash in its name. */
    static String group(String cluster, String group) {
        return cluster + "/" + group;
    }

    void delete(String key) {
        keyRevisions = keyRevisions.minus(key);
        quarantined = quarantined.minus(key);
        remove(key);
    }

    /** Takes out what the key held. */
    private void remove(String key) {
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
            case "intent/host" -> wish(id, HostWish.NONE);
            case "intent/secret" -> secrets = secrets.minus(path(key, "secret/"));
            case "intent/role" -> roles = roles.minus(path(key, "role/"));
            case "run/deployment" -> deployments = without(deployments, key);
            case "run/task" -> forget(id);
            case "run/instance" -> instances = instances.minus(id);
            case "run/event" -> events = without(events, key);
            case "run/explanation" -> waiting = waiting.minus(id);
            case "run/token" -> tokens = tokens.minus(id);
            case "run/brake" -> brakes = brakes.minus(id);
            // Families and task definitions are never deleted, and one that becomes unreadable stays as it was: tasks
            // run
            // by it. An unknown key was never read.
            default -> {}
        }
    }

    private static <V> TreePMap<String, TreePMap<Long, V>> without(
            TreePMap<String, TreePMap<Long, V>> all, String key) {
        Optional<Keys.Numbered> numbered = Keys.numbered(key);
        if (numbered.isEmpty() || !all.containsKey(numbered.get().uid())) {
            return all;
        }
        String uid = numbered.get().uid();
        TreePMap<Long, V> left =
                all.getOrDefault(uid, TreePMap.empty()).minus(numbered.get().number());
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

    /** "default/db/password" of "/staithe/intent/secret/default/db/password". */
    private static String path(String key, String kind) {
        return key.substring(Keys.INTENT.length() + kind.length());
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
