package dev.staithe.agent.container.fake;

import dev.staithe.agent.container.ContainerRuntime.Listener;
import dev.staithe.agent.container.ContainerRuntime.Watch;

/** One agent's open event stream. */
final class FakeWatch implements Watch {
    private final FakeEngine engine;
    private final String instance;
    private final Listener listener;
    private boolean closed;

    FakeWatch(FakeEngine engine, String instance, Listener listener) {
        this.engine = engine;
        this.instance = instance;
        this.listener = listener;
    }

    void changed(FakeContainer container) {
        if (container.of(instance)) {
            tell(() -> listener.changed(container.id()));
        }
    }

    void relist() {
        tell(listener::relist);
    }

    @Override
    public void close() {
        closed = true;
        engine.close(this);
    }

    private void tell(Runnable news) {
        engine.soon(() -> {
            if (!closed) {
                news.run();
            }
        });
    }
}
