package dev.staithe.agent.container.fake;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.ContainerView.Health;
import dev.staithe.agent.container.ContainerView.State;
import dev.staithe.agent.container.RegistryCredentials;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The engine of one simulated host: images, containers, volumes, ports. It outlives agents: when one is killed its
 * {@link FakeContainerRuntime} is closed, and the next one connects to the same engine.
 *
 * <p>Calls take no time and answer as the real engine would have in the end: {@code stop} has stopped the container when it
 * returns. What happens later (a container ends, a health check answers) happens on the loop in virtual time. Everything,
 * agents' calls included, is confined to one thread.
 */
public final class FakeEngine {
    private record Planned(ContainerFault fault, boolean happensAnyway) {}

    /** What a call does when the engine lets it. */
    interface Work<T extends @Nullable Object> {
        T run() throws ContainerFault;
    }

    private final EventLoop loop;
    private final FakeContainers containers;
    private final FakeImages images = new FakeImages();
    private final List<FakeWatch> watches = new ArrayList<>();
    private final Map<EngineCall, Integer> calls = new EnumMap<>(EngineCall.class);
    private final Map<EngineCall, Deque<Planned>> planned = new EnumMap<>(EngineCall.class);
    private boolean down;
    private boolean losesEvents;

    /**
     * @param loop of the host, not of an agent: closing it stops the containers' lives
     */
    public FakeEngine(Time time, EventLoop loop) {
        this.loop = loop;
        containers = new FakeContainers(time, loop, this::changed);
    }

    // The script: what the world does.

    /** The registry has the image: it can be pulled. */
    public void offer(String image, FakeImage behaviour) {
        images.offer(image, FakeImages.id(image), behaviour);
    }

    /** The registry has the image, under this digest: the tag may have meant another one before, which is still there. */
    public void offer(String image, String digest, FakeImage behaviour) {
        images.offer(image, digest, behaviour);
    }

    /** The registry gives its images to those alone who show these credentials. */
    public void guard(String registryHost, RegistryCredentials credentials) {
        images.guard(registryHost, credentials);
    }

    /** Something else fills the engine's disk to this share of it; images come on top, 1 % each. */
    public void fillDisk(int percent) {
        images.otherData(percent * FakeImages.BYTES);
    }

    /** The names of the images that the host has, in their order. */
    public List<String> imageNames() {
        return images.names();
    }

    /** The host has the image: it need not be pulled. */
    public void have(String image, FakeImage behaviour) {
        images.have(image, "", behaviour);
    }

    /** The host has the image that a registry knows under this digest. */
    public void have(String image, String digest, FakeImage behaviour) {
        images.have(image, digest, behaviour);
    }

    /**
     * Lets the next call of that kind end with the fault.
     *
     * @param happensAnyway it does what it should before it fails, as after a time-out
     */
    public void failNext(EngineCall call, ContainerFault fault, boolean happensAnyway) {
        planned.computeIfAbsent(call, any -> new ArrayDeque<>()).add(new Planned(fault, happensAnyway));
    }

    /** The engine stops answering: every call fails with EngineUnavailableError, no event comes. Containers run on. */
    public void crash() {
        down = true;
        containers.all().forEach(container -> container.endFollowers(Optional.of(unavailable())));
    }

    /**
     * The engine answers again and event streams reopen.
     *
     * @param containersSurvived false = those that ran have ended with 137, as when it comes back without live restore
     */
    public void recover(boolean containersSurvived) {
        answerAgain(containersSurvived);
        reopenWatches();
    }

    /** As {@link #recover}, before the event streams reopen. */
    public void answerAgain(boolean containersSurvived) {
        if (!containersSurvived) {
            endAll(137);
        }
        down = false;
    }

    /** The host starts anew: what ran has ended with 255, and the agent's watches went with the agent. */
    public void reboot() {
        watches.clear();
        endAll(255);
        down = false;
    }

    /** From now on events are lost, until {@link #reopenWatches}. */
    public void loseEvents() {
        losesEvents = true;
    }

    /** The event streams break and open again: every listener is told to relist. */
    public void reopenWatches() {
        losesEvents = false;
        watches.forEach(FakeWatch::relist);
    }

