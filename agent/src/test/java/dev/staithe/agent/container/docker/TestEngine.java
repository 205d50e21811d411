package dev.staithe.agent.container.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.core.DockerClientConfig;
import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.Faults;
import dev.staithe.runtime.SystemEnvironment;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The real engine of this host, for tests. Everything is made under instances of one prefix and removed by label: after
 * each test, and at the start what a killed run left behind.
 */
final class TestEngine implements AutoCloseable {
    static final URI HOST = URI.create("unix:///var/run/docker.sock");
    private static final String PREFIX = "docker-test-";

    /** Younger leftovers may be of a run that goes on beside this one. */
    private static final Duration LEFT_BEHIND = Duration.ofMinutes(15);

    private final Environment environment = SystemEnvironment.create(new FailingFaults());
    private final EngineConnection connection = new EngineConnection(HOST, DockerClientConfig.getDefaultObjectMapper());
    private final DockerClient client;
    private final String instance = PREFIX + environment.ids().next();
    private final List<DockerRuntime> runtimes = new ArrayList<>();
    private final List<String> foreign = new ArrayList<>();
    private Path dockerConfig = Path.of("/nonexistent/config.json");

    TestEngine() {
        try {
            client = connection.client();
        } catch (IOException | RuntimeException e) {
            throw new AssertionError(
                    "These tests need a container engine, and none answers at " + HOST
                            + ". Start one (deploy/verify does), or: dockerd &",
                    e);
        }
        long now = environment.time().now().getEpochSecond();
        for (Container container : client.listContainersCmd().withShowAll(true).exec()) {
            String of = labels(container).getOrDefault(ContainerLabels.INSTANCE, "");
            if (of.startsWith(PREFIX) && now - container.getCreated() > LEFT_BEHIND.toSeconds()) {
                remove(container.getId());
            }
        }
    }

    String instance() {
        return instance;
    }

    Environment environment() {
        return environment;
    }

    DockerClient client() {
        return client;
    }

    DockerRuntime runtime(String of, DockerDeadlines deadlines) {
        return runtime(HOST, of, deadlines);
    }

    DockerRuntime runtime(URI host, String of, DockerDeadlines deadlines) {
        DockerRuntime runtime = new DockerRuntime(host, dockerConfig, of, environment, deadlines);
        runtimes.add(runtime);
        return runtime;
    }

    /** From now on runtimes read the logins of their host from this file. */
    void dockerConfig(Path file) {
        dockerConfig = file;
    }

    /** A running container without labels of ours. */
    String foreignContainer() {
        String id = client.createContainerCmd(TestImages.busybox(client))
                .withCmd("sleep", "3600")
                .exec()
                .getId();
        foreign.add(id);
        client.startContainerCmd(id).exec();
        return id;
    }

    /** Ends the runtimes and removes what this test made. */
    @Override
    public void close() {
        runtimes.forEach(DockerRuntime::close);
        foreign.forEach(this::remove);
        for (Container container : client.listContainersCmd().withShowAll(true).exec()) {
            if (labels(container).getOrDefault(ContainerLabels.INSTANCE, "").endsWith(instance)) {
                remove(container.getId());
            }
        }
        var volumes = client.listVolumesCmd()
                .withFilter("label", List.of(ContainerLabels.INSTANCE + "=" + instance))
                .exec()
                .getVolumes();
        if (volumes != null) {
            volumes.forEach(volume -> client.removeVolumeCmd(volume.getName()).exec());
        }
    }

    private void remove(String id) {
        try {
            client.removeContainerCmd(id)
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec();
        } catch (DockerException gone) {
            return;
        }
    }

    private static Map<String, String> labels(Container container) {
        return container.getLabels() == null ? Map.of() : container.getLabels();
    }

    private static final class FailingFaults implements Faults {
        @Override
        public void fatal(String what, Throwable cause) {
            throw new AssertionError(what, cause);
        }

        @Override
        public void unexpected(String what, Throwable cause) {
            throw new AssertionError(what, cause);
        }
    }
}
