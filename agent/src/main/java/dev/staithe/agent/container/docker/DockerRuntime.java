package dev.staithe.agent.container.docker;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Info;
import com.github.dockerjava.core.DockerClientConfig;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.agent.container.ContainerRuntime;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.EngineInfo;
import dev.staithe.agent.container.Execs;
import dev.staithe.agent.container.Images;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Docker engine of this host. May be called from any thread; each call ends within its deadline, also when the engine
 * hangs. Nothing is kept but what can be asked for again: the engine may come and go while this lives.
 */
public final class DockerRuntime implements ContainerRuntime {
    private static final Logger LOG = LoggerFactory.getLogger(DockerRuntime.class);

    private final DockerDeadlines deadlines;
    private final Environment environment;
    private final EventLoop loop;
    private final ObjectMapper json = DockerClientConfig.getDefaultObjectMapper();
    private final EngineConnection connection;
    private final TimedCalls calls;
    private final Ownership ownership;
    private final VolumeProvisioner volumes;
    private final GroupCalls groups;
    private final DockerImages images;
    private final DockerExecs execs;
    private final SandboxCalls sandboxes;
    private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();

    private final OwnEvents own = new OwnEvents();

    /**
     * Does not talk to the engine yet.
     *
     * @param host where the engine listens, {@code unix:///var/run/docker.sock}
     * @param dockerConfig Docker's configuration file with the logins of this host to registries; need not exist
     * @param instance the agent's container instance, the value of {@link ContainerLabels#INSTANCE} on all that is its own
     */
    public DockerRuntime(
            URI host, Path dockerConfig, String instance, Environment environment, DockerDeadlines deadlines) {
        this.deadlines = deadlines;
        this.environment = environment;
        loop = environment.loop("docker");
        connection = new EngineConnection(host, json);
        EngineErrors errors = new EngineErrors(host.toString(), json);
        calls = new TimedCalls(loop, environment.time(), errors);
        ownership = new Ownership(instance);
        volumes = new VolumeProvisioner(ownership);
        execs = new DockerExecs(connection, calls, deadlines, ownership, environment, loop);
        images = new DockerImages(
                connection,
                calls,
                deadlines,
                new ImagePull(
                        connection, json, errors, new HostLogins(dockerConfig, json), deadlines, environment.time()));
        groups = new GroupCalls(host, instance);
        sandboxes = new SandboxCalls(connection, json, ownership);
    }

    @Override
    public EngineInfo engine() throws ContainerFault {
        return calls.within(deadlines.inspect(), Kind.EngineUnavailableError, ticket -> {
            EngineConnection.Greeting greeting = connection.greet();
            Info info = connection.client().infoCmd().exec();
            Map<String, List<String>> plugins = Objects.requireNonNullElse(info.getPlugins(), Map.of());
            List<String> logDrivers = new ArrayList<>(plugins.getOrDefault("Log", List.of()));
            if (!logDrivers.contains("none")) {
                // Every engine has it, and none lists it.
                logDrivers.add("none");
            }
            return new EngineInfo(
                    greeting.version(),
                    greeting.apiVersion(),
                    Objects.requireNonNullElse(info.getArchitecture(), ""),
                    Objects.requireNonNullElse(info.getOsType(), ""),
                    Objects.requireNonNullElse(info.getOperatingSystem(), ""),
                    Objects.requireNonNullElse(info.getKernelVersion(), ""),
                    Objects.requireNonNullElse(info.getNCPU(), 0),
                    Objects.requireNonNullElse(info.getMemTotal(), 0L),
                    logDrivers,
                    groups.lookedFor(info));
        });
    }

    @Override
    public Images images() {
        return images;
    }

    @Override
    public Execs execs() {
        return execs;
    }

