package dev.staithe.controlplane.intent;

import dev.staithe.controlplane.intent.Definitions.Stored;
import dev.staithe.controlplane.intent.Names.DefinitionName;
import dev.staithe.controlplane.intent.Writes.Proposal;
import dev.staithe.controlplane.model.Demand;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import dev.staithe.controlplane.model.TaskDefinitionRevision;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.state.Records;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Guard;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Store;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.runtime.Environment;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers and deregisters task definitions. Revisions count from 1 in their family and are never reused: a family's
 * record remembers the last number, and nothing here is ever deleted.
 *
 * <p>Blocks: called by API threads and by effects. Keeps no state.
 */
public final class TaskDefinitions {
    private static final Logger LOG = LoggerFactory.getLogger(TaskDefinitions.class);

    private final Store store;
    private final Environment environment;
    private final Writes writes;

    public TaskDefinitions(Store store, Environment environment) {
        this.store = store;
        this.environment = environment;
        writes = new Writes(store);
    }

    /** Registers the next revision of its family, with defaults filled in. Every call makes a new one, as in ECS. */
    public Written<TaskDefinitionRevision> register(TaskDefinition definition) throws IntentException {
        TaskDefinitionRules.check(definition);
        TaskDefinition spec = Defaults.of(definition);
        Demand demand = Demand.of(spec);
        String family = spec.getFamily();
        long now = environment.time().now().toEpochMilli();

        Written<TaskDefinitionRevision> written = writes.apply("family " + family, () -> {
            Optional<Entry> last = store.get(Keys.family(family));
            int revision =
                    1 + (last.isPresent() ? Records.latestRevision(last.get().value()) : 0);
            TaskDefinitionRevision registered =
                    new TaskDefinitionRevision(new TaskDefinitionRef(family, revision), spec, now, 0, demand);
            String key = Keys.taskDefinition(family, revision);
            Guard familyUnchanged = last.isPresent()
                    ? new Guard.Unchanged(Keys.family(family), last.get().revision())
                    : new Guard.Absent(Keys.family(family));
            return new Proposal.Change<>(
                    registered,
                    key,
                    List.of(familyUnchanged, new Guard.Absent(key)),
                    List.of(
                            new Mutation.Put(Keys.family(family), Records.family(family, revision)),
                            new Mutation.Put(key, Records.bytes(registered))));
        });
        LOG.atInfo()
                .addKeyValue("taskDefinition", written.value().ref())
                .addKeyValue("rev", written.revision())
                .log("task definition registered");
        return written;
    }

    /**
     * Makes one revision INACTIVE; once more changes nothing. Services that run it keep it.
     *
     * @param taskDefinition family:revision
     */
    public Written<TaskDefinitionRevision> deregister(String taskDefinition) throws IntentException {
        DefinitionName name = Names.definition(taskDefinition)
                .filter(n -> n.revision().isPresent())
                .orElseThrow(() -> IntentException.invalid(
                        "taskDefinition",
                        Problems.shown(taskDefinition) + " (expected: family:revision, such as web:1)"));
        TaskDefinitionRef ref =
                new TaskDefinitionRef(name.family(), name.revision().orElseThrow());
        long now = environment.time().now().toEpochMilli();

        Written<TaskDefinitionRevision> written = writes.apply("task definition " + ref, () -> {
            Stored stored = Definitions.read(store, ref).orElseThrow(() -> Names.definitionNotFound(name));
            TaskDefinitionRevision before = stored.definition();
            if (!before.active()) {
                return new Proposal.Keep<>(before, stored.changed());
            }
            TaskDefinitionRevision after =
                    new TaskDefinitionRevision(ref, before.spec(), before.registeredAtMillis(), now, before.demand());
            String key = Keys.taskDefinition(ref.family(), ref.revision());
            return new Proposal.Change<>(
                    after,
                    key,
                    List.of(new Guard.Unchanged(key, stored.changed())),
                    List.of(new Mutation.Put(key, Records.bytes(after))));
        });
        LOG.atInfo()
                .addKeyValue("taskDefinition", ref)
                .addKeyValue("rev", written.revision())
                .log("task definition deregistered");
        return written;
    }

    /**
     * The revision named, ACTIVE or not; without a number the latest ACTIVE one.
     *
     * @param taskDefinition family or family:revision
     */
    public static TaskDefinitionRevision describe(ClusterState state, String taskDefinition) throws IntentException {
        DefinitionName name = Names.definition(taskDefinition)
                .orElseThrow(() -> IntentException.invalid(
                        "taskDefinition", Problems.shown(taskDefinition) + " (expected: family or family:revision)"));
        return Definitions.find(state, name).orElseThrow(() -> Names.definitionNotFound(name));
    }
}
