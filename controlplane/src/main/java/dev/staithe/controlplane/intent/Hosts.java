package dev.staithe.controlplane.intent;

import com.google.protobuf.Message;
import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.intent.Writes.Proposal;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.HostWish;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.store.Store;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what operators want of a host: that it is drained, or out of the cluster, and its tags. Its attributes are
 * {@link HostAttributes}. What follows for its tasks is the leader's work; the host's agent need not be connected.
 *
 * <p>Instances are found by the caller, in a state that may be somewhat older; both of an instance's records are read from
 * the store again and compared when the wish is written.
 *
 * <p>Blocks: called by API threads. Keeps no state.
 */
public final class Hosts {
    private static final Logger LOG = LoggerFactory.getLogger(Hosts.class);

    private final Store store;
    private final Writes writes;

    public Hosts(Store store) {
        this.store = store;
        writes = new Writes(store);
    }

    /** Refuses what a newer client may ask for and this release does not know. */
    public static void checkFields(Message request) throws IntentException {
        Problems problems = new Problems();
        SupportedFields.ALL.check(request, problems);
        problems.throwIfAny();
    }

    /** Makes the next wish of the one that is stored. */
    @FunctionalInterface
    private interface Step {
        HostWish next(ContainerInstance before) throws IntentException;
    }

    /**
     * Has the instance's service tasks replaced elsewhere and its daemons stopped, or lets it take tasks again. Its
     * standalone tasks are left alone. As in ECS, an instance that is INACTIVE can be neither.
     */
    public Written<ContainerInstance> drain(ContainerInstance known, boolean wanted) throws IntentException {
        Written<ContainerInstance> written = change(known, before -> {
            checkInService(before);
            return before.wish().drain(wanted);
        });
        log(written, wanted ? "container instance is to be drained" : "container instance may take tasks");
        return written;
    }

    /**
     * Takes the instance out of its cluster: its tasks are given up, and those of services are replaced elsewhere. An agent
     * that is started again later registers the instance anew, ACTIVE, with the attributes and tags that it has.
     *
     * @param force also while it has tasks
     */
    public Written<ContainerInstance> deregister(ContainerInstance known, boolean force, ClusterState state)
            throws IntentException {
        Written<ContainerInstance> written = change(known, before -> {
            if (before.status() == ContainerInstance.Status.INACTIVE) {
                return before.wish();
            }
            if (!force) {
                checkEmpty(before, state);
            }
            return before.wish().deregister(before.incarnation());
        });
        log(written, "container instance deregistered");
        return written;
    }

    /** Changes the tags of the instance. */
    public Written<ContainerInstance> tag(ContainerInstance known, TagChange change) throws IntentException {
        Written<ContainerInstance> written = change(
                known,
                before -> before.wish().tags(change.appliedTo(before.wish().tags())));
        log(written, "container instance tagged");
        return written;
    }

    private Written<ContainerInstance> change(ContainerInstance known, Step step) throws IntentException {
        return writes.apply("container instance " + known.id(), () -> {
            StoredHost host = StoredHost.read(store, known);
            HostWish wanted = step.next(host.instance());
            if (wanted.equals(host.instance().wish())) {
                return new Proposal.Keep<>(host.instance(), host.revision());
            }
            return new Proposal.Change<>(
                    host.instance().wished(wanted), host.key(), host.guards(), List.of(host.put(wanted)));
        });
    }

    private static void checkInService(ContainerInstance instance) throws IntentException {
        if (instance.status() == ContainerInstance.Status.INACTIVE) {
            throw IntentException.of(
                    Reason.CONTAINER_INSTANCE_NOT_ACTIVE,
                    "container instance " + instance.hostName()
                            + " is INACTIVE: it was deregistered (its agent registers it again when it is restarted)");
        }
    }

    private static void checkEmpty(ContainerInstance instance, ClusterState state) throws IntentException {
        Map<String, Integer> groups = new TreeMap<>();
        for (Task task : state.tasksOfInstance(instance.id())) {
            if (!task.stopped()) {
                groups.merge(task.group(), 1, Integer::sum);
            }
        }
        if (!groups.isEmpty()) {
            int tasks = groups.values().stream().mapToInt(Integer::intValue).sum();
            throw IntentException.of(
                    Reason.CONTAINER_INSTANCE_NOT_EMPTY,
                    "Found running tasks on the instance. (" + instance.hostName() + " has " + tasks
                            + (tasks == 1 ? " task: " : " tasks: ")
                            + groups.entrySet().stream()
                                    .limit(5)
                                    .map(e -> e.getValue() + " of " + e.getKey())
                                    .collect(Collectors.joining(", "))
                            + (groups.size() > 5 ? ", ..." : "")
                            + "; drain it and stop the others first, or use force)");
        }
    }

    private static void log(Written<ContainerInstance> written, String what) {
        LOG.atInfo()
                .addKeyValue("instance", written.value().id())
                .addKeyValue("cluster", written.value().cluster())
                .addKeyValue("host", written.value().hostName())
                .addKeyValue("status", written.value().status())
                .addKeyValue("rev", written.revision())
                .log(what);
    }
}
