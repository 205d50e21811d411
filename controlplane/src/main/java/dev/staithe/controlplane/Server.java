package dev.staithe.controlplane;

import dev.staithe.controlplane.api.agent.AgentEndpoint;
import dev.staithe.controlplane.api.grpc.ApiServices;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.store.Store;
import dev.staithe.controlplane.store.etcd.EtcdOptions;
import dev.staithe.controlplane.store.etcd.EtcdStore;
import dev.staithe.controlplane.store.local.LocalStore;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.Lifecycle;
import dev.staithe.runtime.Outcome;
import dev.staithe.runtime.SystemEnvironment;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A replica with its store and its network edges: everything that {@code main} starts and stops. */
final class Server {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final Duration GRACE = Duration.ofSeconds(5);
    /** For calls that are under way. Watchers and agents have streams without an end, which are cut after it. */
    private static final Duration CALL_GRACE = Duration.ofSeconds(1);

    private static final Duration DEFAULT_CLUSTER_RETRY = Duration.ofSeconds(1);

    private final ControlPlaneConfig config;
    private final Environment environment;
    private final Store store;
    private final ControlPlane control;
    private final HealthStatusManager health = new HealthStatusManager();
    private final ExecutorService threads = SystemEnvironment.blockingThreads();
    private final io.grpc.Server grpc;
    private final Lifecycle lifecycle = new Lifecycle();

    /** Opens the store; fails when that is not possible. */
    Server(ControlPlaneConfig config, Environment environment) throws Exception {
        this.config = config;
        this.environment = environment;
        store = switch (config.store().place()) {
            case ControlPlaneConfig.Place.Local local -> LocalStore.open(Path.of(local.directory()), environment);
            case ControlPlaneConfig.Place.Etcd etcd -> new EtcdStore(new EtcdOptions(etcd.endpoints()), environment);
        };
        control = ControlPlane.create(config, environment, store);
        grpc = grpc();
        lifecycle.register("store", () -> {}, store::close);
        lifecycle.register("control", control::start, this::stopControl);
        lifecycle.register("health", this::watchHealth, health::enterTerminalState);
        lifecycle.register("default cluster", this::ensureDefaultCluster, () -> {});
        lifecycle.register("api", this::listen, this::stopListening);
        // Stopped first: another replica leads at once, and no agent's session keeps the server from ending.
        lifecycle.register("leadership", () -> {}, this::retire);
    }

    private io.grpc.Server grpc() {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(config.listenHost(), config.listenPort()))
                .executor(threads)
                .permitKeepAliveTime(10, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .maxInboundMessageSize(4 << 20)
                .addService(health.getHealthService())
                .addService(ProtoReflectionServiceV1.newInstance())
                .addService(new AgentEndpoint(control.agents()));
        ApiServices.Parts parts = new ApiServices.Parts(
                environment,
                control.view(),
                control.clusters(),
                control.taskDefinitions(),
                control.services(),
                control.tasks(),
                control.tags(),
                control.hosts(),
                control.hostAttributes(),
                control.commands(),
                control.loop(),
                control.agents()::ask,
                control.events(),
                control.plans(),
                control.explains(),
                control.secrets(),
                control.taskRoles(),
                config.healthyAfter(),
                threads);
        ApiServices.all(parts).forEach(builder::addService);
        return builder.build();
    }

    void start() throws Exception {
        lifecycle.start();
    }

    void stop() {
        lifecycle.stop();
        threads.shutdownNow();
    }

    private void listen() throws IOException {
        try {
            grpc.start();
        } catch (IOException e) {
            if (e.getCause() instanceof BindException) {
                throw new IOException(
                        "listen: " + config.listen() + " cannot be bound: "
                                + e.getCause().getMessage() + " (expected: a free port on an address of this host)",
                        e);
            }
            throw e;
        }
        LOG.atInfo()
                .addKeyValue("address", config.listenHost() + ":" + grpc.getPort())
                .log("the API answers");
    }

    private void stopListening() throws InterruptedException {
        grpc.shutdown();
        if (!grpc.awaitTermination(CALL_GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
            grpc.shutdownNow();
        }
    }

    private void retire() throws InterruptedException {
        CountDownLatch retired = new CountDownLatch(1);
        control.retire(retired::countDown);
        if (!retired.await(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.atWarn().log("leadership could not be given up in time; it ends with its lease");
        }
    }

    private void stopControl() throws InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        control.stop(stopped::countDown);
        if (!stopped.await(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.atWarn().log("the control loop did not end in time");
        }
    }

    /** Serving = the state is known, and so is a leader. */
    private void watchHealth() {
        health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.NOT_SERVING);
        control.view().subscribe(this::serve);
        // What the state was already; on the loop, so that it cannot overtake what the state is next.
        control.loop().execute(() -> serve(control.view().current()));
    }

    private void serve(ClusterState state) {
        health.setStatus(
                HealthStatusManager.SERVICE_NAME_ALL_SERVICES,
                state.leader().isPresent() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
    }

    /** The cluster "default" is there from the first day; tried again until the store answers. */
    private void ensureDefaultCluster() {
        environment.effects().run(control.loop(), control.clusters()::ensureDefault, outcome -> {
            switch (outcome) {
                case Outcome.Done<?> done -> LOG.atDebug().log("the default cluster is there");
                case Outcome.Failed<?> failed -> {
                    LOG.atWarn()
                            .log(
                                    "the default cluster cannot be made yet: {}",
                                    failed.cause() instanceof IntentException refused
                                            ? refused.getMessage()
                                            : failed.cause().toString());
                    control.loop().after(DEFAULT_CLUSTER_RETRY, this::ensureDefaultCluster);
                }
            }
        });
    }
}
