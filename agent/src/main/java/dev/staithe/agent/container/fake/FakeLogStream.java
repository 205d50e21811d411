package dev.staithe.agent.container.fake;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerRuntime.LogRequest;
import dev.staithe.agent.container.ContainerRuntime.LogSink;
import dev.staithe.agent.container.ContainerRuntime.LogStream;
import dev.staithe.agent.container.ContainerView.State;
import java.util.List;
import java.util.Optional;

/** One read of a fake container's output. */
final class FakeLogStream implements LogStream, LogSink {
    private final FakeEngine engine;
    private final LogSink sink;
    private boolean closed;

    FakeLogStream(FakeEngine engine, LogSink sink) {
        this.engine = engine;
        this.sink = sink;
    }

    void read(FakeContainer container, LogRequest request) {
        List<FakeContainer.Line> lines = container.lines().stream()
                .filter(line -> line.timeMillis() >= request.sinceMillis())
                .toList();
        int from = request.tail() < 0 ? 0 : Math.max(0, lines.size() - request.tail());
        lines.subList(from, lines.size()).forEach(line -> line(false, line.timeMillis(), line.message()));
        if (request.follow() && container.state() != State.STOPPED) {
            container.followers().add(this);
        } else {
            end(Optional.empty());
        }
    }

    @Override
    public void line(boolean stderr, long timeMillis, String message) {
        engine.soon(() -> {
            if (!closed) {
                sink.line(stderr, timeMillis, message);
            }
        });
    }

    @Override
    public void end(Optional<ContainerFault> error) {
        engine.soon(() -> {
            if (!closed) {
                closed = true;
                sink.end(error);
            }
        });
    }

    @Override
    public void close() {
        closed = true;
    }
}