    @Override
    public String create(ContainerRequest request) throws ContainerFault {
        if (!ownership.ours(request.labels())) {
            throw new IllegalArgumentException("labels: " + request.labels() + " (expected: " + ContainerLabels.INSTANCE
                    + "=" + ownership.instance() + ")");
        }
        // First of all: what is refused leaves no volume behind.
        CreateContainerCmd command = calls.within(
                deadlines.create(),
                Kind.CannotCreateContainerError,
                ticket -> ContainerMappers.command(connection.client(), request));
        calls.within(deadlines.create(), Kind.CannotCreateVolumeError, ticket -> {
            volumes.provide(connection.client(), request);
            return true;
        });
        HostConfig config = Objects.requireNonNull(command.getHostConfig(), "every container has one");
        groups.parent(request).ifPresent(config::withCgroupParent);
        return calls.within(deadlines.create(), Kind.CannotCreateContainerError, ticket -> {
            String id;
            try {
                id = command.exec().getId();
            } catch (ConflictException nameTaken) {
                id = existing(connection.client(), request, nameTaken);
            }
            ownership.seen(id);
            return id;
        });
    }

    @Override
    public SortedSet<String> taskGroups() throws ContainerFault {
        return groups.tasks();
    }

    @Override
    public void removeTaskGroup(String taskId) throws ContainerFault {
        groups.remove(taskId);
    }

    @Override
    public void start(String id) throws ContainerFault {
        try {
            started(id);
        } catch (ContainerFault fault) {
            throw fault.kind() == Kind.CannotStartContainerError ? withoutSecrets(id, fault) : fault;
        }
    }

    private ContainerFault withoutSecrets(String id, ContainerFault fault) throws ContainerFault {
        return calls.within(deadlines.inspect(), Kind.CannotInspectContainerError, ticket -> {
            try {
                return new SecretWords(
                                connection.client().inspectContainerCmd(id).exec())
                        .hiddenIn(fault);
            } catch (NotFoundException gone) {
                return fault;
            }
        });
    }

    private void started(String id) throws ContainerFault {
        calls.within(deadlines.start(), Kind.CannotStartContainerError, ticket -> {
            DockerClient client = connection.client();
            ownership.confirm(client, id, Kind.CannotStartContainerError);
            return effective(id, () -> client.startContainerCmd(id).exec(), "start");
        });
    }

    private interface Call {
        void run() throws IOException, ContainerFault;
    }

    /** Makes a call that causes these events; false when it changed nothing. */
    private boolean effective(String id, Call call, String... events) throws IOException, ContainerFault {
        own.await(id, events);
        boolean done = false;
        try {
            call.run();
            done = true;
        } catch (NotModifiedException already) {
            return false;
        } finally {
            if (!done) {
                own.giveUp(id);
            }
        }
        return true;
    }

    @Override
    public void stop(String id, Duration grace) throws ContainerFault {
        int seconds = Math.clamp(Math.ceilDiv(grace.toMillis(), 1000), 0, Integer.MAX_VALUE);
        Duration limit = Duration.ofSeconds(seconds).plus(deadlines.stopExtra());
        calls.within(limit, Kind.CannotStopContainerError, ticket -> {
            DockerClient client = connection.client();
            try {
                return ownership.confirm(client, id, Kind.CannotStopContainerError)
                        && effective(
                                id,
                                () -> client.stopContainerCmd(id)
                                        .withTimeout(seconds)
                                        .exec(),
                                "die",
                                "stop");
            } catch (NotFoundException gone) {
                return false;
            }
        });
    }

    @Override
    public void remove(String id) throws ContainerFault {
        calls.within(deadlines.remove(), Kind.CannotRemoveContainerError, ticket -> {
            DockerClient client = connection.client();
            try {
                return ownership.confirm(client, id, Kind.CannotRemoveContainerError)
                        && effective(
                                id,
                                () -> client.removeContainerCmd(id)
                                        .withRemoveVolumes(true)
                                        .exec(),
                                "destroy");
            } catch (NotFoundException gone) {
                return false;
            } finally {
                ownership.gone(id);
            }
        });
    }

    @Override
    public void removeVolume(String name) throws ContainerFault {
        calls.within(deadlines.remove(), Kind.CannotRemoveVolumeError, ticket -> {
            volumes.remove(connection.client(), name);
            return true;
        });
    }

