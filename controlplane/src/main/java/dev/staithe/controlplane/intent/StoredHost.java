package dev.staithe.controlplane.intent;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.HostWish;
import dev.staithe.controlplane.state.Records;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Guard;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Store;
import dev.staithe.controlplane.store.StoreException;
import java.util.List;
import java.util.Optional;

/**
 * A container instance and what is wanted of it, as the store has them now.
 *
 * @param guards that neither has changed: a wish is written on top of what was looked at
 */
record StoredHost(ContainerInstance instance, long revision, List<Guard> guards) {
    StoredHost {
        guards = List.copyOf(guards);
    }

    /** Reads both records of an instance that was found in a state, which may be older. */
    static StoredHost read(Store store, ContainerInstance known)
            throws IntentException, StoreException, InvalidProtocolBufferException {
        String registered = Keys.instance(known.cluster(), known.id());
        String wished = Keys.host(known.cluster(), known.id());
        Entry record = store.get(registered).orElseThrow(() -> gone(known));
        Optional<Entry> wish = store.get(wished);
        HostWish wanted = wish.isPresent() ? Records.host(wish.get().value()).wish() : HostWish.NONE;
        return new StoredHost(
                Records.instance(record.value()).wished(wanted),
                Math.max(record.revision(), wish.map(Entry::revision).orElse(0L)),
                List.of(
                        new Guard.Unchanged(registered, record.revision()),
                        wish.isPresent()
                                ? new Guard.Unchanged(wished, wish.get().revision())
                                : new Guard.Absent(wished)));
    }

    /** The key of what is wanted. */
    String key() {
        return Keys.host(instance.cluster(), instance.id());
    }

    /** Wants this from now on. */
    Mutation put(HostWish wanted) {
        return new Mutation.Put(key(), Records.bytes(instance.cluster(), instance.id(), wanted));
    }

    private static IntentException gone(ContainerInstance known) {
        return IntentException.of(
                Reason.CONTAINER_INSTANCE_NOT_FOUND,
                "Container instance not found: " + known.id() + " in cluster " + known.cluster());
    }
}
