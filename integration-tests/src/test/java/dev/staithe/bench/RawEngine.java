package dev.staithe.bench;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The container engine without an orchestrator: the floor that the figures stand on, and the eyes that take them. */
final class RawEngine implements AutoCloseable {
    static final String LABEL = "dev.staithe.bench";
    private static final int PORT = 8080;

    /** A container that started, and when this process heard of it. */
    record Started(String id, String label, long atNanos) {}

    private final DockerClient docker;
    private final BlockingQueue<Started> started = new LinkedBlockingQueue<>();
    private final ResultCallback<Event> watch;

    /** @param familyLabel the label by which started containers are told apart */
    RawEngine(String familyLabel) {
        DefaultDockerClientConfig config = DefaultDockerClientConfig.createDefaultConfigBuilder()
                .withDockerHost("unix:///var/run/docker.sock")
                .build();
        docker = DockerClientImpl.getInstance(
                config,
                new ZerodepDockerHttpClient.Builder()
                        .dockerHost(config.getDockerHost())
                        .maxConnections(32)
                        .build());
        watch = docker.eventsCmd().withEventFilter("start").exec(new ResultCallback.Adapter<Event>() {
            @Override
            public void onNext(Event event) {
                if (event.getActor() == null || event.getActor().getAttributes() == null) {
                    return;
                }
                Map<String, String> labels = event.getActor().getAttributes();
                String label = labels.getOrDefault(LABEL, labels.getOrDefault(familyLabel, ""));
                started.add(new Started(String.valueOf(event.getActor().getId()), label, System.nanoTime()));
            }
        });
    }

    /** Creates and starts a container just as the agent would for the bench's task definition. */
    String run(String image) {
        HostConfig host = HostConfig.newHostConfig()
                .withMemory(32L << 20)
                .withCpuShares(64)
                .withPortBindings(new PortBinding(Ports.Binding.empty(), ExposedPort.tcp(PORT)));
        String id = docker.createContainerCmd(image)
                .withHostConfig(host)
                .withExposedPorts(ExposedPort.tcp(PORT))
                .withLabels(Map.of(LABEL, "raw"))
                .exec()
                .getId();
        docker.startContainerCmd(id).exec();
        return id;
    }

    void kill(String id) {
        docker.killContainerCmd(id).exec();
    }

    void remove(String id) {
        docker.removeContainerCmd(id).withForce(true).exec();
    }

    void removeAll() {
        docker.listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(List.of(LABEL))
                .exec()
                .forEach(c -> remove(c.getId()));
    }

    /** Forgets what has been heard so far. */
    void listen() {
        started.clear();
    }

    /** The next container that starts under that label. */
    Started next(String label) throws InterruptedException {
        while (true) {
            Started next = started.poll(120, TimeUnit.SECONDS);
            if (next == null) {
                throw new IllegalStateException(
                        "no container started within 120 s (expected one labelled " + label + ")");
            }
            if (next.label().equals(label)) {
                return next;
            }
        }
    }

    @Override
    public void close() throws IOException {
        removeAll();
        watch.close();
        docker.close();
    }
}