    @Override
    public String makeSandbox(ContainerRequest request) throws ContainerFault {
        return calls.within(deadlines.create(), Kind.CannotCreateContainerError, ticket -> sandboxes.make(request));
    }

    @Override
    public void removeSandbox(String id) throws ContainerFault {
        calls.within(
                deadlines.remove(),
                Kind.CannotRemoveContainerError,
                ticket -> effective(id, () -> sandboxes.remove(id), "die", "destroy"));
    }

    @Override
    public Optional<ContainerView> inspect(String id) throws ContainerFault {
        return calls.within(
                deadlines.inspect(), Kind.CannotInspectContainerError, ticket -> inspect(connection.client(), id));
    }

    @Override
    public Optional<String> statistics(String id, boolean twice) throws ContainerFault {
        return calls.within(deadlines.inspect(), Kind.CannotInspectContainerError, ticket -> {
            try {
                return ownership.confirm(connection.client(), id, Kind.CannotInspectContainerError)
                        ? Optional.of(connection.statistics(id, twice))
                        : Optional.empty();
            } catch (NotFoundException gone) {
                return Optional.empty();
            }
        });
    }

    @Override
    public List<ContainerView> list() throws ContainerFault {
        return calls.within(deadlines.list(), Kind.CannotInspectContainerError, ticket -> {
            DockerClient client = connection.client();
            List<ContainerView> views = new ArrayList<>();
            // The list itself knows neither exit codes nor health.
            for (Container container : client.listContainersCmd()
                    .withShowAll(true)
                    .withLabelFilter(Map.of(ContainerLabels.INSTANCE, ownership.instance()))
                    .exec()) {
                inspect(client, container.getId()).ifPresent(views::add);
            }
            return views;
        });
    }

    @Override
    public List<TaskVolume> listVolumes() throws ContainerFault {
        return calls.within(
                deadlines.list(), Kind.CannotInspectContainerError, ticket -> volumes.list(connection.client()));
    }

    @Override
    public Watch watch(Listener listener) {
        EventWatch watch = new EventWatch(
                connection, json, calls, deadlines, environment, loop, ownership.instance(), own, listener);
        open.add(watch);
        watch.open();
        return () -> {
            open.remove(watch);
            watch.close();
        };
    }

    @Override
    public LogStream logs(String id, LogRequest request, LogSink sink) {
        LogRead read = new LogRead(connection, calls, deadlines, ownership, sink);
        read.begin(environment.effects(), loop, id, request);
        return read;
    }

    /** Ends the watches, the commands that callers run, and whatever call is under way. Containers are left alone. */
    @Override
    public void close() {
        try {
            for (AutoCloseable each : open) {
                each.close();
            }
            execs.close();
            groups.close();
            calls.cancelAll();
            loop.close();
            connection.close();
        } catch (Exception e) {
            LOG.atWarn().setCause(e).log("the connection to the engine did not close cleanly");
        }
    }

    private Optional<ContainerView> inspect(DockerClient client, String id) {
        try {
            InspectContainerResponse shown = client.inspectContainerCmd(id).exec();
            if (!ownership.ours(shown.getConfig().getLabels())) {
                return Optional.empty();
            }
            ownership.seen(shown.getId());
            return Optional.of(ViewReader.view(shown, sandboxes.network(client, shown)));
        } catch (NotFoundException gone) {
            sandboxes.gone(id);
            ownership.gone(id);
            return Optional.empty();
        }
    }

    /** The container that has the name, when it is the one we want: made before a crash, or by a call that timed out. */
    private static String existing(DockerClient client, ContainerRequest request, ConflictException nameTaken) {
        InspectContainerResponse found =
                client.inspectContainerCmd(request.name()).exec();
        Map<String, String> labels =
                Objects.requireNonNullElse(found.getConfig().getLabels(), Map.of());
        if (!ContainerLabels.sameContainer(labels, request.labels())) {
            throw nameTaken;
        }
        return found.getId();
    }
}
