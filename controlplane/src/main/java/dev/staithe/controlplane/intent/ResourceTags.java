package dev.staithe.controlplane.intent;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.intent.Writes.Proposal;
import dev.staithe.controlplane.model.Cluster;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import dev.staithe.controlplane.model.TaskDefinitionRevision;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.state.Records;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Guard;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Store;
import dev.staithe.proto.v1.ListTagsForResourceRequest;
import dev.staithe.proto.v1.Tag;
import dev.staithe.proto.v1.TagResourceRequest;
import dev.staithe.proto.v1.UntagResourceRequest;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tags of what exists: each kind's are kept where the rest of it is. Those of a task are changed by the leader, all others
 * are intent.
 *
 * <p>Blocks: called by API threads. Keeps no state.
 */
public final class ResourceTags {
    private static final Logger LOG = LoggerFactory.getLogger(ResourceTags.class);

    private final Store store;
    private final Writes writes;
    private final Hosts hosts;
    private final TaskCommands commands;

    public ResourceTags(Store store, Hosts hosts, TaskCommands commands) {
        this.store = store;
        this.writes = new Writes(store);
        this.hosts = hosts;
        this.commands = commands;
    }

    /** Adds tags, or gives those that are there another value. Answers with the revision that shows it. */
    public long tag(TagResourceRequest request, ClusterState state) throws IntentException {
        Problems problems = new Problems();
        if (request.getTagsCount() == 0) {
            problems.invalid("tags", "none", "1-50");
        }
        TagRules.check(problems, "tags", request.getTagsList());
        ResourceName name = checked(request, request.getCluster(), request.getResource(), problems);
        return change(name, TagChange.set(request.getTagsList()), state);
    }

    /** Removes the tags with these keys; those that are not there are no error, as in ECS. */
    public long untag(UntagResourceRequest request, ClusterState state) throws IntentException {
        Problems problems = new Problems();
        TagRules.checkKeys(problems, "tagKeys", request.getTagKeysList());
        ResourceName name = checked(request, request.getCluster(), request.getResource(), problems);
        return change(name, TagChange.remove(request.getTagKeysList()), state);
    }

    /** The tags, as the state has them. */
    public static List<Tag> list(ListTagsForResourceRequest request, ClusterState state) throws IntentException {
        ResourceName name = checked(request, request.getCluster(), request.getResource(), new Problems());
        return switch (name) {
            case ResourceName.OfCluster it -> cluster(state, it.cluster()).tags();
            case ResourceName.OfService it -> service(state, it).tags();
            case ResourceName.OfTask it -> task(state, it).marks().tags();
            case ResourceName.OfInstance it -> instance(state, it).wish().tags();
            case ResourceName.OfTaskDefinition it ->
                state.taskDefinition(it.ref())
                        .orElseThrow(() -> definitionNotFound(it.ref()))
                        .spec()
                        .getTagsList();
        };
    }

    private static ResourceName checked(Message request, String cluster, String resource, Problems problems)
            throws IntentException {
        SupportedFields.ALL.check(request, problems);
        Names.check(problems, "cluster", Clusters.named(cluster));
        Optional<ResourceName> name = ResourceName.parse(Clusters.named(cluster), resource);
        if (name.isEmpty()) {
            problems.invalid("resource", resource, ResourceName.EXPECTED);
        }
        problems.throwIfAny();
        return name.orElseThrow();
    }

    private long change(ResourceName name, TagChange change, ClusterState state) throws IntentException {
        long revision = switch (name) {
            case ResourceName.OfCluster it ->
                rewrite(
                        Keys.cluster(it.cluster()),
                        () -> Clusters.notFound(it.cluster()),
                        record -> tagged(Records.cluster(record), change));
            case ResourceName.OfService it ->
                rewrite(
                        Keys.service(it.cluster(), it.name()),
                        () -> serviceNotFound(it),
                        record -> tagged(Records.service(record), change));
            case ResourceName.OfTaskDefinition it ->
                rewrite(
                        Keys.taskDefinition(it.ref().family(), it.ref().revision()),
                        () -> definitionNotFound(it.ref()),
                        record -> tagged(Records.taskDefinition(record), change));
            case ResourceName.OfInstance it ->
                hosts.tag(instance(state, it), change).revision();
            case ResourceName.OfTask it -> {
                Task task = task(commands.leaderState(), it);
                yield commands.tag(new TaskCommands.TagTask(task.id(), change)).revision();
            }
        };
        LOG.atInfo()
                .addKeyValue("resource", name)
                .addKeyValue("set", change.set().size())
                .addKeyValue("removed", change.removed().size())
                .addKeyValue("rev", revision)
                .log("tags changed");
        return revision;
    }

    private static ByteString tagged(Cluster cluster, TagChange change) throws IntentException {
        return Records.bytes(cluster.tagged(change.appliedTo(cluster.tags())));
    }

    private static ByteString tagged(Service service, TagChange change) throws IntentException {
        return Records.bytes(service.tagged(change.appliedTo(service.tags())));
    }

    private static ByteString tagged(TaskDefinitionRevision definition, TagChange change) throws IntentException {
        return Records.bytes(
                definition.tagged(change.appliedTo(definition.spec().getTagsList())));
    }

    @FunctionalInterface
    private interface NotFound {
        IntentException why();
    }

    @FunctionalInterface
    private interface Step {
        ByteString next(ByteString record) throws IntentException, InvalidProtocolBufferException;
    }

    private long rewrite(String key, NotFound notFound, Step step) throws IntentException {
        return writes.apply("the tags of " + key, () -> {
                    Entry entry = store.get(key).orElseThrow(notFound::why);
                    ByteString next = step.next(entry.value());
                    return next.equals(entry.value())
                            ? new Proposal.Keep<>(key, entry.revision())
                            : new Proposal.Change<>(
                                    key,
                                    key,
                                    List.of(new Guard.Unchanged(key, entry.revision())),
                                    List.of(new Mutation.Put(key, next)));
                })
                .revision();
    }

    private static Cluster cluster(ClusterState state, String name) throws IntentException {
        return state.cluster(name).orElseThrow(() -> Clusters.notFound(name));
    }

    private static Service service(ClusterState state, ResourceName.OfService name) throws IntentException {
        cluster(state, name.cluster());
        return state.service(name.cluster(), name.name()).orElseThrow(() -> serviceNotFound(name));
    }

    private static Task task(ClusterState state, ResourceName.OfTask name) throws IntentException {
        cluster(state, name.cluster());
        return Tasks.named(state, name.cluster(), name.id());
    }

    private static ContainerInstance instance(ClusterState state, ResourceName.OfInstance name) throws IntentException {
        cluster(state, name.cluster());
        return InstanceNames.find(state, name.cluster(), name.name())
                .orElseThrow(() -> IntentException.of(
                        Reason.CONTAINER_INSTANCE_NOT_FOUND,
                        "Container instance not found: " + Problems.shown(name.name()) + " in cluster "
                                + name.cluster()));
    }

    private static IntentException serviceNotFound(ResourceName.OfService name) {
        return IntentException.of(
                Reason.SERVICE_NOT_FOUND,
                "Service not found: " + Problems.shown(name.name()) + " in cluster " + name.cluster());
    }

    private static IntentException definitionNotFound(TaskDefinitionRef ref) {
        return Names.definitionNotFound(new Names.DefinitionName(ref.family(), Optional.of(ref.revision())));
    }
}
