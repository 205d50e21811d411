package dev.staithe.controlplane.state;

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
import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Snapshot;
import dev.staithe.controlplane.store.StoreEvent;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
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
    public static final ClusterState EMPTY = new ClusterState(new Tables());

    private final Tables tables;

    private ClusterState(Tables tables) {
        this.tables = tables;
    }

    /** The state that a snapshot describes. */
    public static ClusterState of(Snapshot snapshot) {
        Tables tables = new Tables();
        // In key order intent/ comes before run/: a task finds its definition.
        snapshot.entries().forEach(tables::put);
        tables.revision = snapshot.revision();
        return new ClusterState(tables);
    }

    /** The state after one transaction. */
    public ClusterState with(Batch batch) {
        Tables next = tables.copy();
        for (StoreEvent event : batch.events()) {
            switch (event) {
                case StoreEvent.Put put -> next.put(put.entry());
                case StoreEvent.Deleted deleted -> next.delete(deleted.key());
            }
        }
        next.revision = batch.revision();
        return new ClusterState(next);
    }

    /** The state as it would be if these tasks were so: for asking what if. */
    public ClusterState assuming(List<Task> tasks) {
        Tables next = tables.copy();
        tasks.forEach(next::put);
        return new ClusterState(next);
    }

    /** The revision of the store that this state is of. */
    public long revision() {
        return tables.revision;
    }

    /** When the key last changed; 0 when there is none: what a guard compares. */
    public long revisionOf(String key) {
        return tables.keyRevisions.getOrDefault(key, 0L);
    }

    /** When the task's record last changed. */
    public long revisionOf(Task task) {
        return revisionOf(Keys.task(task.cluster(), task.id()));
    }

    /** Keys whose records could not be read, with the reason. */
    public TreePMap<String, String> quarantined() {
        return tables.quarantined;
    }

    public Optional<Entry> leader() {
        return tables.leader;
    }

    public Collection<Cluster> clusters() {
        return tables.clusters.values();
    }

    public Optional<Cluster> cluster(String name) {
        return Optional.ofNullable(tables.clusters.get(name));
    }

    /** The brake on giving up tasks of the cluster's silent hosts, also when it was released a moment ago. */
    public Optional<Brake> brake(String cluster) {
        return Optional.ofNullable(tables.brakes.get(cluster));
    }

    /** Every family that ever had a revision, with its revisions. */
    public TreePMap<String, TreePMap<Integer, TaskDefinitionRevision>> families() {
        return tables.definitions;
    }

    public Optional<TaskDefinitionRevision> taskDefinition(TaskDefinitionRef ref) {
        return Optional.ofNullable(
                tables.definitions.getOrDefault(ref.family(), TreePMap.empty()).get(ref.revision()));
    }

    /** Every service, deleted ones that were not replaced by a new one of their name included. */
    public Collection<Service> services() {
        return tables.servicesByKey.values();
    }

    public Optional<Service> service(String cluster, String name) {
        return serviceAt(cluster + "/" + name);
    }

    /** The service at that path: its cluster, a slash and its name. */
    public Optional<Service> serviceAt(String path) {
        return Optional.ofNullable(tables.servicesByKey.get(path));
    }

    /** Uid of every service of which anything is stored, also of those whose names were given to new services. */
    public SortedSet<String> serviceUids() {
        SortedSet<String> uids = new TreeSet<>(tables.servicesByUid.keySet());
        uids.addAll(tables.tasksByService.keySet());
        uids.addAll(tables.deployments.keySet());
        uids.addAll(tables.events.keySet());
        uids.addAll(tables.waiting.keySet());
        return uids;
    }

    public Optional<Service> serviceByUid(String uid) {
        return Optional.ofNullable(tables.servicesByUid.get(uid));
    }

    /** By generation, the oldest first. */
    public Collection<Deployment> deployments(String serviceUid) {
        return tables.deployments.getOrDefault(serviceUid, TreePMap.empty()).values();
    }

    public Optional<Deployment> deployment(String serviceUid, long generation) {
        return Optional.ofNullable(
                tables.deployments.getOrDefault(serviceUid, TreePMap.empty()).get(generation));
    }

    public Collection<Task> tasks() {
        return tables.tasks.values();
    }

    public Optional<Task> task(String id) {
        return Optional.ofNullable(tables.tasks.get(id));
    }

    /** Tasks whose id begins so, at most the limit. */
    public List<Task> tasksStartingWith(String prefix, int limit) {
        return tables.tasks.tailMap(prefix, true).values().stream()
                .takeWhile(t -> t.id().startsWith(prefix))
                .limit(limit)
                .toList();
    }

    /** Stopped ones included, while they are kept. */
    public List<Task> tasksOfService(String serviceUid) {
        return resolve(tables.tasksByService.getOrDefault(serviceUid, TreePSet.empty()));
    }

    /** Stopped ones included, while they are kept. */
    public List<Task> tasksOfInstance(String instanceId) {
        return resolve(tables.tasksByInstance.getOrDefault(instanceId, TreePSet.empty()));
    }

    /** How many tasks of the group that are not STOPPED each instance has, by its id; those without any are left out. */
    public SortedMap<String, Integer> tasksOfGroup(String cluster, String group) {
        return tables.tasksByGroup.getOrDefault(Tables.group(cluster, group), TreePMap.empty());
    }

    public Collection<ContainerInstance> instances() {
        return tables.instances.values();
    }

    public Optional<ContainerInstance> instance(String id) {
        return Optional.ofNullable(tables.instances.get(id));
    }

    /** What operators want of the instance, also of one that has not registered yet. */
    public HostWish wish(String instanceId) {
        return tables.wishes.getOrDefault(instanceId, HostWish.NONE);
    }

    /** What the tasks of the instance that are not STOPPED take of it. */
    public Usage usage(String instanceId) {
        return tables.usage.getOrDefault(instanceId, Usage.NONE);
    }

    /** By number, the oldest first. */
    public Collection<ServiceEvent> events(String serviceUid) {
        return tables.events.getOrDefault(serviceUid, TreePMap.empty()).values();
    }

    public Optional<ServiceEvent> newestEvent(String serviceUid) {
        TreePMap<Long, ServiceEvent> own = tables.events.getOrDefault(serviceUid, TreePMap.empty());
        return own.isEmpty() ? Optional.empty() : Optional.of(own.lastEntry().getValue());
    }

    public Optional<Waiting> waiting(String serviceUid) {
        return Optional.ofNullable(tables.waiting.get(serviceUid));
    }

    /** Services that wait for a place. */
    public Collection<Waiting> allWaiting() {
        return tables.waiting.values();
    }

    /** Client tokens that RunTask was called with and that are still remembered. */
    public Collection<UsedToken> usedTokens() {
        return tables.tokens.values();
    }

    public Optional<UsedToken> usedToken(String seed) {
        return Optional.ofNullable(tables.tokens.get(seed));
    }

    /** Of all clusters. */
    public Collection<Secret> secrets() {
        return tables.secrets.values();
    }

    public Optional<Secret> secret(String cluster, String name) {
        return Optional.ofNullable(tables.secrets.get(cluster + "/" + name));
    }

    /** Of all clusters. */
    public Collection<Role> roles() {
        return tables.roles.values();
    }

    public Optional<Role> role(String cluster, String name) {
        return Optional.ofNullable(tables.roles.get(cluster + "/" + name));
    }

    private List<Task> resolve(TreePSet<String> ids) {
        return ids.stream().map(tables.tasks::get).toList();
    }
}
