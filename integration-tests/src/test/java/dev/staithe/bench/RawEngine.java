package dev.staithe.bench;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The container engine without an orchestrator: the floor that the figures stand on, and the eyes that take them. */
final class RawEngine implements AutoCloseable {
    static final String LABEL = "dev.staithe.bench";
    static final int PORT = 8080;
    /** Small enough for forty and one of them on two cores. */
    static final int CPU = 16;

    static final int MEMORY_MIB = 32;

    private static final String SANDBOX_LABEL = "dev.staithe.sandbox";
    private static final String NETWORK_LABEL = "dev.staithe.network";

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

    /** Creates and starts a container just as the agent would for the bench's task definition, with a network of its own. */
    String run(String image) {
        return run(publishing(docker.createContainerCmd(image)), "raw", limited());
    }

    /** The same in the network of another container. */
    String runIn(String image, String holder) {
        return run(docker.createContainerCmd(image), "raw", limited().withNetworkMode("container:" + holder));
    }

    /** A container that holds a network, of the agent's own image for that. */
    String hold() {
        String image = docker.listImagesCmd().exec().stream()
                .flatMap(
                        i -> i.getRepoTags() == null ? java.util.stream.Stream.of() : List.of(i.getRepoTags()).stream())
                .filter(tag -> tag.startsWith("staithe/pause:"))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("no image staithe/pause (expected: one that an agent loaded)"));
        return run(publishing(docker.createContainerCmd(image)), "holder", HostConfig.newHostConfig());
    }

    private static HostConfig limited() {
        return HostConfig.newHostConfig().withMemory((long) MEMORY_MIB << 20).withCpuShares(CPU);
    }

    private static CreateContainerCmd publishing(CreateContainerCmd command) {
        return command.withExposedPorts(ExposedPort.tcp(PORT));
    }

    private String run(CreateContainerCmd command, String label, HostConfig host) {
        if (command.getExposedPorts() != null && command.getExposedPorts().length > 0) {
            host.withPortBindings(new PortBinding(Ports.Binding.empty(), ExposedPort.tcp(PORT)));
        }
        String id = command.withHostConfig(host)
                .withLabels(Map.of(LABEL, label))
                .exec()
                .getId();
        docker.startContainerCmd(id).exec();
        return id;
    }

    /** How long until all of this has been done, so much of it at once, and every container that it starts has started. */
    long many(List<Callable<String>> runs, int atOnce) throws Exception {
        listen();
        long begin = System.nanoTime();
        List<Future<String>> ids = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(atOnce)) {
            runs.forEach(run -> ids.add(threads.submit(run)));
        }
        long end = last("raw", runs.size()) - begin;
        for (Future<String> id : ids) {
            remove(id.get());
        }
        return end;
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

    /** Sandboxes of agents that no container has joined. */
    List<String> ready() {
        TreeSet<String> ready = new TreeSet<>();
        List<Container> all = docker.listContainersCmd().exec();
        all.stream().filter(c -> c.getLabels().containsKey(SANDBOX_LABEL)).forEach(c -> ready.add(c.getId()));
        all.forEach(c -> ready.remove(c.getLabels().getOrDefault(NETWORK_LABEL, "")));
        return List.copyOf(ready);
    }

    /** The container as it is; empty when it is gone. */
    Optional<InspectContainerResponse> inspect(String id) {
        try {
            return Optional.of(docker.inspectContainerCmd(id).exec());
        } catch (NotFoundException gone) {
            return Optional.empty();
        }
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

    /** When the last of so many containers started. */
    long last(String label, int count) throws InterruptedException {
        long at = 0;
        for (int i = 0; i < count; i++) {
            at = next(label).atNanos();
        }
        return at;
    }

    @Override
    public void close() throws IOException {
        removeAll();
        watch.close();
        docker.close();
    }
}
