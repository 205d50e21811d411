package dev.staithe.controlplane.loop;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.intent.Rehearsals.Fate;
import dev.staithe.controlplane.intent.Supposition;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.HostWish;
import dev.staithe.controlplane.model.Origin;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.state.Records;
import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.StoreEvent;
import dev.staithe.runtime.Ids;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The state in which a rehearsal begins: a live one, in which suppositions were made true. */
final class Scenery {
    private final String cluster;
    private final SortedMap<String, Fate> fates = new TreeMap<>();
    private final List<String> notes = new ArrayList<>();
    private ClusterState state;

    private Scenery(ClusterState live, String cluster) {
        this.state = live;
        this.cluster = cluster;
    }

    static Scenery of(ClusterState live, String cluster, List<Supposition> suppositions) {
        Scenery scenery = new Scenery(live, cluster);
        suppositions.forEach(scenery::suppose);
        return scenery;
    }

    ClusterState state() {
        return state;
    }

    String cluster() {
        return cluster;
    }

    /** What users should know about how it was made. */
    List<String> notes() {
        return notes;
    }

    Fate fate(ContainerInstance instance) {
        return fates.getOrDefault(instance.id(), Fate.KEPT);
    }

    private void suppose(Supposition supposition) {
        switch (supposition) {
            case Supposition.HostsAdded added -> add(added);
            case Supposition.Drained drained -> {
                HostWish wish = state.wish(drained.instanceId()).drain(true);
                put(Keys.host(cluster, drained.instanceId()), Records.bytes(cluster, drained.instanceId(), wish));
                fates.put(drained.instanceId(), Fate.DRAINED);
            }
            case Supposition.Lost lost -> fates.put(lost.instanceId(), Fate.LOST);
            case Supposition.ServiceChanged change ->
                state.service(change.cluster(), change.name()).ifPresent(service -> change(service, change));
        }
    }

    private void change(Service service, Supposition.ServiceChanged change) {
        TaskDefinitionRef definition = change.definition().orElse(service.taskDefinition());
        boolean deploys = !definition.equals(service.taskDefinition());
        Service scaled = service.configured(
                change.desiredCount().orElse(service.desiredCount()),
                service.deploymentConfiguration(),
                service.scheduling());
        Service next = deploys ? scaled.deploying(definition, Origin.TASK_DEFINITION) : scaled;
        put(Keys.service(next.cluster(), next.name()), Records.bytes(next));
    }

    private void add(Supposition.HostsAdded added) {
        SortedMap<String, String> attributes = shared();
        attributes.putAll(added.attributes());
        SortedSet<String> names = new TreeSet<>();
        state.instances().forEach(i -> names.add(i.hostName()));
        int number = 0;
        for (int i = 0; i < added.count(); i++) {
            do {
                number++;
            } while (names.contains("new-" + number));
            names.add("new-" + number);
            put(host("new-" + number, added, attributes));
        }
    }

    /** The attributes, with their values, that every host in service has: a new one is supposed to be of their kind. */
    private SortedMap<String, String> shared() {
        Optional<SortedMap<String, String>> shared = state.instances().stream()
                .filter(i -> i.cluster().equals(cluster) && i.status() != ContainerInstance.Status.INACTIVE)
                .map(ContainerInstance::registeredAttributes)
                .reduce((a, b) -> {
                    SortedMap<String, String> both = new TreeMap<>(a);
                    both.entrySet().retainAll(b.entrySet());
                    return both;
                });
        if (shared.isEmpty()) {
            notes.add(
                    "the cluster has no host whose attributes new ones could share: they have only those that are given");
        }
        return new TreeMap<>(shared.orElseGet(TreeMap::new));
    }

    private ContainerInstance host(String name, Supposition.HostsAdded added, SortedMap<String, String> attributes) {
        String id = Ids.derived("supposed host", cluster, name);
        fates.put(id, Fate.ADDED);
        return new ContainerInstance(
                id,
                cluster,
                name,
                "",
                added.cpu(),
                added.memory(),
                new TreeSet<>(),
                new TreeSet<>(),
                attributes,
                "",
                "",
                1,
                "",
                0,
                true,
                true,
                1,
                List.of(),
                HostWish.NONE);
    }

    private void put(ContainerInstance instance) {
        put(Keys.instance(cluster, instance.id()), Records.bytes(instance));
    }

    private void put(String key, ByteString value) {
        long revision = state.revision() + 1;
        state = state.with(new Batch(revision, List.of(new StoreEvent.Put(new Entry(key, value, revision, revision)))));
    }
}
