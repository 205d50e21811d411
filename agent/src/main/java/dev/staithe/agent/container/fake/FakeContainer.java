package dev.staithe.agent.container.fake;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.agent.container.ContainerRuntime.LogSink;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.ContainerView.Health;
import dev.staithe.agent.container.ContainerView.PortBinding;
import dev.staithe.agent.container.ContainerView.Presence;
import dev.staithe.agent.container.ContainerView.State;
import dev.staithe.proto.v1.ContainerRestartPolicy;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** One container of a {@link FakeEngine}: its life and its output. Whoever changes it tells the watchers. */
final class FakeContainer {
    record Line(long timeMillis, String message) {}

    private static final long USUAL_ATTEMPT_PERIOD = 300;

    private final String id;
    private final ContainerRequest request;
    private final FakeImage image;
    private final String imageId;
    private final Time time;
    private final long createdAt;
    private final List<EventLoop.Timer> timers = new ArrayList<>();
    private final List<Line> lines = new ArrayList<>();
    private final List<LogSink> followers = new ArrayList<>();

    private State state = State.CREATED;
    private OptionalInt exitCode = OptionalInt.empty();
    private boolean oomKilled;
    private String error = "";
    private long startedAt;
    private long finishedAt;
    private Health health = Health.NONE;
    private String healthOutput = "";
    private List<PortBinding> ports = List.of();

    FakeContainer(String id, ContainerRequest request, FakeImage image, String imageId, Time time) {
        this.id = id;
        this.request = request;
        this.image = image;
        this.imageId = imageId;
        this.time = time;
        createdAt = now();
    }

    String id() {
        return id;
    }

    String name() {
        return request.name();
    }

    ContainerRequest request() {
        return request;
    }

    FakeImage image() {
        return image;
    }

    String imageId() {
        return imageId;
    }

    State state() {
        return state;
    }

    List<PortBinding> ports() {
        return ports;
    }

    List<Line> lines() {
        return lines;
    }

    List<LogSink> followers() {
        return followers;
    }

    boolean of(String instance) {
        return instance.equals(request.labels().get(ContainerLabels.INSTANCE));
    }

    boolean sandbox() {
        return request.labels().containsKey(ContainerLabels.SANDBOX);
    }

    /** "task/container", the identity that may run once; a sandbox is known by its name. */
    String identity() {
        return sandbox() ? name() : request.taskId() + "/" + request.container().getName();
    }

    boolean checksHealth() {
        List<String> command = request.container().getHealthCheck().getCommandList();
        return !command.isEmpty() && !command.getFirst().equals("NONE");
    }

    void started(List<PortBinding> bindings) {
        state = State.RUNNING;
        error = "";
        exitCode = OptionalInt.empty();
        oomKilled = false;
        startedAt = now();
        ports = bindings;
        health = checksHealth() ? Health.STARTING : Health.NONE;
    }

    /** Whether its restart policy lets an agent start it once more. */
    boolean mayRunAgain() {
        ContainerRestartPolicy policy = request.container().getRestartPolicy();
        long period = policy.hasRestartAttemptPeriod() ? policy.getRestartAttemptPeriod() : USUAL_ATTEMPT_PERIOD;
        return policy.getEnabled()
                && !policy.getIgnoredExitCodesList().contains(exitCode.orElse(0))
                && finishedAt - startedAt >= period * 1000;
    }

    void failed(String words) {
        error = words;
    }

    void ended(int code, boolean killedForMemory) {
        state = State.STOPPED;
        exitCode = OptionalInt.of(code);
        oomKilled = killedForMemory;
        finishedAt = now();
        ports = List.of();
        timers.forEach(EventLoop.Timer::cancel);
        timers.clear();
        endFollowers(Optional.empty());
    }

    void endFollowers(Optional<ContainerFault> error) {
        followers.forEach(follower -> follower.end(error));
        followers.clear();
    }

    void healthIs(Health result, String output) {
        health = result;
        healthOutput = output;
    }

    void later(EventLoop.Timer timer) {
        timers.add(timer);
    }

    void print(String message) {
        Line line = new Line(now(), message);
        lines.add(line);
        followers.forEach(follower -> follower.line(false, line.timeMillis(), message));
    }

    ContainerView view() {
        return new ContainerView(
                id,
                request.name(),
                request.labels(),
                imageId,
                state,
                exitCode,
                oomKilled,
                error,
                startedAt,
                finishedAt,
                health,
                healthOutput,
                ports,
                presence());
    }

    private Presence presence() {
        return new Presence(createdAt, 0, request.taskDefinition().getNetworkMode(), List.of());
    }

    private long now() {
        return time.now().toEpochMilli();
    }
}
