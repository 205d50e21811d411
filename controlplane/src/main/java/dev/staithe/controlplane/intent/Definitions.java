package dev.staithe.controlplane.intent;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.staithe.controlplane.intent.Names.DefinitionName;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import dev.staithe.controlplane.model.TaskDefinitionRevision;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.state.Records;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Store;
import dev.staithe.controlplane.store.StoreException;
import java.util.Optional;
import org.pcollections.TreePMap;

/** Finds the task definition that a user means. */
final class Definitions {
    private Definitions() {}

    /**
     * A definition as the store has it.
     *
     * @param changed the revision of its last change: what a guard compares
     */
    record Stored(TaskDefinitionRevision definition, long changed) {}

    /**
     * The ACTIVE definition, read from the store itself. The state may be older: it only saves reads, since a definition
     * that is INACTIVE there stays so.
     */
    static Stored active(Store store, ClusterState state, DefinitionName name)
            throws IntentException, StoreException, InvalidProtocolBufferException {
        if (name.revision().isPresent()) {
            TaskDefinitionRef ref =
                    new TaskDefinitionRef(name.family(), name.revision().get());
            Stored stored = read(store, ref).orElseThrow(() -> Names.definitionNotFound(name));
            if (!stored.definition().active()) {
                throw Names.definitionInactive(ref);
            }
            return stored;
        }
        Optional<Entry> family = store.get(Keys.family(name.family()));
        int latest = family.isPresent() ? Records.latestRevision(family.get().value()) : 0;
        for (int revision = latest; revision > 0; revision--) {
            TaskDefinitionRef ref = new TaskDefinitionRef(name.family(), revision);
            Optional<TaskDefinitionRevision> known = state.taskDefinition(ref);
            if (known.isEmpty() || known.get().active()) {
                Optional<Stored> stored = read(store, ref);
                if (stored.isPresent() && stored.get().definition().active()) {
                    return stored.get();
                }
            }
        }
        throw Names.definitionNotFound(name);
    }

    /** The ACTIVE definition, as the state has it. */
    static TaskDefinitionRevision active(ClusterState state, DefinitionName name) throws IntentException {
        TaskDefinitionRevision definition = find(state, name).orElseThrow(() -> Names.definitionNotFound(name));
        if (!definition.active()) {
            throw Names.definitionInactive(definition.ref());
        }
        return definition;
    }

    /** The revision named, ACTIVE or not; without a number the latest ACTIVE one. */
    static Optional<TaskDefinitionRevision> find(ClusterState state, DefinitionName name) {
        if (name.revision().isPresent()) {
            return state.taskDefinition(
                    new TaskDefinitionRef(name.family(), name.revision().get()));
        }
        return state.families().getOrDefault(name.family(), TreePMap.empty()).descendingMap().values().stream()
                .filter(TaskDefinitionRevision::active)
                .findFirst();
    }

    static Optional<Stored> read(Store store, TaskDefinitionRef ref)
            throws StoreException, InvalidProtocolBufferException {
        Optional<Entry> entry = store.get(Keys.taskDefinition(ref.family(), ref.revision()));
        return entry.isEmpty()
                ? Optional.empty()
                : Optional.of(new Stored(
                        Records.taskDefinition(entry.get().value()), entry.get().revision()));
    }
}
