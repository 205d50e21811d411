package dev.staithe.controlplane.store;

import java.util.Optional;

/**
 * The names of the keys: {@code /staithe/<writer>/<kind>/<cluster>/<id>}. Keys under {@code intent/} are written by
 * {@code intent} alone, keys under {@code run/} by {@code commit} alone, the leader's key by {@code leader} alone.
 */
public final class Keys {
    public static final String ROOT = "/staithe/";
    public static final String LEADER = ROOT + "leader";
    public static final String INTENT = ROOT + "intent/";
    public static final String RUN = ROOT + "run/";

    /** Rewritten and compared by every transaction of the leader: it puts them in one sequence. */
    public static final String SEQUENCE = RUN + "sequence";

    private Keys() {}

    public static String cluster(String cluster) {
        return INTENT + "cluster/" + cluster + "/" + cluster;
    }

    /** Families and task definitions belong to no cluster. */
    public static String family(String family) {
        return INTENT + "family/-/" + family;
    }

    public static String taskDefinition(String family, int revision) {
        return INTENT + "task-definition/-/" + family + ":" + revision;
    }

    public static String service(String cluster, String name) {
        return INTENT + "service/" + cluster + "/" + name;
    }

    /** What operators want of a host. */
    public static String host(String cluster, String instanceId) {
        return INTENT + "host/" + cluster + "/" + instanceId;
    }

    /** Names of secrets may have slashes. */
    public static String secret(String cluster, String name) {
        return INTENT + "secret/" + cluster + "/" + name;
    }

    public static String role(String cluster, String name) {
        return INTENT + "role/" + cluster + "/" + name;
    }

    public static String deployment(String cluster, String serviceUid, long generation) {
        return RUN + "deployment/" + cluster + "/" + serviceUid + "." + generation;
    }

    public static String task(String cluster, String id) {
        return RUN + "task/" + cluster + "/" + id;
    }

    public static String instance(String cluster, String id) {
        return RUN + "instance/" + cluster + "/" + id;
    }

    /** That the tasks of silent hosts are not given up. */
    public static String brake(String cluster) {
        return RUN + "brake/" + cluster + "/" + cluster;
    }

    /** Numbers are padded, so that the order of the keys is the order of the events. */
    public static String event(String cluster, String serviceUid, long number) {
        return RUN + "event/" + cluster + "/" + serviceUid + "." + String.format("%012d", number);
    }

    /** What a deployment's or an event's key names. */
    public record Numbered(String uid, long number) {}

    /** The service's uid and the number at the end of such a key; empty when it is none. */
    public static Optional<Numbered> numbered(String key) {
        String id = key.substring(key.lastIndexOf('/') + 1);
        int dot = id.lastIndexOf('.');
        try {
            return dot < 0
                    ? Optional.empty()
                    : Optional.of(new Numbered(id.substring(0, dot), Long.parseLong(id.substring(dot + 1))));
        } catch (NumberFormatException foreign) {
            return Optional.empty();
        }
    }

    /** A client token that was used. */
    public static String token(String cluster, String seed) {
        return RUN + "token/" + cluster + "/" + seed;
    }

    public static String explanation(String cluster, String serviceUid) {
        return RUN + "explanation/" + cluster + "/" + serviceUid;
    }
}