    /** A container (by id or name) ends by itself; nothing happens when it does not run. */
    public void end(String idOrName, int exitCode, boolean oomKilled) {
        containers.find(idOrName).ifPresent(container -> containers.end(container, exitCode, oomKilled));
    }

    /** The health check of a running container comes to a result. */
    public void health(String idOrName, Health result, String output) {
        containers.find(idOrName).filter(c -> c.state() == State.RUNNING).ifPresent(container -> {
            container.healthIs(result, output);
            changed(container);
        });
    }

    /** A container writes a line to its standard output. */
    public void print(String idOrName, String line) {
        containers.find(idOrName).ifPresent(container -> container.print(line));
    }

    /** Makes somebody else's running container, without labels of ours, and answers its id. */
    public String foreign(String name) {
        return containers.foreign(name);
    }

    // What tests and invariants look at.

    /** Every container, in the order of creation. */
    public List<ContainerView> containers() {
        return containers.all().stream().map(FakeContainer::view).toList();
    }

    /** What was asked for, for every running container of a task, in the order of creation. */
    public List<ContainerRequest> running() {
        return containers.all().stream()
                .filter(c -> c.state() == State.RUNNING && !c.sandbox())
                .filter(c -> c.request().labels().containsKey(ContainerLabels.INSTANCE))
                .map(FakeContainer::request)
                .toList();
    }

    /** How often each container of a task was started, by "task/container". */
    public Map<String, Integer> starts() {
        return containers.starts();
    }

    public int calls(EngineCall call) {
        return calls.getOrDefault(call, 0);
    }

    /**
     * What no agent may do, in the order it happened: start a container of a task a second time, make a second one of it,
     * touch what is not its own. Empty is good.
     */
    public List<String> violations() {
        return containers.violations();
    }

    // For the agents' connections.

    <T extends @Nullable Object> T call(EngineCall call, Work<T> work) throws ContainerFault {
        calls.merge(call, 1, Integer::sum);
        if (down) {
            throw unavailable();
        }
        Planned plan = planned.getOrDefault(call, new ArrayDeque<>()).poll();
        if (plan == null) {
            return work.run();
        }
        if (plan.happensAnyway()) {
            work.run();
        }
        throw plan.fault();
    }

    FakeImages images() {
        return images;
    }

    String create(ContainerRequest request) throws ContainerFault {
        Optional<FakeContainer> existing = containers.find(request.name());
        if (existing.isPresent()) {
            return sameOrConflict(existing.get(), request);
        }
        FakeImages.Stored image = images.stored(request.container().getImage())
                .orElseThrow(() -> new ContainerFault(
                        Kind.CannotCreateContainerError,
                        "No such image: " + request.container().getImage(),
                        false));
        return containers.create(request, image);
    }

    FakeContainers host() {
        return containers;
    }

    void open(FakeWatch watch) {
        watches.add(watch);
        if (!down) {
            watch.relist();
        }
    }

    void close(FakeWatch watch) {
        watches.remove(watch);
    }

    /** Runs the work on the host's loop after what goes on now, as an answer from another thread would come. */
    void soon(Runnable work) {
        loop.execute(work);
    }

    /** As {@link #soon}, once calls that are under way have been answered. */
    void later(Runnable work) {
        loop.after(Duration.ofMillis(10), work);
    }

    private static String sameOrConflict(FakeContainer existing, ContainerRequest request) throws ContainerFault {
        if (ContainerLabels.sameContainer(existing.request().labels(), request.labels())) {
            return existing.id();
        }
        throw new ContainerFault(
                Kind.CannotCreateContainerError,
                "The container name \"/" + request.name() + "\" is already in use by container \"" + existing.id()
                        + "\", which is not the same container of the same task",
                false);
    }

    private void endAll(int exitCode) {
        containers.all().forEach(container -> containers.end(container, exitCode, false));
    }

    private void changed(FakeContainer container) {
        if (!down && !losesEvents) {
            watches.forEach(watch -> watch.changed(container));
        }
    }

    private static ContainerFault unavailable() {
        return new ContainerFault(
                Kind.EngineUnavailableError, "connect unix:///var/run/docker.sock: connection refused", true);
    }
}
