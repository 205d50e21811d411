package dev.staithe.controlplane.api.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import dev.staithe.controlplane.dispatch.AgentSessions;
import dev.staithe.controlplane.dispatch.Answers;
import dev.staithe.controlplane.events.ClusterEvents;
import dev.staithe.controlplane.intent.Explains;
import dev.staithe.controlplane.intent.FakeLeader;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.Plans;
import dev.staithe.controlplane.intent.ResourceTags;
import dev.staithe.controlplane.intent.Tasks;
import dev.staithe.controlplane.intent.World;
import dev.staithe.controlplane.loop.Rehearsal;
import dev.staithe.controlplane.reconcile.Settings;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.state.ClusterView;
import dev.staithe.controlplane.state.StateReplica;
import dev.staithe.proto.agent.v1.Ask;
import dev.staithe.proto.agent.v1.ExecInput;
import dev.staithe.runtime.EventLoop;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.AbstractStub;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** A server of the API on a free port, over a world in memory, and the channel to it. */
final class Edge implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    final World world;
    final View view = new View();
    final FakeLeader leader;
    final Hosts hosts = new Hosts();
    final DirectLoop loop = new DirectLoop();
    final ClusterEvents events;
    private final List<ServerServiceDefinition> services;
    private Optional<Server> server = Optional.empty();
    private Optional<ManagedChannel> channel = Optional.empty();

    Edge() throws IntentException {
        this(World.withDefaultCluster());
    }

    Edge(World world) {
        this.world = world;
        leader = new FakeLeader(world);
        events = new ClusterEvents(world.environment.time());
        new StateReplica(world.store, world.environment, world.manual.loop("feed"), events).start();
        world.manual.run();
        services = ApiServices.all(new ApiServices.Parts(
                world.environment,
                view,
                world.clusters,
                world.definitions,
                world.services,
                new Tasks(leader, world.environment),
                new ResourceTags(world.store, world.hosts, leader),
                world.hosts,
                world.hostAttributes,
                leader,
                loop,
                hosts,
                events,
                new Plans(new Rehearsal(Settings.DEFAULTS, world.environment.time())),
                new Explains(Settings.DEFAULTS, world.environment.time()),
                world.secrets,
                world.roles,
                Duration.ofSeconds(40),
                Runnable::run));
    }

    /** Every service, to be called without a wire. */
    List<ServerServiceDefinition> services() {
        return services;
    }

    /** The way over the wire; the server is started when it is first asked for. */
    ManagedChannel channel() {
        if (channel.isEmpty()) {
            try {
                Server started = NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .addServices(services)
                        .build()
                        .start();
                server = Optional.of(started);
                channel = Optional.of(NettyChannelBuilder.forAddress(
                                started.getListenSockets().getFirst())
                        .usePlaintext()
                        .build());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return channel.get();
    }

    /** The stub, with a deadline that only a hanging test meets. */
    static <S extends AbstractStub<S>> S patient(S stub) {
        return stub.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        channel.ifPresent(ManagedChannel::shutdownNow);
        server.ifPresent(Server::shutdownNow);
    }

    /** Shows the store as it is at each look; tells subscribers when the test says so. */
    final class View implements ClusterView {
        private final List<Consumer<ClusterState>> subscribers = new CopyOnWriteArrayList<>();
        private volatile boolean loaded = true;

        void notLoaded() {
            loaded = false;
        }

        void publish() {
            subscribers.forEach(s -> s.accept(current()));
        }

        int subscribers() {
            return subscribers.size();
        }

        @Override
        public ClusterState current() {
            return loaded ? world.state() : ClusterState.EMPTY;
        }

        @Override
        public ClusterState await(long revision, Duration atMost) {
            return current();
        }

        @Override
        public AutoCloseable subscribe(Consumer<ClusterState> consumer) {
            subscribers.add(consumer);
            return () -> subscribers.remove(consumer);
        }
    }

    /** Notes what is asked of hosts; the test answers. */
    static final class Hosts implements AgentQuestions {
        record Asked(String instanceId, Ask ask, Answers answers) {}

        final List<Asked> asked = new CopyOnWriteArrayList<>();
        final List<String> cancelled = new CopyOnWriteArrayList<>();
        final List<ExecInput> inputs = new CopyOnWriteArrayList<>();

        @Override
        public AgentSessions.Asking ask(String instanceId, Ask ask, Answers answers) {
            asked.add(new Asked(instanceId, ask, answers));
            return new AgentSessions.Asking() {
                @Override
                public void cancel() {
                    cancelled.add(instanceId);
                }

                @Override
                public void more(ExecInput input) {
                    inputs.add(input);
                }
            };
        }
    }

    /** What a refusal says to machines. */
    record Refusal(String code, String message, ErrorInfo info, List<String> fields) {
        static Refusal of(StatusRuntimeException e) {
            com.google.rpc.Status status = Objects.requireNonNull(StatusProto.fromThrowable(e));
            ErrorInfo info = ErrorInfo.getDefaultInstance();
            List<String> fields = new ArrayList<>();
            try {
                for (var detail : status.getDetailsList()) {
                    if (detail.is(ErrorInfo.class)) {
                        info = detail.unpack(ErrorInfo.class);
                    } else {
                        detail.unpack(BadRequest.class).getFieldViolationsList().forEach(v -> fields.add(v.getField()));
                    }
                }
            } catch (InvalidProtocolBufferException unreadable) {
                throw new AssertionError(unreadable);
            }
            return new Refusal(e.getStatus().getCode().name(), status.getMessage(), info, fields);
        }
    }

    static EventLoop directLoop() {
        return new DirectLoop();
    }

    /** Everything at once, on the caller's thread, one after the other; what comes later when the test says so. */
    static final class DirectLoop implements EventLoop {
        private final List<Runnable> timers = new CopyOnWriteArrayList<>();
        private final ReentrantLock turn = new ReentrantLock();

        /** Lets the time of every timer come that has been set. */
        void elapse() {
            List<Runnable> due = List.copyOf(timers);
            due.forEach(this::execute);
            timers.removeAll(due);
        }

        int timers() {
            return timers.size();
        }

        @Override
        public void execute(Runnable work) {
            turn.lock();
            try {
                work.run();
            } finally {
                turn.unlock();
            }
        }

        @Override
        public Timer after(Duration delay, Runnable work) {
            timers.add(work);
            return () -> timers.remove(work);
        }

        @Override
        public boolean inLoop() {
            return true;
        }

        @Override
        public void close() {}
    }
}
