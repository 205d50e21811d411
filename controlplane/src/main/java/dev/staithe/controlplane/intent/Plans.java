package dev.staithe.controlplane.intent;

import dev.staithe.controlplane.intent.Names.DefinitionName;
import dev.staithe.controlplane.intent.Rehearsals.Rehearsed;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.HostsAdded;
import dev.staithe.proto.v1.Hypothesis;
import dev.staithe.proto.v1.PlanRequest;
import dev.staithe.proto.v1.ServiceChanged;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Checks what a plan supposes and has it tried out.
 *
 * <p>Answers from the state that it is given; keeps none, writes nothing.
 */
public final class Plans {
    private static final int MOST_HYPOTHESES = 100;
    private static final int MOST_HOSTS = 1000;

    /** As many as a cluster of ECS has at most: what is only supposed must not cost more than what is. */
    private static final int MOST_HOSTS_IN_ALL = 5000;

    private static final int MOST_TASKS = 5000;
    private static final int MOST_ATTRIBUTES = 50;
    private static final long LARGEST = 1L << 40;

    private final Rehearsals rehearsals;

    public Plans(Rehearsals rehearsals) {
        this.rehearsals = rehearsals;
    }

    /** Finds an instance as users name it. */
    @FunctionalInterface
    public interface InstanceNames {
        ContainerInstance named(ClusterState state, String cluster, String name) throws IntentException;
    }

    /** What would happen if what the request supposes were so. */
    public Rehearsed plan(PlanRequest request, ClusterState state, InstanceNames instances) throws IntentException {
        String cluster = Clusters.named(request.getCluster());
        check(request, cluster);
        if (state.cluster(cluster).isEmpty()) {
            throw Clusters.notFound(cluster);
        }
        List<Supposition> suppositions = new ArrayList<>();
        for (Hypothesis hypothesis : request.getHypothesesList()) {
            suppositions.add(
                    switch (hypothesis.getKindCase()) {
                        case ADD_HOSTS -> added(hypothesis.getAddHosts());
                        case DRAIN ->
                            new Supposition.Drained(instances
                                    .named(state, cluster, hypothesis.getDrain())
                                    .id());
                        case LOSE ->
                            new Supposition.Lost(instances
                                    .named(state, cluster, hypothesis.getLose())
                                    .id());
                        case SERVICE -> changed(state, cluster, hypothesis.getService());
                        case KIND_NOT_SET -> throw new IllegalStateException("was checked");
                    });
        }
        return rehearsals.rehearse(state, cluster, suppositions);
    }

    private static void check(PlanRequest request, String cluster) throws IntentException {
        Problems problems = new Problems();
        SupportedFields.ALL.check(request, problems);
        Names.check(problems, "cluster", cluster);
        if (request.getHypothesesCount() > MOST_HYPOTHESES) {
            problems.invalid("hypotheses", request.getHypothesesCount() + " of them", "at most " + MOST_HYPOTHESES);
        }
        for (int i = 0; i < request.getHypothesesCount(); i++) {
            check(request.getHypotheses(i), "hypotheses[" + i + "]", problems);
        }
        long hosts = request.getHypothesesList().stream()
                .mapToLong(h -> h.getAddHosts().getCount())
                .sum();
        if (hosts > MOST_HOSTS_IN_ALL) {
            problems.invalid("hypotheses", hosts + " hosts added", "at most " + MOST_HOSTS_IN_ALL + " in all");
        }
        problems.throwIfAny();
    }

    private static void check(Hypothesis hypothesis, String field, Problems problems) {
        switch (hypothesis.getKindCase()) {
            case ADD_HOSTS -> check(hypothesis.getAddHosts(), field + ".addHosts", problems);
            case SERVICE -> check(hypothesis.getService(), field + ".service", problems);
            case DRAIN, LOSE -> {}
            case KIND_NOT_SET -> problems.say(field, "absent (expected: one of addHosts, drain, lose, service)");
        }
    }

    private static void check(HostsAdded hosts, String field, Problems problems) {
        if (hosts.getCount() < 1 || hosts.getCount() > MOST_HOSTS) {
            problems.invalid(field + ".count", hosts.getCount(), "1-" + MOST_HOSTS);
        }
        if (hosts.getCpuUnits() < 1 || hosts.getCpuUnits() > LARGEST) {
            problems.invalid(field + ".cpuUnits", hosts.getCpuUnits(), "1-" + LARGEST + ", 1024 a core");
        }
        if (hosts.getMemoryMib() < 1 || hosts.getMemoryMib() > LARGEST) {
            problems.invalid(field + ".memoryMib", hosts.getMemoryMib(), "1-" + LARGEST);
        }
        if (hosts.getAttributesCount() > MOST_ATTRIBUTES) {
            problems.invalid(
                    field + ".attributes", hosts.getAttributesCount() + " of them", "at most " + MOST_ATTRIBUTES);
        }
    }

    private static void check(ServiceChanged service, String field, Problems problems) {
        Names.check(problems, field + ".service", service.getService());
        if (service.hasDesiredCount() && (service.getDesiredCount() < 0 || service.getDesiredCount() > MOST_TASKS)) {
            problems.invalid(field + ".desiredCount", service.getDesiredCount(), "0-" + MOST_TASKS);
        }
        if (!service.getTaskDefinition().isEmpty()) {
            Names.checkDefinition(problems, field + ".taskDefinition", service.getTaskDefinition());
        } else if (!service.hasDesiredCount()) {
            problems.say(field, "nothing is changed (expected: desiredCount or taskDefinition)");
        }
    }

    private static Supposition added(HostsAdded hosts) {
        return new Supposition.HostsAdded(
                hosts.getCount(), hosts.getCpuUnits(), hosts.getMemoryMib(), new TreeMap<>(hosts.getAttributesMap()));
    }

    private static Supposition changed(ClusterState state, String cluster, ServiceChanged change)
            throws IntentException {
        Service service = state.service(cluster, change.getService())
                .filter(s -> !s.deleted())
                .orElseThrow(() -> IntentException.of(
                        IntentException.Reason.SERVICE_NOT_FOUND,
                        "Service not found: " + change.getService() + " in cluster " + cluster));
        if (service.scheduling().daemon() && change.hasDesiredCount()) {
            throw IntentException.invalid(
                    "desiredCount",
                    change.getDesiredCount() + " for the DAEMON " + service.name()
                            + " (expected: none; it has a task on every host that matches)");
        }
        Optional<DefinitionName> name = Names.definition(change.getTaskDefinition());
        Optional<TaskDefinitionRef> definition = name.isEmpty()
                ? Optional.empty()
                : Optional.of(Definitions.active(state, name.get()).ref());
        return new Supposition.ServiceChanged(
                cluster,
                service.name(),
                change.hasDesiredCount() ? OptionalInt.of(change.getDesiredCount()) : OptionalInt.empty(),
                definition);
    }
}
