package dev.staithe.multinode;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.agent.container.docker.TestImages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A container engine as the tests see it, beside the agents: only to look, to kill and to clean up. Sees the containers
 * that carry the label of this test, and no others.
 */
final class Engine implements AutoCloseable {
    static final String HOST = "unix:///var/run/docker.sock";

    /** On every container that a test has made, by its definition; the value is the test's own. */
    static final String LABEL = "multinode-test";

    /** Younger leftovers may be of a run that goes on beside this one. */
    private static final Duration LEFT_BEHIND = Duration.ofMinutes(15);

    private final DockerClient client;
    private final String test;

    /** A container, as it is now. */
    record Seen(
            String id, String task, String name, String group, boolean running, String startedAt, String finishedAt) {
        /** How long it ran. */
        Duration ran() {
            return Duration.between(Instant.parse(startedAt), Instant.parse(finishedAt));
        }
    }

    Engine(String host, String test) {
        this.test = test;
        // Not the "default" builder: that one reads the environment and system properties.
        var config = new DefaultDockerClientConfig.Builder()
                .withDockerHost(host)
                .withDockerTlsVerify(false)
                .build();
        client = DockerClientImpl.getInstance(
                config,
                new ZerodepDockerHttpClient.Builder()
                        .dockerHost(URI.create(host))
                        .responseTimeout(Duration.ofSeconds(30))
                        .build());
    }

    DockerClient client() {
        return client;
    }

    /** Whether it answers. */
    boolean answers() {
        try {
            client.pingCmd().exec();
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    /** The image of the tests: a shell and a few tools. There is no registry. */
    String image() {
        return TestImages.busybox(client);
    }

    /** Every container of this test, stopped ones too, the oldest first. */
    List<Seen> containers() {
        List<Seen> seen = new ArrayList<>();
        for (Container container : list(Map.of(LABEL, test))) {
            look(container.getId()).ifPresent(seen::add);
        }
        return seen.reversed();
    }

    /** The containers of the service that run. */
    List<Seen> running(String service) {
        return containers().stream()
                .filter(Seen::running)
                .filter(c -> c.group().equals("service:" + service))
                .toList();
    }

    Optional<Seen> look(String id) {
        try {
            InspectContainerResponse container = client.inspectContainerCmd(id).exec();
            Map<String, String> labels = container.getConfig().getLabels();
            return Optional.of(new Seen(
                    id,
                    labels.getOrDefault(ContainerLabels.TASK, ""),
                    labels.getOrDefault(ContainerLabels.CONTAINER, ""),
                    labels.getOrDefault(ContainerLabels.GROUP, ""),
                    Boolean.TRUE.equals(container.getState().getRunning()),
                    String.valueOf(container.getState().getStartedAt()),
                    String.valueOf(container.getState().getFinishedAt())));
        } catch (NotFoundException gone) {
            return Optional.empty();
        }
    }

    void kill(String id) {
        client.killContainerCmd(id).exec();
    }

    /** A running container of somebody else: it has none of Staithe's labels. */
    String foreign() {
        String id = client.createContainerCmd(image())
                .withCmd("sleep", "3600")
                .withLabels(Map.of(LABEL, test))
                .withHostConfig(com.github.dockerjava.api.model.HostConfig.newHostConfig()
                        .withNetworkMode("none"))
                .exec()
                .getId();
        start(id);
        return id;
    }

    void start(String id) {
        client.startContainerCmd(id).exec();
    }

    /** Removes what this test made, and what tests that were killed left behind. */
    void removeAll() {
        list(Map.of(LABEL, test)).forEach(c -> remove(c.getId()));
        long old = Instant.now().minus(LEFT_BEHIND).getEpochSecond();
        client.listContainersCmd().withShowAll(true).withLabelFilter(List.of(LABEL)).exec().stream()
                .filter(c -> c.getCreated() < old)
                .forEach(c -> remove(c.getId()));
    }

    /** Removes what an agent had made ready. */
    void removeSandboxesOf(String instance) {
        list(Map.of(ContainerLabels.INSTANCE, instance)).stream()
                .filter(c -> c.getLabels().containsKey(ContainerLabels.SANDBOX))
                .forEach(c -> remove(c.getId()));
    }

    private List<Container> list(Map<String, String> labels) {
        return client.listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(labels)
                .exec();
    }

    /** Removes it, whether it runs or not. */
    void remove(String id) {
        try {
            client.removeContainerCmd(id)
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec();
        } catch (DockerException gone) {
            return;
        }
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
