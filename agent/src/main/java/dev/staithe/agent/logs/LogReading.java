package dev.staithe.agent.logs;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerRuntime.LogSink;
import dev.staithe.agent.container.ContainerRuntime.LogStream;
import dev.staithe.agent.session.Asks.Wire;
import dev.staithe.proto.agent.v1.Answer;
import dev.staithe.proto.agent.v1.LogChunk;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The answer to one question for logs, from one or more containers.
 *
 * <p>The engine's threads put lines in, the loop takes them out; a semaphore bounds what lies between, and holds the engine's
 * thread when the wire is slower than the container. A wire that takes nothing for half a minute ends the reading.
 */
final class LogReading {
    private static final int MOST_LINES_WAITING = 4096;
    private static final int MOST_LINES_IN_ANSWER = 256;
    private static final int MOST_BYTES_IN_ANSWER = 256 * 1024;
    private static final long PATIENCE_SECONDS = 30;

    private final long id;
    private final EventLoop loop;
    private final Wire wire;
    private final Runnable done;
    private final Semaphore room = new Semaphore(MOST_LINES_WAITING);
    private final ConcurrentLinkedQueue<LogChunk> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean draining = new AtomicBoolean();
    private final List<LogStream> streams = new ArrayList<>();
    private volatile boolean closed;
    private int open;
    private String error = "";

    LogReading(long id, EventLoop loop, Wire wire, int containers, Runnable done) {
        this.id = id;
        this.loop = loop;
        this.wire = wire;
        this.open = containers;
        this.done = done;
    }

    /** Takes one container's lines, on the engine's thread. */
    LogSink sink(String container) {
        return new LogSink() {
            private final AtomicBoolean ended = new AtomicBoolean();

            @Override
            public void line(boolean stderr, long timeMillis, String message) {
                LogChunk chunk = LogChunk.newBuilder()
                        .setContainer(container)
                        .setStderr(stderr)
                        .setTimeMs(timeMillis)
                        .setMessage(message)
                        .build();
                if (!closed && !ended.get() && roomFor()) {
                    waiting.add(chunk);
                    drainSoon();
                }
            }

            @Override
            public void end(Optional<ContainerFault> fault) {
                if (ended.compareAndSet(false, true)) {
                    loop.execute(() -> streamEnded(fault.map(ContainerFault::reason)));
                }
            }

            private boolean roomFor() {
                try {
                    if (room.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                        return true;
                    }
                    if (ended.compareAndSet(false, true)) {
                        loop.execute(() -> streamEnded(Optional.of("the reader of the log is too slow")));
                    }
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
                return false;
            }
        };
    }

    void opened(Outcome<LogStream> outcome) {
        switch (outcome) {
            case Outcome.Done<LogStream> stream -> {
                streams.add(stream.value());
                if (closed) {
                    stream.value().close();
                }
            }
            case Outcome.Failed<LogStream> failed -> streamEnded(Optional.of(String.valueOf(failed.cause())));
        }
    }

    /** Sends what the wire takes. */
    void drain() {
        draining.set(false);
        while (!closed && !waiting.isEmpty() && wire.ready()) {
            wire.send(nextAnswer());
        }
        if (!closed && waiting.isEmpty() && open == 0) {
            wire.send(Answer.newBuilder().setId(id).setEnd(true).setError(error).build());
            close();
            done.run();
        }
    }

    void close() {
        closed = true;
        streams.forEach(LogStream::close);
        waiting.clear();
        // Whoever waits for room sees that it is over.
        room.release(MOST_LINES_WAITING);
    }

    private Answer nextAnswer() {
        Answer.Builder answer = Answer.newBuilder().setId(id);
        int bytes = 0;
        while (answer.getLogsCount() < MOST_LINES_IN_ANSWER && bytes < MOST_BYTES_IN_ANSWER) {
            LogChunk chunk = waiting.poll();
            if (chunk == null) {
                break;
            }
            bytes += chunk.getSerializedSize();
            answer.addLogs(chunk);
        }
        room.release(answer.getLogsCount());
        return answer.build();
    }

    private void streamEnded(Optional<String> fault) {
        open--;
        if (error.isEmpty()) {
            error = fault.orElse("");
        }
        drain();
    }

    private void drainSoon() {
        if (draining.compareAndSet(false, true)) {
            loop.execute(this::drain);
        }
    }
}
