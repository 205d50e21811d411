package dev.staithe.agent.container;

import dev.staithe.proto.v1.TaskDefinition;
import java.util.Map;
import java.util.TreeMap;

/**
 * The labels by which an agent finds its containers and volumes again. They are written when the thing is made, so that a
 * crash at any moment loses nothing: whatever is on the host says itself what it is for.
 */
public final class ContainerLabels {
    /** Which agent it belongs to: no agent touches what carries another value, or none. */
    public static final String INSTANCE = "dev.staithe.instance";

    public static final String CLUSTER = "dev.staithe.cluster";
    public static final String TASK = "dev.staithe.task";
    public static final String CONTAINER = "dev.staithe.container";
    public static final String FAMILY = "dev.staithe.family";
    public static final String REVISION = "dev.staithe.revision";

    /** The group of the task: {@code service:NAME} or {@code family:FAMILY}. */
    public static final String GROUP = "dev.staithe.group";

    /** On a volume: the name that the task definition gives it. */
    public static final String VOLUME = "dev.staithe.volume";

    /**
     * On a container in the host's network: the ports that its definition maps, "80/tcp,53/udp", which the engine itself
     * does not know of.
     */
    public static final String HOST_PORTS = "dev.staithe.host-ports";

    /** On a sandbox, and on nothing else: which network it holds ready, {@link NetworkSettings#key}. */
    public static final String SANDBOX = "dev.staithe.sandbox";

    /**
     * On a container that has joined a sandbox's network: the sandbox's id. It is the claim: written with the container itself,
     * it says after a crash at any moment whose the sandbox is.
     */
    public static final String NETWORK = "dev.staithe.network";

    /** On a container with secret options of its log driver: the names of those options, "splunk-token,splunk-url". */
    public static final String SECRET_LOG_OPTIONS = "dev.staithe.secret-log-options";

    /** What all labels of ours begin with; users' labels that do are left out. */
    public static final String PREFIX = "dev.staithe.";

    private ContainerLabels() {}

    /** Every label of a container, with those that tools written for ECS look for. */
    public static Map<String, String> of(
            String instance, String cluster, String task, TaskDefinition definition, String container) {
        String revision = Integer.toString(definition.getRevision());
        var labels = new TreeMap<String, String>();
        labels.put(INSTANCE, instance);
        labels.put(CLUSTER, cluster);
        labels.put(TASK, task);
        labels.put(CONTAINER, container);
        labels.put(FAMILY, definition.getFamily());
        labels.put(REVISION, revision);
        labels.put("com.amazonaws.ecs.cluster", cluster);
        labels.put("com.amazonaws.ecs.task-arn", task);
        labels.put("com.amazonaws.ecs.container-name", container);
        labels.put("com.amazonaws.ecs.task-definition-family", definition.getFamily());
        labels.put("com.amazonaws.ecs.task-definition-version", revision);
        return labels;
    }

    /** Whether both sets of labels are of the same container of the same task of the same agent. */
    public static boolean sameContainer(Map<String, String> one, Map<String, String> other) {
        return same(one, other, INSTANCE) && same(one, other, TASK) && same(one, other, CONTAINER);
    }

    private static boolean same(Map<String, String> one, Map<String, String> other, String label) {
        return one.containsKey(label) && one.get(label).equals(other.get(label));
    }
}
