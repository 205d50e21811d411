package dev.staithe.agent.container.fake;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.agent.container.ContainerRuntime.TaskVolume;
import dev.staithe.agent.container.ContainerView.Health;
import dev.staithe.agent.container.ContainerView.PortBinding;
import dev.staithe.agent.container.ContainerView.State;
import dev.staithe.agent.container.TaskVolumes;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.PortMapping;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.Volume;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Ids;
import dev.staithe.runtime.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The containers, volumes and ports of one fake host, and the lives the containers lead. It keeps account of what no agent
 * may do; who is told of changes is its owner's business.
 */
final class FakeContainers {
    private record OwnedVolume(String instance, TaskVolume volume) {}

    private final Time time;
    private final EventLoop loop;
    private final Consumer<FakeContainer> changed;
    private final Map<String, FakeContainer> containers = new LinkedHashMap<>();
    private final Map<String, OwnedVolume> volumes = new TreeMap<>();
    private final FakePorts ports = new FakePorts();
    private final Map<String, Integer> starts = new TreeMap<>();
    private final List<String> violations = new ArrayList<>();
    private int created;

    FakeContainers(Time time, EventLoop loop, Consumer<FakeContainer> changed) {
        this.time = time;
        this.loop = loop;
        this.changed = changed;
    }

    List<FakeContainer> all() {
        return List.copyOf(containers.values());
    }

    /** The ids of the images that containers were made of. */
    Set<String> imageIds() {
        TreeSet<String> ids = new TreeSet<>();
        containers.values().forEach(container -> ids.add(container.imageId()));
        return ids;
    }

    Optional<FakeContainer> find(String idOrName) {
        return containers.values().stream()
                .filter(c -> c.id().equals(idOrName) || c.name().equals(idOrName))
                .findFirst();
    }

    /** The container, which must be the agent's: whatever changes one asks here first. */
    Optional<FakeContainer> own(String instance, String id, Kind kind) throws ContainerFault {
        Optional<FakeContainer> found = find(id);
        if (found.isPresent() && !found.get().of(instance)) {
            violations.add(
                    kind + ": agent " + instance + " would touch " + found.get().name());
            throw new ContainerFault(kind, "container " + id + " is not one of this agent's", false);
        }
        return found;
    }

    Map<String, Integer> starts() {
        return new TreeMap<>(starts);
    }

    List<String> violations() {
        return List.copyOf(violations);
    }

    String foreign(String name) {
        ContainerRequest request = new ContainerRequest(
                name,
                "",
                TaskDefinition.getDefaultInstance(),
                ContainerDefinition.getDefaultInstance(),
                Map.of(),
                List.of(),
                Map.of());
        FakeContainer container =
                new FakeContainer(newId(name), request, FakeImage.running(), FakeImages.id(name), time);
        container.started(List.of());
        containers.put(container.id(), container);
        return container.id();
    }

    String create(ContainerRequest request, FakeImages.Stored image) {
        FakeContainer container =
                new FakeContainer(newId(request.name()), request, image.behaviour(), image.id(), time);
        if (containers.values().stream().anyMatch(c -> c.identity().equals(container.identity()))) {
            violations.add("a second container for " + container.identity() + ": " + request.name());
        }
        request.sandbox()
                .filter(sandbox -> containers.values().stream()
                        .anyMatch(c -> c.request().sandbox().equals(Optional.of(sandbox))))
                .ifPresent(
                        sandbox -> violations.add("a second container in sandbox " + sandbox + ": " + request.name()));
        makeVolumes(request);
        containers.put(container.id(), container);
        return container.id();
    }

    String makeSandbox(ContainerRequest request) throws ContainerFault {
        Optional<FakeContainer> existing = find(request.name());
        FakeContainer sandbox = existing.orElseGet(() ->
                new FakeContainer(newId(request.name()), request, FakeImage.running(), FakeImages.id("pause"), time));
        containers.put(sandbox.id(), sandbox);
        start(sandbox);
        return sandbox.id();
    }

    void removeSandbox(FakeContainer sandbox) throws ContainerFault {
        if (!sandbox.sandbox()) {
            violations.add("removal as a sandbox of " + sandbox.name());
            throw new ContainerFault(
                    Kind.CannotRemoveContainerError, "container " + sandbox.id() + " is not a sandbox", false);
        }
        end(sandbox, 137, false);
        remove(sandbox);
    }

