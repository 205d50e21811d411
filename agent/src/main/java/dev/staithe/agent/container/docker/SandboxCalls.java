package dev.staithe.agent.container.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.LogConfig.LoggingType;
import com.github.dockerjava.api.model.NetworkSettings;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.agent.container.ContainerRequest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Sandboxes on Docker: containers of the pause image. They hold their network, a page or two of memory, and no rights.
 *
 * <p>Called from any thread. What it remembers is the network of sandboxes that run, which never changes: they are started once.
 */
final class SandboxCalls {
    /** The program has one. What sets the container up runs under the same limit, and has a few more on a large host. */
    private static final long MOST_THREADS = 64;

    private final EngineConnection connection;
    private final ObjectMapper json;
    private final Ownership ownership;
    private final ConcurrentHashMap<String, NetworkSettings> networks = new ConcurrentHashMap<>();
    private volatile @Nullable PauseImage image;

    SandboxCalls(EngineConnection connection, ObjectMapper json, Ownership ownership) {
        this.connection = connection;
        this.json = json;
        this.ownership = ownership;
    }

    /** Creates the sandbox and starts it, with the image loaded first where the engine has lost it. */
    String make(ContainerRequest request) throws IOException {
        DockerClient client = connection.client();
        PauseImage pause = image(client);
        String id;
        try {
            id = created(client, request, pause);
        } catch (NotFoundException noImage) {
            load(pause);
            id = created(client, request, pause);
        }
        ownership.seen(id);
        try {
            client.startContainerCmd(id).exec();
        } catch (NotModifiedException runsAlready) {
            return id;
        }
        return id;
    }

    /** Ends and removes it. */
    void remove(String id) throws IOException, ContainerFault {
        DockerClient client = connection.client();
        try {
            Map<String, String> labels =
                    client.inspectContainerCmd(id).exec().getConfig().getLabels();
            if (!ownership.ours(labels) || labels == null || !labels.containsKey(ContainerLabels.SANDBOX)) {
                throw new ContainerFault(
                        Kind.CannotRemoveContainerError,
                        "container " + id + " is not a sandbox of this agent's (expected: label "
                                + ContainerLabels.SANDBOX + ")",
                        false);
            }
            client.removeContainerCmd(id)
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec();
        } catch (NotFoundException gone) {
            ownership.gone(id);
        } finally {
            networks.remove(id);
        }
    }

    /** The engine has no container of that id. */
    void gone(String id) {
        networks.remove(id);
    }

    /** Where the container can be reached: its own network, or that of the sandbox it has joined. */
    @Nullable
    NetworkSettings network(DockerClient client, InspectContainerResponse shown) {
        Map<String, String> labels =
                Objects.requireNonNullElse(shown.getConfig().getLabels(), Map.of());
        String sandbox = labels.get(ContainerLabels.NETWORK);
        if (sandbox == null) {
            NetworkSettings own = shown.getNetworkSettings();
            boolean ready = labels.containsKey(ContainerLabels.SANDBOX)
                    && Boolean.TRUE.equals(shown.getState().getRunning());
            if (ready && own != null) {
                // Whoever joins it need not ask.
                networks.put(shown.getId(), own);
            }
            return own;
        }
        NetworkSettings known = networks.get(sandbox);
        if (known != null) {
            return known;
        }
        try {
            InspectContainerResponse holder =
                    client.inspectContainerCmd(sandbox).exec();
            NetworkSettings network = holder.getNetworkSettings();
            boolean holds = Boolean.TRUE.equals(holder.getState().getRunning())
                    && ownership.ours(holder.getConfig().getLabels());
            if (!holds || network == null) {
                return null;
            }
            networks.put(sandbox, network);
            return network;
        } catch (NotFoundException gone) {
            return null;
        }
    }

    private String created(DockerClient client, ContainerRequest request, PauseImage image) {
        try {
            return command(client, request, image).exec().getId();
        } catch (ConflictException nameTaken) {
            InspectContainerResponse found =
                    client.inspectContainerCmd(request.name()).exec();
            if (!ownership.ours(found.getConfig().getLabels())) {
                throw nameTaken;
            }
            return found.getId();
        }
    }

    /** The settings of the network by the mappers of all containers, and no rights. */
    private static CreateContainerCmd command(DockerClient client, ContainerRequest request, PauseImage image) {
        CreateContainerCmd command = ContainerMappers.command(client, request).withImage(image.tag());
        Optional.ofNullable(command.getHostConfig())
                .orElseThrow()
                .withReadonlyRootfs(true)
                .withCapDrop(Capability.ALL)
                .withSecurityOpts(List.of("no-new-privileges"))
                .withPidsLimit(MOST_THREADS)
                .withLogConfig(new LogConfig(LoggingType.NONE));
        return command;
    }

    private PauseImage image(DockerClient client) {
        PauseImage known = image;
        if (known == null) {
            known = forHost(client);
            image = known;
        }
        return known;
    }

    private static PauseImage forHost(DockerClient client) {
        String architecture = String.valueOf(client.infoCmd().exec().getArchitecture());
        return PauseImage.of(architecture)
                .orElseThrow(() -> new DockerClientException("architecture: " + architecture
                        + " (expected: x86_64 or aarch64, for which there is a pause program)"));
    }

    private void load(PauseImage image) throws IOException {
        try (Response response = connection.send(
                        "/images/load?quiet=1",
                        "application/x-tar",
                        image.archive().newInput());
                MappingIterator<JsonNode> news = json.readerFor(JsonNode.class).readValues(response.getBody())) {
            while (news.hasNextValue()) {
                JsonNode said = news.nextValue();
                if (said.has("error")) {
                    throw new DockerClientException(
                            "loading " + image.tag() + ": " + said.path("error").asText());
                }
            }
        }
    }
}
