package dev.staithe.agent;

import dev.staithe.agent.model.PullBehavior;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an operator settles for one agent: one YAML file, read once at start.
 *
 * @param controlPlanes HOST:PORT of one to nine control planes; the agent finds the leader among them
 * @param cluster that the host joins; default "default"
 * @param dataDirectory absolute; holds the ledger, for this agent alone
 * @param dockerHost the engine's socket; default {@code unix:///var/run/docker.sock}
 * @param address where published ports of this host answer; default 127.0.0.1
 * @param hostName for people; empty = the system's
 * @param reservedCpu CPU units (1024 a core) that tasks may not have; default 0
 * @param reservedMemory MiB that tasks may not have; default 0
 * @param reservedPorts host ports, TCP and UDP, that tasks may not have, besides 22, 2375 and 2376
 * @param attributes custom attributes of the host, at most ten; and those that ECS learns from EC2 and only the operator
 *     knows here: {@code ecs.availability-zone}, {@code ecs.instance-type}, {@code ecs.ami-id}, {@code ecs.vpc-id},
 *     {@code ecs.subnet-id}
 * @param gpus ids of the NVIDIA GPUs that tasks may have, as nvidia-smi -L prints them (GPU-...), or their indexes; at most 64;
 *     default none. The engine needs the NVIDIA container toolkit
 * @param imagePullBehavior when an image is fetched; default {@link PullBehavior#DEFAULT}
 * @param stopTimeout between SIGTERM and SIGKILL, for containers that do not say; 1s-15m, default 30s
 * @param taskCleanupWait how long containers of stopped tasks are kept, for their logs; 1s-720h, default 3h
 * @param runtimeDirectory absolute; for what must not outlive the boot and never reach a disk; default {@code /run/staithe}
 * @param taskPolicy what tasks may ask of this host
 * @param imagePulls how images are fetched
 * @param imageCleanup when images that no task needs are removed
 * @param endpoints what the agent answers on the host itself
 * @param sandboxes networks that are made ready for tasks to come
 */
public record AgentConfig(
        List<String> controlPlanes,
        String cluster,
        Path dataDirectory,
        String dockerHost,
        String address,
        String hostName,
        Integer reservedCpu,
        Integer reservedMemory,
        List<Integer> reservedPorts,
        Map<String, String> attributes,
        PullBehavior imagePullBehavior,
        Duration stopTimeout,
        Duration taskCleanupWait,
        List<String> gpus,
        Path runtimeDirectory,
        TaskPolicy taskPolicy,
        ImagePulling imagePulls,
        ImageCleanup imageCleanup,
        Endpoints endpoints,
        Sandboxes sandboxes) {
    private static final Pattern GPU = Pattern.compile("[A-Za-z0-9-]{1,64}");
    private static final int MOST_GPUS = 64;
    private static final Pattern ENDPOINT = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[A-Za-z0-9._-]{1,253}):(\\d{1,5})");
    private static final Pattern CLUSTER = Pattern.compile("[A-Za-z0-9_-]{1,255}");
    private static final Pattern ATTRIBUTE_NAME = Pattern.compile("[A-Za-z0-9_./\\\\-]{1,128}");
    private static final Pattern ATTRIBUTE_VALUE = Pattern.compile("[A-Za-z0-9_./\\\\:@ -]{0,128}");
    /** Reserved names, of what the operator knows and the agent cannot find out. */
    private static final List<String> PLACES =
            List.of("ecs.availability-zone", "ecs.instance-type", "ecs.ami-id", "ecs.vpc-id", "ecs.subnet-id");

    private static final int MOST_ATTRIBUTES = 10;
    private static final int MOST_PORTS = 100;

    /** Absent keys arrive as null and get their defaults here. */
    public AgentConfig(
            @Nullable List<String> controlPlanes,
            @Nullable String cluster,
            @Nullable Path dataDirectory,
            @Nullable String dockerHost,
            @Nullable String address,
            @Nullable String hostName,
            @Nullable Integer reservedCpu,
            @Nullable Integer reservedMemory,
            @Nullable List<Integer> reservedPorts,
            @Nullable Map<String, String> attributes,
            @Nullable PullBehavior imagePullBehavior,
            @Nullable Duration stopTimeout,
            @Nullable Duration taskCleanupWait,
            @Nullable List<String> gpus,
            @Nullable Path runtimeDirectory,
            @Nullable TaskPolicy taskPolicy,
            @Nullable ImagePulling imagePulls,
            @Nullable ImageCleanup imageCleanup,
            @Nullable Endpoints endpoints,
            @Nullable Sandboxes sandboxes) {
        this.controlPlanes = List.copyOf(required(controlPlanes, "controlPlanes", "a list of HOST:PORT"));
        this.cluster = Objects.requireNonNullElse(cluster, "default");
        this.dataDirectory = required(dataDirectory, "dataDirectory", "an absolute path");
        this.dockerHost = Objects.requireNonNullElse(dockerHost, "unix:///var/run/docker.sock");
        this.address = Objects.requireNonNullElse(address, "127.0.0.1");
        this.hostName = Objects.requireNonNullElse(hostName, "");
        this.reservedCpu = Objects.requireNonNullElse(reservedCpu, 0);
        this.reservedMemory = Objects.requireNonNullElse(reservedMemory, 0);
        this.reservedPorts = List.copyOf(Objects.requireNonNullElse(reservedPorts, List.of()));
        this.attributes = Collections.unmodifiableMap(new TreeMap<>(Objects.requireNonNullElse(attributes, Map.of())));
        this.imagePullBehavior = Objects.requireNonNullElse(imagePullBehavior, PullBehavior.DEFAULT);
        this.stopTimeout = Objects.requireNonNullElse(stopTimeout, Duration.ofSeconds(30));
        this.taskCleanupWait = Objects.requireNonNullElse(taskCleanupWait, Duration.ofHours(3));
        this.gpus = List.copyOf(Objects.requireNonNullElse(gpus, List.of()));
        this.runtimeDirectory = Objects.requireNonNullElse(runtimeDirectory, Path.of("/run/staithe"));
        this.taskPolicy = Objects.requireNonNullElse(taskPolicy, TaskPolicy.USUAL);
        this.imagePulls = Objects.requireNonNullElse(imagePulls, ImagePulling.USUAL);
        this.imageCleanup = Objects.requireNonNullElse(imageCleanup, ImageCleanup.USUAL);
        this.endpoints = Objects.requireNonNullElse(endpoints, Endpoints.USUAL);
        this.sandboxes = Objects.requireNonNullElse(sandboxes, Sandboxes.USUAL);
        validate();
    }

    /** As this, but for an agent that reaches no control plane, answers nobody and keeps its data apart. */
    AgentConfig rehearsing(Path directory) {
        return new AgentConfig(
                List.of("127.0.0.1:1"),
                cluster,
                directory,
                dockerHost,
                address,
                hostName,
                reservedCpu,
                reservedMemory,
                reservedPorts,
                attributes,
                imagePullBehavior,
                stopTimeout,
                taskCleanupWait,
                gpus,
                directory,
                taskPolicy,
                imagePulls,
                imageCleanup,
                new Endpoints(Endpoints.OFF, Endpoints.OFF),
                new Sandboxes(0, 0));
    }

    private void validate() {
        check(!controlPlanes.isEmpty() && controlPlanes.size() <= 9, "controlPlanes", controlPlanes.size(), "1-9");
        for (int i = 0; i < controlPlanes.size(); i++) {
            endpoint("controlPlanes[" + i + "]", controlPlanes.get(i));
        }
        check(CLUSTER.matcher(cluster).matches(), "cluster", cluster, "1-255 letters, digits, - and _");
        check(dataDirectory.isAbsolute(), "dataDirectory", dataDirectory, "an absolute path");
        check(runtimeDirectory.isAbsolute(), "runtimeDirectory", runtimeDirectory, "an absolute path");
        check(
                dockerHost.startsWith("unix:///") || dockerHost.startsWith("tcp://"),
                "dockerHost",
                dockerHost,
                "unix:///PATH or tcp://HOST:PORT");
        check(!address.isBlank(), "address", address, "a host name or an address");
        check(hostName.length() <= 255, "hostName", hostName, "at most 255 characters");
        check(reservedCpu >= 0, "reservedCpu", reservedCpu, ">= 0 CPU units");
        check(reservedMemory >= 0, "reservedMemory", reservedMemory, ">= 0 MiB");
        check(reservedPorts.size() <= MOST_PORTS, "reservedPorts", reservedPorts.size(), "at most 100 ports");
        reservedPorts.forEach(port -> check(port >= 1 && port <= 65535, "reservedPorts", port, "1-65535"));
        checkAttributes();
        check(gpus.size() <= MOST_GPUS, "gpus", gpus.size(), "at most " + MOST_GPUS);
        check(new TreeSet<>(gpus).size() == gpus.size(), "gpus", gpus, "each id once");
        gpus.forEach(id -> check(GPU.matcher(id).matches(), "gpus", id, "1-64 letters, digits and -"));
        within("stopTimeout", stopTimeout, Duration.ofSeconds(1), Duration.ofMinutes(15));
        within("taskCleanupWait", taskCleanupWait, Duration.ofSeconds(1), Duration.ofDays(30));
    }

    private void checkAttributes() {
        check(attributes.size() <= MOST_ATTRIBUTES, "attributes", attributes.size(), "at most 10");
        attributes.forEach((name, value) -> {
            check(ATTRIBUTE_NAME.matcher(name).matches(), "attributes", name, "1-128 letters, digits and -_./\\");
            check(
                    PLACES.contains(name) || (!name.startsWith("ecs.") && !name.startsWith("com.amazonaws.")),
                    "attributes",
                    name,
                    "a name that does not begin with ecs. or com.amazonaws., which are reserved, or one of "
                            + String.join(", ", PLACES));
            check(
                    ATTRIBUTE_VALUE.matcher(value).matches() && value.equals(value.strip()),
                    "attributes." + name,
                    value,
                    "at most 128 letters, digits, inner spaces and -_./\\:@");
        });
    }

    private static void endpoint(String key, String value) {
        Matcher matcher = ENDPOINT.matcher(value);
        boolean valid = matcher.matches();
        if (valid) {
            int port = Integer.parseInt(matcher.group(2));
            valid = port >= 1 && port <= 65535;
        }
        check(valid, key, value, "HOST:PORT");
    }

    static void within(String key, Duration value, Duration least, Duration most) {
        check(
                value.compareTo(least) >= 0 && value.compareTo(most) <= 0,
                key,
                value.toSeconds() + "s",
                least.toSeconds() + "s-" + most.toSeconds() + "s");
    }

    private static <T> T required(@Nullable T value, String key, String expected) {
        if (value == null) {
            throw new IllegalArgumentException(key + ": missing (expected: " + expected + ")");
        }
        return value;
    }

    static void check(boolean valid, String key, Object value, String expected) {
        if (!valid) {
            throw new IllegalArgumentException(key + ": " + value + " (expected: " + expected + ")");
        }
    }
}
