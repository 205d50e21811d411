package dev.staithe.controlplane.intent;

import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.intent.Writes.Proposal;
import dev.staithe.controlplane.model.Cluster;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.state.Records;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Guard;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Store;
import dev.staithe.proto.v1.CreateClusterRequest;
import dev.staithe.proto.v1.DeleteClusterRequest;
import dev.staithe.proto.v1.ReleaseBrakeRequest;
import dev.staithe.runtime.Environment;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates and deletes clusters.
 *
 * <p>Blocks: called by API threads and by effects. Keeps no state.
 */
public final class Clusters {
    /** The cluster that is meant where none is named. */
    public static final String DEFAULT = "default";

    private static final Logger LOG = LoggerFactory.getLogger(Clusters.class);

    private final Store store;
    private final Environment environment;
    private final Writes writes;

    public Clusters(Store store, Environment environment) {
        this.store = store;
        this.environment = environment;
        writes = new Writes(store);
    }

    /** The name, or "default" for an empty one. */
    public static String named(String name) {
        return name.isEmpty() ? DEFAULT : name;
    }

    /** Makes the default cluster unless it is there. */
    public Written<Cluster> ensureDefault() throws IntentException {
        return create(CreateClusterRequest.getDefaultInstance());
    }

    /** Creates the cluster, or answers with the one of that name: as in ECS, asking twice is no error. */
    public Written<Cluster> create(CreateClusterRequest request) throws IntentException {
        Problems problems = new Problems();
        SupportedFields.CREATE_CLUSTER.check(request, problems);
        String name = named(request.getClusterName());
        Names.check(problems, "clusterName", name);
        TagRules.check(problems, "tags", request.getTagsList());
        problems.throwIfAny();

        Cluster cluster = new Cluster(name, environment.time().now().toEpochMilli(), request.getTagsList(), 0);
        Written<Cluster> written = writes.apply("cluster " + name, () -> {
            Optional<Entry> entry = store.get(Keys.cluster(name));
            if (entry.isPresent()) {
                return new Proposal.Keep<>(
                        Records.cluster(entry.get().value()), entry.get().revision());
            }
            return new Proposal.Change<>(
                    cluster,
                    Keys.cluster(name),
                    List.of(new Guard.Absent(Keys.cluster(name))),
                    List.of(new Mutation.Put(Keys.cluster(name), Records.bytes(cluster))));
        });
        if (written.value().equals(cluster)) {
            LOG.atInfo()
                    .addKeyValue("cluster", name)
                    .addKeyValue("rev", written.revision())
                    .log("cluster created");
        }
        return written;
    }

    /**
     * Deletes the cluster when nothing is left in it.
     *
     * <p>Everything is loaded at one revision for that. Whoever creates a service rewrites the record of its cluster, so
     * that a service which is created meanwhile makes the deletion conflict.
     */
    public Written<Cluster> delete(DeleteClusterRequest request) throws IntentException {
        Problems problems = new Problems();
        SupportedFields.ALL.check(request, problems);
        String name = request.getCluster();
        Names.check(problems, "cluster", name);
        problems.throwIfAny();

        Written<Cluster> written = writes.apply("cluster " + name, () -> {
            ClusterState state = ClusterState.of(store.load());
            Cluster cluster = state.cluster(name).orElseThrow(() -> notFound(name));
            checkEmpty(state, name);
            return new Proposal.Change<>(
                    cluster,
                    Keys.cluster(name),
                    List.of(new Guard.Unchanged(Keys.cluster(name), state.revisionOf(Keys.cluster(name)))),
                    List.of(new Mutation.Delete(Keys.cluster(name))));
        });
        LOG.atInfo()
                .addKeyValue("cluster", name)
                .addKeyValue("rev", written.revision())
                .log("cluster deleted");
        return written;
    }

    /** Has the tasks of hosts replaced that fell silent together. Releases the brake that is on; a later one is put on again. */
    public Written<Cluster> releaseBrake(ReleaseBrakeRequest request) throws IntentException {
        Problems problems = new Problems();
        SupportedFields.ALL.check(request, problems);
        String name = named(request.getCluster());
        Names.check(problems, "cluster", name);
        problems.throwIfAny();

        Written<Cluster> written = writes.apply("cluster " + name, () -> {
            Entry entry = store.get(Keys.cluster(name)).orElseThrow(() -> notFound(name));
            Cluster released = Records.cluster(entry.value()).brakeReleased();
            return new Proposal.Change<>(
                    released,
                    Keys.cluster(name),
                    List.of(new Guard.Unchanged(Keys.cluster(name), entry.revision())),
                    List.of(new Mutation.Put(Keys.cluster(name), Records.bytes(released))));
        });
        LOG.atInfo()
                .addKeyValue("cluster", name)
                .addKeyValue("rev", written.revision())
                .log("brake released");
        return written;
    }

    /** There is no cluster of that name. */
    public static IntentException notFound(String name) {
        return IntentException.of(
                Reason.CLUSTER_NOT_FOUND, "Cluster not found: " + Problems.shown(name) + " (create it first)");
    }

    private static void checkEmpty(ClusterState state, String name) throws IntentException {
        long services = state.services().stream()
                .filter(s -> s.cluster().equals(name) && !s.deleted())
                .count();
        long tasks = state.tasks().stream()
                .filter(t -> t.cluster().equals(name) && !t.stopped())
                .count();
        long instances = state.instances().stream()
                .filter(i -> i.cluster().equals(name) && i.status() != ContainerInstance.Status.INACTIVE)
                .count();
        long secrets = state.secrets().stream()
                        .filter(s -> s.cluster().equals(name))
                        .count()
                + state.roles().stream().filter(r -> r.cluster().equals(name)).count();
        if (services > 0) {
            throw notEmpty("ClusterContainsServicesException", name, services, "services (delete them first)");
        }
        if (tasks > 0) {
            throw notEmpty(
                    "ClusterContainsTasksException", name, tasks, "tasks that have not stopped (stop them first)");
        }
        if (instances > 0) {
            throw notEmpty(
                    "ClusterContainsContainerInstancesException",
                    name,
                    instances,
                    "container instances (stop and deregister their agents first)");
        }
        checkNoSecrets(name, secrets);
    }

    /** A cluster of the same name would have them again. */
    private static void checkNoSecrets(String name, long secrets) throws IntentException {
        if (secrets > 0) {
            throw notEmpty("ClusterContainsSecretsException", name, secrets, "secrets and roles (delete them first)");
        }
    }

    private static IntentException notEmpty(String exception, String name, long count, String what) {
        return IntentException.of(
                Reason.CLUSTER_NOT_EMPTY, exception + ": cluster " + name + " has " + count + " " + what);
    }
}
