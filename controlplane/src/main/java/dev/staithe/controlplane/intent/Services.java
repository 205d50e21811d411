package dev.staithe.controlplane.intent;

import dev.staithe.controlplane.intent.Definitions.Stored;
import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.intent.Writes.Proposal;
import dev.staithe.controlplane.model.Origin;
import dev.staithe.controlplane.model.Scheduling;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.state.Records;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Guard;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Store;
import dev.staithe.proto.v1.CreateServiceRequest;
import dev.staithe.proto.v1.DeleteServiceRequest;
import dev.staithe.proto.v1.UpdateServiceRequest;
import dev.staithe.runtime.Environment;
import java.util.List;
import java.util.Optional;

/**
 * Creates, changes and deletes services: what users want kept running. What follows from it is the leader's work.
 *
 * <p>The service itself is always read from the store. The state that is handed in may be somewhat older; it answers only
 * what users do not write: which tasks are left, which deployments were completed.
 *
 * <p>Blocks: called by API threads and by effects. Keeps no state.
 */
public final class Services {
    private final Store store;
    private final Environment environment;
    private final Writes writes;
    private final ServiceChanges changes;
    private final Rollouts rollouts;

    public Services(Store store, Environment environment) {
        this.store = store;
        this.environment = environment;
        writes = new Writes(store);
        changes = new ServiceChanges(store, writes);
        rollouts = new Rollouts(changes);
    }

    /** What ends their deployments. */
    public Rollouts rollouts() {
        return rollouts;
    }

    /**
     * Creates the service, or answers with the one that the same request with the same client token made before.
     *
     * <p>The record of its cluster is written again with it, unchanged: so a deletion of the cluster that has looked
     * before cannot succeed after.
     */
    public Written<Service> create(CreateServiceRequest request, ClusterState state) throws IntentException {
        ServiceRules.check(request);
        String cluster = Clusters.named(request.getCluster());
        String name = request.getServiceName();
        String key = Keys.service(cluster, name);
        String uid = environment.ids().next();
        long now = environment.time().now().toEpochMilli();
        long digest = RequestDigest.of(request);
        Scheduling scheduling = Defaults.scheduling(request);

        Written<Service> written = writes.apply("service " + name, () -> {
            Entry home = store.get(Keys.cluster(cluster)).orElseThrow(() -> Clusters.notFound(cluster));
            Optional<Entry> entry = store.get(key);
            if (entry.isPresent()) {
                Service existing = Records.service(entry.get().value());
                if (sameRequest(existing, request.getClientToken(), digest)) {
                    return new Proposal.Keep<>(existing, entry.get().revision());
                }
                checkNameIsFree(existing, entry.get().revision(), state);
            }
            Stored definition = Definitions.active(
                    store, state, Names.definition(request.getTaskDefinition()).orElseThrow());
            Service service = new Service(
                    uid,
                    cluster,
                    name,
                    definition.definition().ref(),
                    request.getDesiredCount(),
                    Defaults.deployment(scheduling, request.getDeploymentConfiguration()),
                    now,
                    1,
                    false,
                    request.getClientToken(),
                    digest,
                    request.getTagsList(),
                    scheduling,
                    Origin.CREATED,
                    0);
            return new Proposal.Change<>(
                    service,
                    key,
                    List.of(
                            new Guard.Unchanged(home.key(), home.revision()),
                            entry.isPresent()
                                    ? new Guard.Unchanged(key, entry.get().revision())
                                    : new Guard.Absent(key),
                            unchanged(definition)),
                    List.of(new Mutation.Put(key, Records.bytes(service)), new Mutation.Put(home.key(), home.value())));
        });
        ServiceChanges.log(written, "service created");
        return written;
    }

    /**
     * Changes what is given and keeps what is absent. Another task definition, or the wish, starts a deployment; a new
     * desired count, configuration or placement does not.
     */
    public Written<Service> update(UpdateServiceRequest request, ClusterState state) throws IntentException {
        ServiceRules.check(request);
        Written<Service> written = changes.apply(request.getCluster(), request.getService(), (before, guards) -> {
            ServiceChanges.checkActive(before, state);
            ServiceRules.check(request, before);
            TaskDefinitionRef definition = before.taskDefinition();
            if (!request.getTaskDefinition().isEmpty()
                    && !request.getTaskDefinition().equals(definition.toString())) {
                Stored wanted = Definitions.active(
                        store,
                        state,
                        Names.definition(request.getTaskDefinition()).orElseThrow());
                guards.add(unchanged(wanted));
                definition = wanted.definition().ref();
            }
            Service configured = before.configured(
                    request.hasDesiredCount() ? request.getDesiredCount() : before.desiredCount(),
                    Defaults.deployment(before.deploymentConfiguration(), request.getDeploymentConfiguration()),
                    Defaults.scheduling(before.scheduling(), request));
            if (!definition.equals(before.taskDefinition())) {
                return configured.deploying(definition, Origin.TASK_DEFINITION);
            }
            return request.getForceNewDeployment() ? configured.deploying(definition, Origin.FORCED) : configured;
        });
        ServiceChanges.log(written, "service updated");
        return written;
    }

    /** Has the service's tasks stopped; once more changes nothing while it is DRAINING. */
    public Written<Service> delete(DeleteServiceRequest request, ClusterState state) throws IntentException {
        Problems problems = new Problems();
        SupportedFields.ALL.check(request, problems);
        ServiceRules.named(request.getCluster(), request.getService(), problems);
        problems.throwIfAny();

        Written<Service> written = changes.apply(request.getCluster(), request.getService(), (before, guards) -> {
            if (before.deleted()) {
                if (ServiceStatus.of(state, before) == ServiceStatus.INACTIVE) {
                    throw ServiceChanges.notActive(before, ServiceStatus.INACTIVE);
                }
                return before;
            }
            if (before.desiredCount() > 0 && !request.getForce()) {
                throw IntentException.of(
                        Reason.SERVICE_SCALED_UP,
                        "The service cannot be stopped while it is scaled above 0. (" + before.name()
                                + " has desiredCount " + before.desiredCount() + "; scale it to 0 or use force)");
            }
            return before.ended();
        });
        ServiceChanges.log(written, "service deleted");
        return written;
    }

    private static Guard unchanged(Stored definition) {
        TaskDefinitionRef ref = definition.definition().ref();
        return new Guard.Unchanged(Keys.taskDefinition(ref.family(), ref.revision()), definition.changed());
    }

    /** A state from before the deletion cannot tell whether tasks are left: then they are taken to be. */
    private static void checkNameIsFree(Service existing, long changed, ClusterState state) throws IntentException {
        ServiceStatus status = state.revision() < changed && existing.deleted()
                ? ServiceStatus.DRAINING
                : ServiceStatus.of(state, existing);
        String advice = switch (status) {
            case ACTIVE -> "update it, or choose another name";
            case DRAINING -> "wait until its tasks have stopped";
            case INACTIVE -> "";
        };
        if (status != ServiceStatus.INACTIVE) {
            throw IntentException.of(
                    Reason.SERVICE_ALREADY_EXISTS,
                    "Creation of service was not idempotent. (service " + existing.name() + " is " + status
                            + " in cluster " + existing.cluster() + "; " + advice + ")");
        }
    }

    private static boolean sameRequest(Service existing, String token, long digest) {
        return !existing.deleted()
                && !token.isEmpty()
                && existing.clientToken().equals(token)
                && existing.requestDigest() == digest;
    }
}
