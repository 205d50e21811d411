package dev.staithe.agent.logs;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerRuntime.LogSink;
import dev.staithe.agent.container.ContainerRuntime.LogStream;
import dev.staithe.agent.session.Asks.Wire;
import dev.staithe.proto.agent.v1.Answer;
import dev.staithe.proto.agent.v1.LogChunk;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.LogPosition;
import dev.staithe.runtime.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
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

    /** Before a log that has ended is looked at again. */
    private static final Duration AGAIN = Duration.ofMillis(500);

    private final long id;
    private final EventLoop loop;
    private final Wire wire;
    private final Source source;
    private final Runnable done;
    private final Semaphore room = new Semaphore(MOST_LINES_WAITING);
    private final ConcurrentLinkedQueue<LogChunk> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean draining = new AtomicBoolean();
    private final SortedMap<String, LogStream> streams = new TreeMap<>();
    private volatile boolean closed;
    private int open;
    private String error = "";

    /** Where the lines come from. On the loop. */
    interface Source {
        /**
         * Begins to read one container's log.
         *
         * @param since milliseconds since the epoch; 0 = from where the question says
         */
        void open(String container, long since, LogSink sink);

        /** Whether the container may still write: it runs, or will be started again. */
        boolean goesOn(String container);
    }

    LogReading(long id, EventLoop loop, Wire wire, Source source, Runnable done) {
        this.id = id;
        this.loop = loop;
        this.wire = wire;
        this.source = source;
        this.done = done;
    }

    /** Reads these logs; nothing is read when there are none. */
    void begin(List<String> containers) {
        open = containers.size();
        containers.forEach(container -> source.open(container, 0, sink(container, new LogPosition())));
        drain();
    }

    /** Takes one container's lines, on the engine's thread. */
    private LogSink sink(String container, LogPosition reached) {
        return new LogSink() {
            private final AtomicBoolean ended = new AtomicBoolean();

            @Override
            public void line(boolean stderr, long timeMillis, String message) {
                if (!reached.fresh(timeMillis)) {
                    return;
                }
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
                    loop.execute(() -> streamEnded(container, reached, fault));
                }
            }

            private boolean roomFor() {
                try {
                    if (room.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                        return true;
                    }
                    if (ended.compareAndSet(false, true)) {
                        loop.execute(() -> over(Optional.of("the reader of the log is too slow")));
                    }
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
                return false;
            }
        };
    }

    void opened(String container, Outcome<LogStream> outcome) {
        switch (outcome) {
            case Outcome.Done<LogStream> stream -> {
                streams.put(container, stream.value());
                if (closed) {
                    stream.value().close();
                }
            }
            case Outcome.Failed<LogStream> failed -> over(Optional.of(String.valueOf(failed.cause())));
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
        streams.values().forEach(LogStream::close);
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

    /** A container that is started again writes into the same log: it is read on. So is one whose engine was away. */
    private void streamEnded(String container, LogPosition reached, Optional<ContainerFault> fault) {
        boolean forGood = fault.filter(f -> !f.retriable()).isPresent();
        if (closed || forGood || !source.goesOn(container)) {
            over(fault.map(ContainerFault::reason));
            return;
        }
        loop.after(AGAIN, () -> {
            if (closed) {
                return;
            }
            reached.again();
            source.open(container, reached.time(), sink(container, reached));
        });
    }

    private void over(Optional<String> fault) {
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
