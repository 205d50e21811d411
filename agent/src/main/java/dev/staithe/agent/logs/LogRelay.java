package dev.staithe.agent.logs;

import dev.staithe.agent.container.ContainerRuntime;
import dev.staithe.agent.container.ContainerRuntime.LogRequest;
import dev.staithe.agent.container.ContainerRuntime.LogSink;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.session.Asks;
import dev.staithe.proto.agent.v1.Answer;
import dev.staithe.proto.agent.v1.Ask;
import dev.staithe.proto.agent.v1.LogsAsk;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Answers the control plane's questions for container logs.
 *
 * <p>Lines go out as fast as the wire takes them: between the engine and the wire wait a bounded number, then the engine's reader
 * is held. Confined to the loop, but for what the engine's threads hand to a {@link LogReading}.
 */
public final class LogRelay implements Asks {
    /** Reads at the same time; each may hold a connection to the engine. */
    private static final int MOST_READINGS = 64;

    private final Environment environment;
    private final EventLoop loop;
    private final ContainerRuntime runtime;
    private final Function<String, Optional<LocalTask>> tasks;
    private final TreeMap<Long, LogReading> readings = new TreeMap<>();

    /**
     * Makes a relay.
     *
     * @param tasks the tasks of this host, by id
     */
    public LogRelay(
            Environment environment,
            EventLoop loop,
            ContainerRuntime runtime,
            Function<String, Optional<LocalTask>> tasks) {
        this.environment = environment;
        this.loop = loop;
        this.runtime = runtime;
        this.tasks = tasks;
    }

    @Override
    public void asked(Ask ask, Wire wire) {
        switch (ask.getKindCase()) {
            case LOGS -> read(ask.getId(), ask.getLogs(), wire);
            case CANCEL -> Optional.ofNullable(readings.remove(ask.getId())).ifPresent(LogReading::close);
            case EXEC, EXEC_INPUT, STATS, PULLS, KIND_NOT_SET ->
                refuse(ask.getId(), "this agent cannot answer that question", wire);
        }
    }

    @Override
    public void writable() {
        List.copyOf(readings.values()).forEach(LogReading::drain);
    }

    @Override
    public void disconnected() {
        List.copyOf(readings.values()).forEach(LogReading::close);
        readings.clear();
    }

    private void read(long id, LogsAsk ask, Wire wire) {
        Optional<LocalTask> task = tasks.apply(ask.getTaskId());
        if (task.isEmpty()) {
            refuse(id, "task " + ask.getTaskId() + " is not on this host, or its containers have been removed", wire);
            return;
        }
        if (readings.size() >= MOST_READINGS) {
            refuse(id, "this host already relays " + MOST_READINGS + " logs; try again later", wire);
            return;
        }
        if (readings.containsKey(id)) {
            return;
        }
        List<LocalContainer> containers = task.get().containers().stream()
                .filter(c -> ask.getContainer().isEmpty() || c.name().equals(ask.getContainer()))
                .toList();
        if (containers.isEmpty()) {
            refuse(id, "container " + ask.getContainer() + " is not one of the task's", wire);
            return;
        }
        List<LocalContainer> readable =
                containers.stream().filter(LocalContainer::onEngine).toList();
        Of of = new Of(ask);
        LogReading reading = new LogReading(id, loop, wire, of, () -> readings.remove(id));
        of.reading = Optional.of(reading);
        readings.put(id, reading);
        reading.begin(readable.stream().map(LocalContainer::name).toList());
    }

    /** The logs that one question asks for. */
    private final class Of implements LogReading.Source {
        private final LogsAsk ask;
        private Optional<LogReading> reading = Optional.empty();

        Of(LogsAsk ask) {
            this.ask = ask;
        }

        @Override
        public void open(String container, long since, LogSink sink) {
            Optional<LocalContainer> found = container(container);
            if (found.isEmpty()) {
                sink.end(Optional.empty());
                return;
            }
            LogRequest request = since > 0
                    ? new LogRequest(-1, since, ask.getFollow())
                    : new LogRequest(
                            ask.hasTail() ? ask.getTail() : -1, Math.max(0, ask.getSinceMs()), ask.getFollow());
            environment
                    .effects()
                    .run(
                            loop,
                            () -> runtime.logs(found.get().runtimeId(), request, sink),
                            outcome -> reading.ifPresent(r -> r.opened(container, outcome)));
        }

        @Override
        public boolean goesOn(String container) {
            return ask.getFollow()
                    && container(container).filter(c -> !c.over()).isPresent();
        }

        private Optional<LocalContainer> container(String name) {
            return tasks.apply(ask.getTaskId())
                    .flatMap(task -> task.container(name))
                    .filter(LocalContainer::onEngine);
        }
    }

    private static void refuse(long id, String error, Wire wire) {
        wire.send(Answer.newBuilder().setId(id).setEnd(true).setError(error).build());
    }
}
