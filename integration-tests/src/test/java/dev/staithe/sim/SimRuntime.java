package dev.staithe.sim;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.agent.container.ContainerRuntime;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.EngineInfo;
import dev.staithe.agent.container.Execs;
import dev.staithe.agent.container.Images;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * One agent's connection to its host's engine: calls take time, the agent may die in the middle of one, and every change is
 * shown to the invariants.
 */
final class SimRuntime implements ContainerRuntime {
    private final ContainerRuntime engine;
    private final SimHost host;
    private final SimProcess agent;
    private final Simulation simulation;
    private final SimRandom random;
    private final Images images = new SimImageCalls();

    SimRuntime(ContainerRuntime engine, SimHost host, SimProcess agent, Simulation simulation) {
        this.engine = engine;
        this.host = host;
        this.agent = agent;
        this.simulation = simulation;
        this.random = new SimRandom(simulation.seed(), "engine for " + agent.name());
    }

    @Override
    public EngineInfo engine() throws ContainerFault {
        return engine.engine();
    }

    @Override
    public Images images() {
        return images;
    }

    @Override
    public Execs execs() {
        return engine.execs();
    }

    @Override
    public String create(ContainerRequest request) throws ContainerFault {
        begin("create " + request.name());
        simulation.hostInvariants().creating(host, request);
        String id = engine.create(request);
        end();
        return id;
    }

    @Override
    public void start(String id) throws ContainerFault {
        begin("start " + name(id));
        engine.start(id);
        end();
    }

    @Override
    public void stop(String id, Duration grace) throws ContainerFault {
        begin("stop " + name(id));
        engine.inspect(id).ifPresent(view -> simulation.hostInvariants().stopping(host, view));
        if (random.chance(0.2)) {
            simulation.scheduler().await(agent, random.between(Duration.ZERO, grace.dividedBy(3)));
        }
        engine.stop(id, grace);
        end();
    }

    @Override
    public void remove(String id) throws ContainerFault {
        begin("remove " + name(id));
        engine.remove(id);
        end();
    }

    @Override
    public void removeVolume(String name) throws ContainerFault {
        engine.removeVolume(name);
    }

    @Override
    public SortedSet<String> taskGroups() throws ContainerFault {
        return engine.taskGroups();
    }

    @Override
    public void removeTaskGroup(String taskId) throws ContainerFault {
        engine.removeTaskGroup(taskId);
    }

    @Override
    public String makeSandbox(ContainerRequest request) throws ContainerFault {
        begin("make " + request.name());
        String id = engine.makeSandbox(request);
        end();
        return id;
    }

    @Override
    public void removeSandbox(String id) throws ContainerFault {
        begin("remove " + name(id));
        engine.removeSandbox(id);
        end();
    }

    @Override
    public Optional<ContainerView> inspect(String id) throws ContainerFault {
        agent.requireAlive();
        return engine.inspect(id);
    }

    @Override
    public Optional<String> statistics(String id, boolean twice) throws ContainerFault {
        agent.requireAlive();
        return engine.statistics(id, twice);
    }

    @Override
    public List<ContainerView> list() throws ContainerFault {
        agent.requireAlive();
        return engine.list();
    }

    @Override
    public List<TaskVolume> listVolumes() throws ContainerFault {
        return engine.listVolumes();
    }

    @Override
    public Watch watch(Listener listener) {
        return engine.watch(new Listener() {
            @Override
            public void changed(String id) {
                arrive(() -> listener.changed(id));
            }

            @Override
            public void relist() {
                arrive(listener::relist);
            }
        });
    }

    @Override
    public LogStream logs(String id, LogRequest request, LogSink sink) {
        return engine.logs(id, request, sink);
    }

    @Override
    public void close() {
        engine.close();
    }

    private void arrive(Runnable news) {
        simulation.scheduler().after(agent, simulation.weather().latency(random), "engine event", news);
    }

    /** The call is on its way: other things happen meanwhile, the agent's end among them. */
    private void begin(String what) {
        agent.requireAlive();
        simulation.trace(agent.name(), what);
        if (host.crashesNow(SimHost.Crash.BEFORE_ENGINE)) {
            die("before " + what);
        }
        if (random.chance(0.2)) {
            simulation.scheduler().await(agent, simulation.weather().latency(random));
        }
    }

    private void end() {
        if (host.crashesNow(SimHost.Crash.AFTER_ENGINE)) {
            die("after an engine call");
        }
    }

    private void die(String when) {
        simulation.trace(agent.name(), "crash " + when);
        agent.kill();
        throw new SimProcess.Killed(agent.name());
    }

    private String name(String id) throws ContainerFault {
        return engine.inspect(id).map(ContainerView::name).orElse("what is gone");
    }

    /** Its calls about images. */
    private final class SimImageCalls implements Images {
        @Override
        public Optional<LocalImage> find(String image) throws ContainerFault {
            return engine.images().find(image);
        }

        @Override
        public void pull(PullRequest request, PullListener listener) throws ContainerFault {
            begin("pull " + request.image());
            engine.images().pull(request, listener);
            end();
        }

        @Override
        public List<StoredImage> list() throws ContainerFault {
            return engine.images().list();
        }

        @Override
        public void remove(String reference) throws ContainerFault {
            begin("remove image " + reference);
            engine.images().remove(reference);
            end();
        }

        @Override
        public DiskUsage disk() throws ContainerFault {
            return engine.images().disk();
        }
    }
}
