package dev.staithe.controlplane.intent;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.intent.Writes.Proposal;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.state.Records;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Guard;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Store;
import dev.staithe.controlplane.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one way in which a service that is there is changed: read it, make the next value, write that if nobody else did. */
final class ServiceChanges {
    private static final Logger LOG = LoggerFactory.getLogger(Services.class);

    private final Store store;
    private final Writes writes;

    ServiceChanges(Store store, Writes writes) {
        this.store = store;
        this.writes = writes;
    }

    /** Makes the next value of a service from the one that is stored; the same value = nothing to write. */
    @FunctionalInterface
    interface Step {
        Service next(Service before, List<Guard> guards)
                throws IntentException, StoreException, InvalidProtocolBufferException;
    }

    Written<Service> apply(String clusterName, String name, Step step) throws IntentException {
        String cluster = Clusters.named(clusterName);
        String key = Keys.service(cluster, name);
        return writes.apply("service " + name, () -> {
            Optional<Entry> entry = store.get(key);
            if (entry.isEmpty()) {
                throw store.get(Keys.cluster(cluster)).isPresent()
                        ? IntentException.of(
                                Reason.SERVICE_NOT_FOUND, "Service not found: " + name + " in cluster " + cluster)
                        : Clusters.notFound(cluster);
            }
            Service before = Records.service(entry.get().value());
            List<Guard> guards = new ArrayList<>();
            guards.add(new Guard.Unchanged(key, entry.get().revision()));
            Service after = step.next(before, guards);
            return after.equals(before)
                    ? new Proposal.Keep<>(before, entry.get().revision())
                    : new Proposal.Change<>(after, key, guards, List.of(new Mutation.Put(key, Records.bytes(after))));
        });
    }

    static void checkActive(Service service, ClusterState state) throws IntentException {
        if (service.deleted()) {
            throw notActive(service, ServiceStatus.of(state, service));
        }
    }

    static IntentException notActive(Service service, ServiceStatus status) {
        return IntentException.of(
                Reason.SERVICE_NOT_ACTIVE,
                "Service was not ACTIVE: " + service.name() + " is " + status + ", it was deleted");
    }

    static void log(Written<Service> written, String what) {
        Service service = written.value();
        LOG.atInfo()
                .addKeyValue("service", service.name())
                .addKeyValue("cluster", service.cluster())
                .addKeyValue("taskDefinition", service.taskDefinition())
                .addKeyValue("desiredCount", service.desiredCount())
                .addKeyValue("generation", service.generation())
                .addKeyValue("rev", written.revision())
                .log(what);
    }
}
