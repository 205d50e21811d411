package dev.staithe.agent;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerRuntime;
import dev.staithe.agent.container.EngineInfo;
import dev.staithe.agent.container.Platform;
import dev.staithe.agent.exec.ExecRelay;
import dev.staithe.agent.host.HostCapacity;
import dev.staithe.agent.host.HostIdentity;
import dev.staithe.agent.host.RealPaths;
import dev.staithe.agent.image.FetchedImages;
import dev.staithe.agent.image.ImageCleaner;
import dev.staithe.agent.image.RegistrySecrets;
import dev.staithe.agent.ledger.LedgerWriter;
import dev.staithe.agent.ledger.TaskLedger;
import dev.staithe.agent.ledger.TaskLedger.Changes;
import dev.staithe.agent.ledger.TaskLedger.Contents;
import dev.staithe.agent.ledger.TaskLedger.Identity;
import dev.staithe.agent.logs.LogRelay;
import dev.staithe.agent.metadata.HostEndpoints;
import dev.staithe.agent.model.FetchedImage;
import dev.staithe.agent.model.HostPort;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.reconcile.Admission;
import dev.staithe.agent.reconcile.AgentReconciler;
import dev.staithe.agent.reconcile.AssignmentCheck;
import dev.staithe.agent.reconcile.Deactivation;
import dev.staithe.agent.reconcile.HostPolicy;
import dev.staithe.agent.sandbox.SandboxPool;
import dev.staithe.agent.secrets.FetchedSecrets;
import dev.staithe.agent.secrets.RoleCredentialsCache;
import dev.staithe.agent.secrets.SecretFiles;
import dev.staithe.agent.secrets.TaskSecrets;
import dev.staithe.agent.session.AskRouter;
import dev.staithe.agent.session.ControlSession;
import dev.staithe.agent.session.Fetches;
import dev.staithe.agent.stats.Meter;
import dev.staithe.agent.stats.StatsAnswers;
import dev.staithe.agent.stats.Subject;
import dev.staithe.agent.stats.UsageReader;
import dev.staithe.agent.task.TaskWorkers;
import dev.staithe.agent.traffic.Gatekeeper;
import dev.staithe.proto.agent.v1.Ask.KindCase;
import dev.staithe.proto.agent.v1.HostFacts;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent, composed: the only place where its long-lived parts are made.
 *
 * <p>It starts in this order: ledger, engine, a look at every container of the host, session. Everything but effects runs on one
 * loop. It may be killed at any moment: the next agent with the same ledger and engine goes on where this one was.
 */
