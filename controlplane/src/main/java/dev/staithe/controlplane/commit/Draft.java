package dev.staithe.controlplane.commit;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.model.Brake;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.ServiceEvent;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.UsedToken;
import dev.staithe.controlplane.model.Waiting;
import dev.staithe.controlplane.placement.Capacity;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.state.Records;
import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Guard;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.StoreEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a pass wants written, on top of the state that it read. {@link #state} shows the writes already, so that later
 * decisions of the pass build on earlier ones.
 *
 * <p>Confined to one pass. Takes run keys only.
 */
public final class Draft {
    private final ClusterState read;
    private ClusterState state;
    private final Map<String, Mutation> mutations = new LinkedHashMap<>();
    private final Map<String, Integer> units = new HashMap<>();
    private final Capacity capacity;
    private final List<String> touched = new ArrayList<>();
    private boolean capacityAsked;
    private int unit;

    public Draft(ClusterState read) {
        this(read, Capacity.of(read));
    }

    /** @param capacity of an earlier state, told of every host that was touched since */
    public Draft(ClusterState read, Capacity capacity) {
        this.read = read;
        this.state = read;
        this.capacity = capacity;
    }

    /** The state as it will be. */
    public ClusterState state() {
        return state;
    }

    /** What the hosts have left in {@link #state}. What is then placed counts from the moment its task is put here. */
    public Capacity capacity() {
        if (!capacityAsked) {
            capacityAsked = true;
            capacity.at(read);
        }
        touched.forEach(capacity::touched);
        touched.clear();
        capacity.suppose(state);
        return capacity;
    }

    /**
     * What is written between two calls is written by one transaction, where it fits into one: whoever waits for an answer
     * must not learn that half of it was done.
     */
    public void nextUnit() {
        unit++;
    }

    public boolean isEmpty() {
        return mutations.isEmpty();
    }

    public void put(Task task) {
        touched.add(task.instanceId());
        put(Keys.task(task.cluster(), task.id()), Records.bytes(task));
    }

    public void put(Deployment deployment) {
        put(
                Keys.deployment(deployment.cluster(), deployment.serviceUid(), deployment.generation()),
                Records.bytes(deployment));
    }

    public void put(ContainerInstance instance) {
        touched.add(instance.id());
        put(Keys.instance(instance.cluster(), instance.id()), Records.bytes(instance));
    }

    public void put(ServiceEvent event) {
        put(Keys.event(event.cluster(), event.serviceUid(), event.number()), Records.bytes(event));
    }

    public void put(Waiting waiting) {
        put(Keys.explanation(waiting.cluster(), waiting.serviceUid()), Records.bytes(waiting));
    }

    public void put(UsedToken token) {
        put(Keys.token(token.cluster(), token.seed()), Records.bytes(token));
    }

    public void put(Brake brake) {
        put(Keys.brake(brake.cluster()), Records.bytes(brake));
    }

    public void drop(Brake brake) {
        delete(Keys.brake(brake.cluster()));
    }

    private void put(String key, ByteString value) {
        write(new Mutation.Put(key, value));
        Entry entry = new Entry(key, value, read.revisionOf(key), 0);
        state = state.with(new Batch(read.revision(), List.of(new StoreEvent.Put(entry))));
    }

    public void drop(Deployment deployment) {
        delete(Keys.deployment(deployment.cluster(), deployment.serviceUid(), deployment.generation()));
    }

    public void forget(Task task) {
        touched.add(task.instanceId());
        delete(Keys.task(task.cluster(), task.id()));
    }

    public void forget(UsedToken token) {
        delete(Keys.token(token.cluster(), token.seed()));
    }

    /** Nothing of the service waits for a place any more. */
    public void placed(Service service) {
        if (state.waiting(service.uid()).isPresent()) {
            delete(Keys.explanation(service.cluster(), service.uid()));
        }
    }

    /** Removes a run key. */
    public void delete(String key) {
        if (read.revisionOf(key) == 0) {
            mutations.remove(key);
        } else {
            write(new Mutation.Delete(key));
        }
        state = state.with(new Batch(read.revision(), List.of(new StoreEvent.Deleted(key))));
    }

    private void write(Mutation mutation) {
        if (!mutation.key().startsWith(Keys.RUN)) {
            throw new IllegalArgumentException(mutation.key() + " (expected: a key under " + Keys.RUN + ")");
        }
        // Written again, a key moves to the end: what it builds on comes before it.
        mutations.remove(mutation.key());
        mutations.put(mutation.key(), mutation);
        units.put(mutation.key(), unit);
    }

    /** What the store would feed back if all of it were written by one transaction of that revision. */
    public Batch asBatch(long revision) {
        return new Batch(
                revision,
                mutations.values().stream()
                        .<StoreEvent>map(mutation -> switch (mutation) {
                            case Mutation.Put put ->
                                new StoreEvent.Put(new Entry(put.key(), put.value(), revision, revision));
                            case Mutation.PutLeased leased ->
                                throw new IllegalStateException(leased.key() + " (expected: no leases in a draft)");
                            case Mutation.Delete delete -> new StoreEvent.Deleted(delete.key());
                        })
                        .toList());
    }

    /** The writes, in the order in which they were decided, each with the guard that nobody changed the key since. */
    List<Write> writes() {
        List<Write> writes = new ArrayList<>();
        mutations.forEach(
                (key, mutation) -> writes.add(new Write(guard(key), mutation, units.getOrDefault(key, unit))));
        return writes;
    }

    private Guard guard(String key) {
        long revision = read.revisionOf(key);
        return revision == 0 ? new Guard.Absent(key) : new Guard.Unchanged(key, revision);
    }

    /**
     * One key's change and what must hold for it.
     *
     * @param unit the same for those that belong together; they follow each other
     */
    record Write(Guard guard, Mutation mutation, int unit) {}
}
