package dev.staithe.agent.metadata;

import dev.staithe.agent.container.ContainerRuntime;
import dev.staithe.agent.reconcile.TaskEndpoints;
import dev.staithe.agent.secrets.RoleCredentialsSource;
import dev.staithe.agent.stats.Meter;
import dev.staithe.proto.agent.v1.HostFacts;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's endpoints on its host: for containers and for people. Each may be off, and each may fail to open without harm to
 * the rest: that is said once, containers are told of none, and the host does not claim to have it.
 *
 * <p>Opened before any container is made, so that every container is told the same. Confined to the loop, but for what its
 * listeners' threads ask through it.
 */
public final class HostEndpoints {
    private static final Logger LOG = LoggerFactory.getLogger(HostEndpoints.class);

    /**
     * Where; empty = off.
     *
     * @param metadata for containers
     * @param introspection for people on the host
     * @param dataDirectory of the agent, for the key of the ids
     */
    public record Places(
            Optional<InetSocketAddress> metadata, Optional<InetSocketAddress> introspection, Path dataDirectory) {
        boolean none() {
            return metadata.isEmpty() && introspection.isEmpty();
        }
    }

    /**
     * What is behind the endpoints.
     *
     * @param zone where the host is; empty = not known
     */
    public record Sources(
            HeldTasks tasks,
            ContainerRuntime runtime,
            RoleCredentialsSource credentials,
            Meter meter,
            AgentHealth health,
            String zone) {}

    private final Environment environment;
    private final EventLoop loop;
    private final Places places;
    private final List<Runnable> waiting = new ArrayList<>();
    private Opened opened = new Opened(Optional.empty(), Optional.empty());
    private boolean ready;
    private boolean closed;

    /** What could be opened. */
    private record Opened(Optional<Metadata> metadata, Optional<HttpListener> introspection) {
        boolean none() {
            return metadata.isEmpty() && introspection.isEmpty();
        }

        boolean close() {
            metadata.ifPresent(m -> m.address().close());
            introspection.ifPresent(HttpListener::close);
            return true;
        }
    }

    private record Metadata(MetadataAddress address, EndpointIds ids) {}

    public HostEndpoints(Environment environment, EventLoop loop, Places places) {
        this.environment = environment;
        this.loop = loop;
        this.places = places;
    }

    /** Begins to open them. */
    public void open() {
        if (places.none()) {
            ready = true;
            return;
        }
        environment.effects().run(loop, this::openAll, outcome -> {
            switch (outcome) {
                case Outcome.Done<Opened> done -> opened = done.value();
                case Outcome.Failed<Opened> failed ->
                    environment.faults().unexpected("opening the host's endpoints", failed.cause());
            }
            if (closed) {
                close(() -> {});
            }
            ready = true;
            waiting.forEach(Runnable::run);
            waiting.clear();
        });
    }

    /** Runs on the loop once it is known which endpoints there are. */
    public void whenReady(Runnable then) {
        if (ready) {
            then.run();
        } else {
            waiting.add(then);
        }
    }

    /** What containers are told of them. */
    public TaskEndpoints tasks() {
        return opened.metadata().<TaskEndpoints>map(Metadata::ids).orElse(TaskEndpoints.NONE);
    }

    /** The host's facts, with what it has by its endpoints and the ports that they take. */
    public HostFacts declaredIn(HostFacts facts) {
        HostFacts.Builder builder = facts.toBuilder();
        SortedSet<Integer> ports = new TreeSet<>(facts.getReservedTcpPortsList());
        opened.metadata().ifPresent(metadata -> {
            ports.addAll(metadata.address().ports());
            builder.putAttributes("ecs.capability.task-metadata", "");
            builder.putAttributes("com.amazonaws.ecs.capability.task-iam-role", "");
        });
        opened.introspection()
                .ifPresent(listener -> ports.add(listener.address().getPort()));
        return builder.clearReservedTcpPorts().addAllReservedTcpPorts(ports).build();
    }

    /** Answers from now on. */
    public void serve(Sources sources) {
        OnLoop onLoop = new OnLoop(environment, loop);
        opened.metadata().ifPresent(metadata -> {
            MetadataAddress address = metadata.address();
            MetadataEndpoint endpoint = new MetadataEndpoint(
                    address.authority(),
                    metadata.ids(),
                    onLoop,
                    sources.tasks(),
                    new Callers(sources.runtime()),
                    new RateLimit(environment.time()),
                    new MetadataDocuments(sources.zone()),
                    new ContainerStatistics(sources.runtime(), environment.time()),
                    new CredentialsAnswer(onLoop, sources.credentials(), environment.time()));
            address.listener().serve(endpoint::answer);
            LOG.atInfo().addKeyValue("address", address.authority()).log("task metadata is answered");
        });
        opened.introspection().ifPresent(listener -> {
            int port = listener.address().getPort();
            listener.serve(new IntrospectionEndpoint(port, onLoop, sources)::answer);
            LOG.atInfo().addKeyValue("address", "127.0.0.1:" + port).log("introspection is answered");
        });
    }

    /** Answers no more, gives back what the host was given, and says so. Containers run on. */
    public void close(Runnable then) {
        closed = true;
        if (opened.none()) {
            then.run();
            return;
        }
        environment.effects().run(loop, opened::close, outcome -> then.run());
    }

    private Opened openAll() {
        return new Opened(
                places.metadata().flatMap(this::openMetadata),
                places.introspection().flatMap(this::listen));
    }

    private Optional<Metadata> openMetadata(InetSocketAddress wanted) {
        try {
            byte[] key = EndpointKey.of(places.dataDirectory(), environment.randomness());
            MetadataAddress address = MetadataAddress.open(wanted);
            return Optional.of(new Metadata(address, new EndpointIds(key, address.authority())));
        } catch (IOException cannot) {
            LOG.atWarn()
                    .addKeyValue("cause", cannot.getMessage())
                    .log(
                            "no task metadata on this host, and no credentials of roles: they need root, the program ip, and"
                                    + " an address that no other agent holds; endpoints.metadata: off ends this message");
            return Optional.empty();
        }
    }

    private Optional<HttpListener> listen(InetSocketAddress wanted) {
        try {
            return Optional.of(HttpListener.bind(wanted));
        } catch (IOException cannot) {
            LOG.atWarn()
                    .addKeyValue("address", wanted.getAddress().getHostAddress() + ":" + wanted.getPort())
                    .addKeyValue("cause", cannot.getMessage())
                    .log("no introspection of this agent; endpoints.introspection says where else, or off");
            return Optional.empty();
        }
    }
}