    void start(FakeContainer container) throws ContainerFault {
        if (container.state() == State.RUNNING) {
            return;
        }
        Optional<String> error = container.image().startError();
        if (error.isPresent()) {
            throw startFault(container, error.get());
        }
        Optional<FakeContainer> sandbox = container.request().sandbox().flatMap(this::find);
        boolean joins = container.request().sandbox().isPresent();
        if (joins && sandbox.filter(s -> s.state() == State.RUNNING).isEmpty()) {
            throw startFault(
                    container,
                    "cannot join network of a non running container: "
                            + container.request().sandbox().orElse(""));
        }
        Optional<List<PortBinding>> bindings = joins ? sandbox.map(FakeContainer::ports) : bind(container.request());
        if (bindings.isEmpty()) {
            throw startFault(
                    container,
                    "driver failed programming external connectivity on endpoint " + container.name()
                            + ": Bind for 0.0.0.0 failed: port is already allocated");
        }
        if (starts.merge(container.identity(), 1, Integer::sum) > 1 && !container.mayRunAgain()) {
            violations.add("a second start of " + container.identity());
        }
        container.started(bindings.get());
        container.image().output().forEach(container::print);
        schedule(container);
        changed.accept(container);
    }

    void stop(FakeContainer container) {
        FakeImage image = container.image();
        end(container, image.ignoresSigterm() ? 137 : image.sigtermExitCode(), false);
    }

    /** Ends the container's process; nothing happens when it does not run. */
    void end(FakeContainer container, int exitCode, boolean oomKilled) {
        if (container.state() == State.RUNNING) {
            if (container.request().sandbox().isEmpty()) {
                ports.release(container.ports());
            }
            container.ended(exitCode, oomKilled);
            changed.accept(container);
        }
    }

    void remove(FakeContainer container) throws ContainerFault {
        if (container.state() == State.RUNNING) {
            throw new ContainerFault(
                    Kind.CannotRemoveContainerError,
                    "You cannot remove a running container " + container.id()
                            + ". Stop the container before attempting removal",
                    false);
        }
        containers.remove(container.id());
        changed.accept(container);
    }

    List<TaskVolume> volumes(String instance) {
        return volumes.values().stream()
                .filter(owned -> owned.instance().equals(instance))
                .map(OwnedVolume::volume)
                .toList();
    }

    void removeVolume(String instance, String name) {
        volumes.values()
                .removeIf(owned -> owned.instance().equals(instance)
                        && owned.volume().name().equals(name));
    }

    private void schedule(FakeContainer container) {
        container
                .image()
                .end()
                .ifPresent(end -> later(container, end.after(), c -> end(c, end.exitCode(), end.oomKilled())));
        if (!container.checksHealth()) {
            return;
        }
        List<FakeImage.HealthResult> results = container.image().health();
        if (results.isEmpty()) {
            int interval = container.request().container().getHealthCheck().getInterval();
            results = List.of(
                    new FakeImage.HealthResult(Duration.ofSeconds(interval == 0 ? 30 : interval), Health.HEALTHY, ""));
        }
        for (FakeImage.HealthResult result : results) {
            later(container, result.after(), c -> {
                c.healthIs(result.health(), result.output());
                changed.accept(c);
            });
        }
    }

    private void later(FakeContainer container, Duration delay, Consumer<FakeContainer> work) {
        container.later(loop.after(delay, () -> work.accept(container)));
    }

    private Optional<List<PortBinding>> bind(ContainerRequest request) {
        List<PortMapping> mappings = request.container().getPortMappingsList();
        return switch (request.taskDefinition().getNetworkMode()) {
            case "host" ->
                Optional.of(mappings.stream().map(FakePorts::ofTheHost).toList());
            case "none" -> Optional.of(List.of());
            default -> ports.take(mappings);
        };
    }

    private void makeVolumes(ContainerRequest request) {
        String instance = request.labels().getOrDefault(ContainerLabels.INSTANCE, "");
        for (Volume volume : request.taskDefinition().getVolumesList()) {
            boolean mounted = request.container().getMountPointsList().stream()
                    .anyMatch(mount -> mount.getSourceVolume().equals(volume.getName()));
            if (mounted && TaskVolumes.kind(volume) == TaskVolumes.Kind.TASK) {
                String name = TaskVolumes.engineName(request.taskId(), volume);
                volumes.put(name, new OwnedVolume(instance, new TaskVolume(name, request.taskId())));
            }
        }
    }

    private ContainerFault startFault(FakeContainer container, String words) {
        container.failed(words);
        changed.accept(container);
        return new ContainerFault(Kind.CannotStartContainerError, words, false);
    }

    private String newId(String name) {
        created++;
        String number = Integer.toString(created);
        return Ids.derived("container", name, number) + Ids.derived(number, name);
    }
}