public final class Agent {
    private static final Logger LOG = LoggerFactory.getLogger(Agent.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(250);
    private static final Duration LAST_RETRY = Duration.ofSeconds(2);
    private static final Duration SAY_EVERY = Duration.ofMinutes(1);

    /** In memory on every Linux, where the runtime directory may not be. */
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    private final AgentConfig config;
    private final Environment environment;
    private final Surroundings outside;
    private final HostIdentity host;
    private final TaskLedger ledger;
    private final EventLoop loop;
    private final HostEndpoints endpoints;
    private Optional<Parts> parts = Optional.empty();
    private Optional<ContainerRuntime> runtime = Optional.empty();
    private boolean stopped;
    private int engineFailures;
    private long engineFailureSaid;

    /** What exists once ledger and engine have answered. */
    private record Parts(LedgerWriter writer, TaskWorkers workers, ImageCleaner cleaner, ControlSession session) {}

    /** What the ledger holds. */
    private record Held(Contents contents, List<FetchedImage> images) {}

    private Agent(AgentConfig config, Environment environment, Surroundings outside) {
        this.config = config;
        this.environment = environment;
        this.outside = outside;
        this.host = outside.host();
        this.ledger = outside.ledger();
        this.loop = environment.loop("agent");
        this.endpoints = new HostEndpoints(environment, loop, config.endpoints().places(config.dataDirectory()));
    }

    /** Composes an agent, without starting it. */
    public static Agent create(AgentConfig config, Environment environment, Surroundings outside) {
        return new Agent(config, environment, outside);
    }

    /** Begins to start, and returns. What cannot be reached is tried again; what cannot be read ends in a fatal fault. */
    public void start() {
        loop.execute(() -> environment.effects().run(loop, this::openLedger, outcome -> {
            switch (outcome) {
                case Outcome.Done<Held> held -> opened(held.value());
                case Outcome.Failed<Held> failed ->
                    environment.faults().fatal("opening the ledger in " + config.dataDirectory(), failed.cause());
            }
        }));
    }

    /** Leaves the control plane; containers run on. Returns at once. */
    public void stop() {
        stop(() -> {});
    }

    /** As {@link #stop()}, and says on the agent's loop when it is done. */
    public void stop(Runnable done) {
        loop.execute(() -> {
            stopped = true;
            parts.ifPresent(p -> {
                p.session().close();
                p.cleaner().close();
                p.workers().close();
            });
            runtime.ifPresent(ContainerRuntime::close);
            LOG.atInfo().log("agent stops; containers run on");
            endpoints.close(done);
        });
    }

    /** Hands over what the agent holds, on its loop. Nothing is handed over before it has started. */
    public void inspect(Consumer<AgentStatus> then) {
        loop.execute(() -> parts.ifPresent(p -> then.accept(new AgentStatus(
                p.writer().identity(),
                p.session().established(),
                p.workers().engineHealthy(),
                p.workers().digest(),
                p.workers().tasks()))));
    }

    private Held openLedger() throws Exception {
        Contents contents = ledger.load();
        Identity identity = contents.identity()
                .map(Identity::next)
                .orElseGet(() -> new Identity(environment.ids().next(), 1, 0, 0));
        // INVARIANT: the incarnation is durable before anybody hears of it.
        ledger.write(Changes.of(identity));
        return new Held(
                new Contents(Optional.of(identity), contents.tasks(), contents.quarantined()),
                ledger.images().load());
    }

    private void opened(Held held) {
        if (stopped) {
            return;
        }
        Contents contents = held.contents();
        Identity identity = contents.identity().orElseThrow();
        contents.quarantined()
                .forEach(what -> LOG.atError()
                        .addKeyValue("entry", what)
                        .log("ledger entry cannot be read; set aside, its containers are taken up by their labels"));
        LOG.atInfo()
                .addKeyValue("instance", identity.instanceId())
                .addKeyValue("incarnation", identity.incarnation())
                .addKeyValue("tasks", contents.tasks().size())
                .log("agent starts");
        ContainerRuntime opened = outside.engine().open(identity.instanceId());
        runtime = Optional.of(opened);
        Gatekeeper gatekeeper = new Gatekeeper(environment, loop, outside.gate().open(identity.instanceId()));
        gatekeeper.begin(draining(contents.tasks()));
        endpoints.open();
        askEngine(opened, gatekeeper, identity, held);
    }

    private SortedMap<String, SortedSet<HostPort>> draining(List<LocalTask> held) {
        SortedMap<String, SortedSet<HostPort>> ports = new TreeMap<>();
        held.forEach(task -> ports.put(task.taskId(), Deactivation.refusedNow(task, host.bootId())));
        ports.values().removeIf(SortedSet::isEmpty);
        return ports;
    }

    private void askEngine(ContainerRuntime opened, Gatekeeper gatekeeper, Identity identity, Held held) {
        if (stopped) {
            return;
        }
        environment.effects().run(loop, opened::engine, outcome -> {
            switch (outcome) {
                case Outcome.Done<EngineInfo> info ->
                    gatekeeper.whenReady(refuses -> endpoints.whenReady(() -> {
                        HostFacts facts = capacity().facts(info.value(), AgentVersion.text(), refuses);
                        compose(
                                opened,
                                gatekeeper,
                                endpoints.declaredIn(facts),
                                Platform.of(info.value()),
                                identity,
                                held);
                    }));
                case Outcome.Failed<EngineInfo> failed -> {
                    sayNoEngine(failed.cause());
                    Duration delay = FIRST_RETRY.multipliedBy(1L << Math.min(engineFailures++, 8));
                    loop.after(
                            delay.compareTo(LAST_RETRY) < 0 ? delay : LAST_RETRY,
                            () -> askEngine(opened, gatekeeper, identity, held));
                }
            }
        });
    }

    private void sayNoEngine(Exception cause) {
        long now = environment.time().nanos();
        if (engineFailures == 0 || now - engineFailureSaid >= SAY_EVERY.toNanos()) {
            engineFailureSaid = now;
            String why = cause instanceof ContainerFault fault ? fault.reason() : String.valueOf(cause);
            LOG.atError()
                    .addKeyValue("dockerHost", config.dockerHost())
                    .addKeyValue("cause", why)
                    .log("container engine does not answer; waiting for it. Is it running, and may this user use it?");
        }
    }

    private void compose(
            ContainerRuntime opened,
            Gatekeeper gatekeeper,
            HostFacts facts,
            Platform platform,
            Identity identity,
            Held held) {
        if (stopped) {
            return;
        }
        LedgerWriter writer = new LedgerWriter(ledger, identity, loop, environment.effects());
        AgentReconciler reconciler = new AgentReconciler(new AgentReconciler.Policy(
                config.imagePullBehavior(),
                config.stopTimeout(),
                config.taskCleanupWait(),
                host.bootId(),
                new AssignmentCheck(hostPolicy())));
        Fetches fetches = new Fetches(loop);
        RoleCredentialsCache credentials = new RoleCredentialsCache(environment, loop, fetches);
        FetchedSecrets fetchedSecrets = new FetchedSecrets(fetches);
        TaskSecrets secrets = new TaskSecrets(
                loop,
                environment.effects(),
                fetchedSecrets,
                new SecretFiles(List.of(config.runtimeDirectory(), SHARED_MEMORY), identity.instanceId()),
                credentials::forget);
        HostImages images = new HostImages(
                config,
                environment,
                loop,
                opened.images(),
                platform,
                new FetchedImages(ledger.images(), held.images(), loop, environment.effects()),
                new RegistrySecrets(fetchedSecrets));
        SandboxPool sandboxes = new SandboxPool(
                environment,
                loop,
                opened,
                identity.instanceId(),
                config.sandboxes().perService(),
                config.sandboxes().most());
        TaskWorkers workers = new TaskWorkers(
                environment,
                loop,
                reconciler,
                host.bootId(),
                opened,
                new RealPaths(hostPolicy()),
                sandboxes,
                endpoints.tasks(),
                gatekeeper,
                Admission.of(facts),
                images.pulls(),
                writer,
                secrets,
                held.contents().tasks(),
                this::report);
        ImageCleaner cleaner = images.cleaner(workers::neededImages);
        LogRelay logs = new LogRelay(environment, loop, opened, workers::task);
        ExecRelay commands = new ExecRelay(environment, loop, opened.execs(), workers::task);
        Meter meter = new Meter(
                environment, loop, new UsageReader(opened), () -> Subject.running(workers.tasks(), workers::sighting));
        ControlSession session = new ControlSession(
                environment,
                loop,
                outside.dialer(),
                config.controlPlanes(),
                config.cluster(),
                host.bootId(),
                () -> facts,
                writer,
                workers,
                new AskRouter(Map.of(
                        KindCase.LOGS,
                        logs,
                        KindCase.EXEC,
                        commands,
                        KindCase.STATS,
                        new StatsAnswers(meter),
                        KindCase.PULLS,
                        new PullAnswers(workers))),
                fetches);
        parts = Optional.of(new Parts(writer, workers, cleaner, session));
        HostView view = new HostView(config.cluster(), writer, workers, session);
        endpoints.serve(new HostEndpoints.Sources(view, opened, credentials, meter, view, zone()));
        workers.begin(() -> {
            if (!stopped) {
                session.start();
                if (config.imageCleanup().enabled()) {
                    cleaner.start();
                }
            }
        });
    }

    private void report(LocalTask task) {
        parts.ifPresent(p -> p.session().report(task));
    }

    private String zone() {
        return config.attributes().getOrDefault("ecs.availability-zone", "");
    }

    private HostCapacity capacity() {
        return new HostCapacity(
                config.hostName().isEmpty() ? host.hostName() : config.hostName(),
                config.address(),
                config.reservedCpu(),
                config.reservedMemory(),
                config.reservedPorts(),
                config.attributes(),
                config.gpus(),
                config.taskPolicy().abilities());
    }

    private HostPolicy hostPolicy() {
        TaskPolicy policy = config.taskPolicy();
        return new HostPolicy(kept(), policy.allowedMounts(), policy.privileged(), policy.hostNamespaces());
    }

    /** Who has the engine's socket has the host; the agent's data is its own. */
    private List<Path> kept() {
        List<Path> paths = new ArrayList<>();
        paths.add(config.dataDirectory());
        paths.add(config.runtimeDirectory());
        paths.add(SHARED_MEMORY);
        paths.add(Path.of("/var/run/docker.sock"));
        paths.add(Path.of("/run/docker.sock"));
        if (config.dockerHost().startsWith("unix://")) {
            paths.add(Path.of(config.dockerHost().substring("unix://".length())));
        }
        return paths;
    }
}
