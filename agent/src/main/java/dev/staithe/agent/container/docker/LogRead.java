package dev.staithe.agent.container.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.LogConfig.LoggingType;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.ContainerRuntime.LogRequest;
import dev.staithe.agent.container.ContainerRuntime.LogSink;
import dev.staithe.agent.container.ContainerRuntime.LogStream;
import dev.staithe.runtime.Effects;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One read of a container's output, on an effect of its own. A sink that takes its time slows the engine down, no more. */
final class LogRead implements LogStream, LogSink {
    private final EngineConnection connection;
    private final TimedCalls calls;
    private final DockerDeadlines deadlines;
    private final Ownership ownership;
    private final LogSink sink;

    /** Held while the sink is told something, so that closing can wait for it. */
    private final ReentrantLock telling = new ReentrantLock();

    private final AtomicReference<@Nullable CallTicket> reading = new AtomicReference<>();
    private volatile boolean closed;

    LogRead(
            EngineConnection connection,
            TimedCalls calls,
            DockerDeadlines deadlines,
            Ownership ownership,
            LogSink sink) {
        this.connection = connection;
        this.calls = calls;
        this.deadlines = deadlines;
        this.ownership = ownership;
        this.sink = sink;
    }

    void begin(Effects effects, EventLoop loop, String id, LogRequest request) {
        effects.run(
                loop,
                () -> {
                    Optional<ContainerFault> error = Optional.empty();
                    try {
                        read(id, request);
                    } catch (ContainerFault fault) {
                        error = Optional.of(fault);
                    }
                    end(error);
                    return true;
                },
                (Outcome<Boolean> ended) -> {
                    if (ended instanceof Outcome.Failed<Boolean> failed) {
                        throw new IllegalStateException("reading logs of " + id, failed.cause());
                    }
                });
    }

    @Override
    public void line(boolean stderr, long timeMillis, String message) {
        tell(() -> sink.line(stderr, timeMillis, message));
    }

    @Override
    public void end(Optional<ContainerFault> error) {
        tell(() -> sink.end(error));
    }

    @Override
    public void close() {
        telling.lock();
        try {
            closed = true;
        } finally {
            telling.unlock();
        }
        CallTicket ticket = reading.get();
        if (ticket != null) {
            ticket.cancel();
        }
    }

    private void read(String id, LogRequest request) throws ContainerFault {
        InspectContainerResponse container = inspect(id);
        requireReadable(container);
        boolean terminal = Boolean.TRUE.equals(container.getConfig().getTty());
        CallTicket ticket = calls.ticket();
        reading.set(ticket);
        if (closed) {
            ticket.cancel();
        }
        try {
            stream(ticket, id, request, terminal);
        } catch (ContainerFault fault) {
            throw String.valueOf(fault.getMessage()).contains("does not support reading")
                    ? unreadable(String.valueOf(
                            container.getHostConfig().getLogConfig().getType()))
                    : fault;
        }
        if (request.follow()
                && !closed
                && Boolean.TRUE.equals(inspect(id).getState().getRunning())) {
            throw new ContainerFault(
                    Kind.EngineUnavailableError, "the engine ended the log while the container runs", true);
        }
    }

    private void stream(CallTicket ticket, String id, LogRequest request, boolean terminal) throws ContainerFault {
        calls.unlimited(ticket, Kind.CannotInspectContainerError, t -> {
            try (Response response = connection.stream("GET", path(id, request))) {
                LogLines lines = new LogLines(this);
                if (terminal) {
                    lines.readTerminal(response.getBody());
                } else {
                    lines.readAll(response.getBody());
                }
            }
            return true;
        });
    }

    private InspectContainerResponse inspect(String id) throws ContainerFault {
        return calls.within(deadlines.inspect(), Kind.CannotInspectContainerError, ticket -> {
            try {
                return connection.client().inspectContainerCmd(id).exec();
            } catch (NotFoundException e) {
                throw noSuchContainer(id);
            }
        });
    }

    private void requireReadable(InspectContainerResponse container) throws ContainerFault {
        if (!ownership.ours(container.getConfig().getLabels())) {
            throw noSuchContainer(container.getId());
        }
        LogConfig log = container.getHostConfig().getLogConfig();
        if (log != null && log.getType() == LoggingType.NONE) {
            throw unreadable("none");
        }
    }

    private static ContainerFault unreadable(String driver) {
        return new ContainerFault(
                Kind.CannotInspectContainerError,
                "log driver " + driver.toLowerCase(Locale.ROOT) + ": "
                        + (driver.equals("none")
                                ? "the container's output is not kept"
                                : "the engine cannot read back what went there; look for it there"),
                false);
    }

    private static ContainerFault noSuchContainer(String id) {
        return new ContainerFault(Kind.CannotInspectContainerError, "No such container: " + id, false);
    }

    private static String path(String id, LogRequest request) throws IOException {
        return "/containers/" + id + "/logs?stdout=1&stderr=1&timestamps=1&follow=" + (request.follow() ? 1 : 0)
                + "&tail=" + (request.tail() < 0 ? "all" : Integer.toString(request.tail()))
                + (request.sinceMillis() > 0
                        ? "&since=%d.%03d".formatted(request.sinceMillis() / 1000, request.sinceMillis() % 1000)
                        : "");
    }

    private void tell(Runnable news) {
        telling.lock();
        try {
            if (!closed) {
                news.run();
            }
        } finally {
            telling.unlock();
        }
    }
}
