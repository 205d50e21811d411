package dev.staithe.controlplane;

import dev.staithe.controlplane.reconcile.Settings;
import dev.staithe.controlplane.secrets.SecretKeys;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an operator may set, from one YAML file; absent keys have the defaults given here.
 *
 * @param nodeId names this replica among the control planes of one store; the default is derived from the address
 * @param listen HOST:PORT to accept clients and agents at; 127.0.0.1:7070
 * @param advertise HOST:PORT at which others reach this replica; the default is {@code listen}
 * @param store where state is kept
 * @param healthyAfter how long a task without health checks runs before it counts as healthy; 40s, as in ECS
 * @param suspectAfter how long after its last word an instance gets no new tasks; 10s
 * @param lostAfter how long after its last word an instance's tasks are replaced elsewhere; 60s
 * @param heartbeat how often agents give a sign of life; 2s
 * @param leaderLease how long after its last word a leader is replaced; 10s
 * @param throttleCeiling longest wait before the next start of a task that keeps failing; 27m, as in ECS
 * @param stoppedTaskRetention how long stopped tasks can be described; 1h, as in ECS
 * @param brakePercent when more than this part of a cluster's hosts, and at least three, fall silent together, their tasks are
 *     not replaced; 20
 * @param brakeWindow how long beyond {@code lostAfter} they are not replaced, unless the brake is released; 10m, 0s = never held
 * @param secretsKeyFile the keys that secrets are encrypted with: one a line, 32 random bytes in base64, the first one encrypts;
 *     mode 0600, the same on every control plane. Without it there are no secrets
 * @param roleCommands commands that make the credentials of roles, program and arguments by name; the same on every control
 *     plane. They run as its user, with STAITHE_ROLE and STAITHE_CLUSTER in their environment; none by default
 */
