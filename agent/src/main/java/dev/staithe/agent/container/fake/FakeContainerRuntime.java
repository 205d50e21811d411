package dev.staithe.agent.container.fake;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.agent.container.ContainerRuntime;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.EngineInfo;
import dev.staithe.agent.container.Execs;
import dev.staithe.agent.container.Images;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * One agent's connection to a {@link FakeEngine}. Closing it ends its watches and log reads, and nothing else: that is
 * also how an agent is killed.
 */
public final class FakeContainerRuntime implements ContainerRuntime {
    private static final EngineInfo INFO = new EngineInfo(
            "26.1.5",
            "1.44",
            "x86_64",
            "linux",
            "Debian GNU/Linux 13 (trixie)",
            "6.12.0",
            4,
            8L << 30,
            List.of("json-file", "local", "none"),
            false);

    private final FakeEngine engine;
    private final String instance;
    private final List<AutoCloseable> open = new ArrayList<>();

    /**
     * @param instance the agent's container instance, the value of {@link ContainerLabels#INSTANCE}
     */
    public FakeContainerRuntime(FakeEngine engine, String instance) {
        this.engine = engine;
        this.instance = instance;
    }

    @Override
    public EngineInfo engine() throws ContainerFault {
        return engine.call(EngineCall.ENGINE, () -> INFO);
    }

    @Override
    public Images images() {
        return new FakeImageCalls(engine);
    }

    @Override
    public Execs execs() {
        return new FakeExecs(engine, instance);
    }

    @Override
    public String create(ContainerRequest request) throws ContainerFault {
        if (!instance.equals(request.labels().get(ContainerLabels.INSTANCE))) {
            throw new IllegalArgumentException("label " + ContainerLabels.INSTANCE + ": "
                    + request.labels().get(ContainerLabels.INSTANCE) + " (expected: " + instance + ")");
        }
        return engine.call(EngineCall.CREATE, () -> engine.create(request));
    }

    @Override
    public void start(String id) throws ContainerFault {
        act(EngineCall.START, () -> {
            FakeContainer container = engine.host()
                    .own(instance, id, Kind.CannotStartContainerError)
                    .orElseThrow(() ->
                            new ContainerFault(Kind.CannotStartContainerError, "No such container: " + id, false));
            engine.host().start(container);
        });
    }

    @Override
    public void stop(String id, Duration grace) throws ContainerFault {
        act(
                EngineCall.STOP,
                () -> engine.host()
                        .own(instance, id, Kind.CannotStopContainerError)
                        .ifPresent(engine.host()::stop));
    }

    @Override
    public void remove(String id) throws ContainerFault {
        act(EngineCall.REMOVE, () -> {
            Optional<FakeContainer> container = engine.host().own(instance, id, Kind.CannotRemoveContainerError);
            if (container.isPresent()) {
                engine.host().remove(container.get());
            }
        });
    }

    @Override
    public void removeVolume(String name) throws ContainerFault {
        act(EngineCall.REMOVE_VOLUME, () -> engine.host().removeVolume(instance, name));
    }

    @Override
    public String makeSandbox(ContainerRequest request) throws ContainerFault {
        return engine.call(EngineCall.MAKE_SANDBOX, () -> engine.host().makeSandbox(request));
    }

    @Override
    public void removeSandbox(String id) throws ContainerFault {
        act(EngineCall.REMOVE_SANDBOX, () -> {
            Optional<FakeContainer> sandbox = engine.host().own(instance, id, Kind.CannotRemoveContainerError);
            if (sandbox.isPresent()) {
                engine.host().removeSandbox(sandbox.get());
            }
        });
    }

    @Override
    public Optional<ContainerView> inspect(String id) throws ContainerFault {
        return engine.call(
                EngineCall.INSPECT,
                () -> engine.host().find(id).filter(c -> c.of(instance)).map(FakeContainer::view));
    }

    @Override
    public Optional<String> statistics(String id, boolean twice) throws ContainerFault {
        return engine.call(
                EngineCall.INSPECT,
                () -> engine.host().find(id).filter(c -> c.of(instance)).map(c -> "{\"id\":\"" + id + "\"}"));
    }

    @Override
    public List<ContainerView> list() throws ContainerFault {
        return engine.call(
                EngineCall.LIST,
                () -> engine.host().all().stream()
                        .filter(c -> c.of(instance))
                        .map(FakeContainer::view)
                        .toList());
    }

    @Override
    public List<TaskVolume> listVolumes() throws ContainerFault {
        return engine.call(EngineCall.LIST_VOLUMES, () -> engine.host().volumes(instance));
    }

    @Override
    public SortedSet<String> taskGroups() {
        return new TreeSet<>();
    }

    @Override
    public void removeTaskGroup(String taskId) {
        // It makes none.
    }

    @Override
    public Watch watch(Listener listener) {
        FakeWatch watch = new FakeWatch(engine, instance, listener);
        open.add(watch);
        engine.open(watch);
        return watch;
    }

    @Override
    public LogStream logs(String id, LogRequest request, LogSink sink) {
        FakeLogStream stream = new FakeLogStream(engine, sink);
        open.add(stream);
        Optional<FakeContainer> container = engine.host().find(id).filter(c -> c.of(instance));
        if (container.isEmpty()) {
            stream.end(Optional.of(
                    new ContainerFault(Kind.CannotInspectContainerError, "No such container: " + id, false)));
        } else if (container
                .get()
                .request()
                .container()
                .getLogConfiguration()
                .getLogDriver()
                .equals("none")) {
            stream.end(Optional.of(new ContainerFault(
                    Kind.CannotInspectContainerError, "log driver none: the container's output is not kept", false)));
        } else {
            stream.read(container.get(), request);
        }
        return stream;
    }

    @Override
    public void close() {
        try {
            for (AutoCloseable each : open) {
                each.close();
            }
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
        open.clear();
    }

    private interface Action {
        void run() throws ContainerFault;
    }

    private void act(EngineCall call, Action action) throws ContainerFault {
        engine.call(call, () -> {
            action.run();
            return Optional.empty();
        });
    }
}
