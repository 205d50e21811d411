package dev.staithe.agent.container;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Notes what listeners and sinks are told, in order; the runtime may tell it on threads of its own. */
public final class Seen implements ContainerRuntime.Listener, ContainerRuntime.LogSink {
    public static final String RELIST = "relist";

    private final List<String> news = new CopyOnWriteArrayList<>();
    private final List<String> stdout = new CopyOnWriteArrayList<>();
    private final List<String> stderr = new CopyOnWriteArrayList<>();
    private final List<Long> times = new CopyOnWriteArrayList<>();
    private final List<Optional<ContainerFault>> ends = new CopyOnWriteArrayList<>();

    @Override
    public void changed(String id) {
        news.add(id);
    }

    @Override
    public void relist() {
        news.add(RELIST);
    }

    @Override
    public void line(boolean isStderr, long timeMillis, String message) {
        times.add(timeMillis);
        (isStderr ? stderr : stdout).add(message);
    }

    @Override
    public void end(Optional<ContainerFault> error) {
        ends.add(error);
    }

    /** Ids of changed containers and {@link #RELIST}. */
    public List<String> news() {
        return List.copyOf(news);
    }

    public void forget() {
        news.clear();
    }

    public List<String> stdout() {
        return List.copyOf(stdout);
    }

    public List<String> stderr() {
        return List.copyOf(stderr);
    }

    public List<Long> times() {
        return List.copyOf(times);
    }

    public List<Optional<ContainerFault>> ends() {
        return List.copyOf(ends);
    }
}