public record ControlPlaneConfig(
        String nodeId,
        String listen,
        String advertise,
        StoreConfig store,
        Duration healthyAfter,
        Duration suspectAfter,
        Duration lostAfter,
        Duration heartbeat,
        Duration leaderLease,
        Duration throttleCeiling,
        Duration stoppedTaskRetention,
        Integer brakePercent,
        Duration brakeWindow,
        @Nullable Path secretsKeyFile,
        Map<String, List<String>> roleCommands) {
    private static final Pattern COMMAND_NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
    private static final Pattern ADDRESS = Pattern.compile("(\\[[0-9a-fA-F:]+]|[A-Za-z0-9._-]+):(\\d{1,5})");

    public ControlPlaneConfig(
            @Nullable String nodeId,
            @Nullable String listen,
            @Nullable String advertise,
            @Nullable StoreConfig store,
            @Nullable Duration healthyAfter,
            @Nullable Duration suspectAfter,
            @Nullable Duration lostAfter,
            @Nullable Duration heartbeat,
            @Nullable Duration leaderLease,
            @Nullable Duration throttleCeiling,
            @Nullable Duration stoppedTaskRetention,
            @Nullable Integer brakePercent,
            @Nullable Duration brakeWindow,
            @Nullable Path secretsKeyFile,
            @Nullable Map<String, List<String>> roleCommands) {
        this.listen = address("listen", or(listen, "127.0.0.1:7070"));
        this.advertise = address("advertise", or(advertise, this.listen));
        this.nodeId = or(nodeId, this.advertise);
        if (store == null) {
            throw new IllegalArgumentException("store: missing (expected: store: {type: local, directory: ...}, or "
                    + "{type: etcd, endpoints: [...]})");
        }
        // What it lacks is said now, not when the store is opened.
        store.place();
        this.store = store;
        this.healthyAfter = atLeast("healthyAfter", or(healthyAfter, Duration.ofSeconds(40)), Duration.ZERO);
        this.heartbeat = atLeast("heartbeat", or(heartbeat, Duration.ofSeconds(2)), Duration.ofMillis(100));
        this.suspectAfter =
                atLeast("suspectAfter", or(suspectAfter, Duration.ofSeconds(10)), this.heartbeat.multipliedBy(2));
        this.lostAfter = atLeast("lostAfter", or(lostAfter, Duration.ofSeconds(60)), this.suspectAfter);
        this.leaderLease = atLeast("leaderLease", or(leaderLease, Duration.ofSeconds(10)), Duration.ofSeconds(2));
        this.throttleCeiling =
                atLeast("throttleCeiling", or(throttleCeiling, Duration.ofMinutes(27)), Duration.ofSeconds(1));
        this.stoppedTaskRetention =
                atLeast("stoppedTaskRetention", or(stoppedTaskRetention, Duration.ofHours(1)), Duration.ofSeconds(1));
        this.brakePercent = or(brakePercent, Settings.DEFAULTS.brakePercent());
        if (this.brakePercent < 1 || this.brakePercent > 100) {
            throw new IllegalArgumentException("brakePercent: " + brakePercent + " (expected: 1-100)");
        }
        this.brakeWindow = atLeast("brakeWindow", or(brakeWindow, Settings.DEFAULTS.brakeWindow()), Duration.ZERO);
        this.secretsKeyFile = secretsKeyFile;
        this.roleCommands = Collections.unmodifiableMap(new TreeMap<>(or(roleCommands, Map.of())));
        this.roleCommands.forEach(ControlPlaneConfig::checkCommand);
    }

    /** Which store, and where. */
    public sealed interface Place {
        /** One machine: a directory. */
        record Local(String directory) implements Place {}

        /** Several control planes: etcd's client addresses, HOST:PORT each. */
        record Etcd(List<String> endpoints) implements Place {}
    }

    /**
     * The store as it is written in the file.
     *
     * @param type local | etcd
     * @param directory of the local store
     * @param endpoints of etcd
     */
    public record StoreConfig(
            @Nullable String type,
            @Nullable String directory,
            @Nullable List<String> endpoints) {
        public StoreConfig {
            endpoints = endpoints == null ? List.of() : List.copyOf(endpoints);
        }

        public Place place() {
            String kind = type == null ? "" : type.toLowerCase(Locale.ROOT);
            if (kind.equals("local")) {
                return new Place.Local(Optional.ofNullable(directory)
                        .orElseThrow(() -> new IllegalArgumentException(
                                "store.directory: missing (expected: the directory of the local store)")));
            }
            if (kind.equals("etcd")) {
                if (endpoints == null || endpoints.isEmpty()) {
                    throw new IllegalArgumentException(
                            "store.endpoints: empty (expected: etcd's client addresses, such as 10.0.0.5:2379)");
                }
                return new Place.Etcd(endpoints);
            }
            throw new IllegalArgumentException("store.type: " + kind + " (expected: local or etcd)");
        }
    }

    /** The host part of {@code listen}. */
    public String listenHost() {
        return listen.substring(0, listen.lastIndexOf(':'));
    }

    /** The port part of {@code listen}; 0 = any that is free. */
    public int listenPort() {
        return Integer.parseInt(listen.substring(listen.lastIndexOf(':') + 1));
    }

    /** What planners are told. */
    public Settings settings() {
        return new Settings(
                healthyAfter,
                suspectAfter,
                lostAfter,
                throttleCeiling,
                stoppedTaskRetention,
                Settings.DEFAULTS.steadyStateInterval(),
                brakePercent,
                brakeWindow);
    }

    /**
     * The keys of the key file; none where no file is named.
     *
     * @throws IllegalArgumentException when it cannot be used; the message is for the operator
     */
    public SecretKeys secretKeys() {
        return secretsKeyFile == null ? SecretKeys.NONE : SecretKeys.read(secretsKeyFile);
    }

    private static void checkCommand(String name, List<String> words) {
        if (!COMMAND_NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "roleCommands: " + name + " (expected: names of 1-64 of A-Z a-z 0-9 _ . -)");
        }
        if (words == null || words.isEmpty() || words.getFirst().isBlank()) {
            throw new IllegalArgumentException(
                    "roleCommands." + name + ": empty (expected: a list of a program and its arguments)");
        }
    }

    private static String address(String key, String value) {
        var matcher = ADDRESS.matcher(value);
        if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > 65535) {
            throw new IllegalArgumentException(key + ": " + value + " (expected: HOST:PORT)");
        }
        return value;
    }

    private static Duration atLeast(String key, Duration value, Duration least) {
        if (value.compareTo(least) < 0) {
            throw new IllegalArgumentException(
                    key + ": " + value.toMillis() + "ms (expected: at least " + least.toMillis() + "ms)");
        }
        return value;
    }

    private static <T> T or(@Nullable T value, T otherwise) {
        return value == null ? otherwise : value;
    }
}
