package dev.staithe.agent.container;

import dev.staithe.agent.container.ContainerRuntime.Listener;
import dev.staithe.agent.container.ContainerRuntime.Watch;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps looking at this agent's containers, so that what is held to be true of them is.
 *
 * <p>The truth is a full list by label: at the start, when events may have been lost, when the engine comes back, and every five
 * minutes. Events are hints that one container deserves a look. Looks at one container never overlap, so they arrive in order.
 * When the engine does not answer nothing is invented: the engine counts as unhealthy until it answers, and then all is listed.
 *
 * <p>Confined to the loop; the state is soft. What waits is bounded by the number of containers, however many events come.
 */
public final class ContainerWatch {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerWatch.class);
    private static final Duration RELIST = Duration.ofMinutes(5);
    private static final double RELIST_JITTER = 0.1;
    private static final Duration PROBE = Duration.ofSeconds(10);
    private static final Duration PROBE_DEADLINE = Duration.ofSeconds(10);
    private static final Duration FIRST_RETRY = Duration.ofMillis(250);
    private static final Duration LAST_RETRY = Duration.ofSeconds(2);

    /** Who is told what was seen. */
    public interface Sink {
        /** The container as it is. */
        void seen(ContainerView view);

        /** The engine has no such container. */
        void missing(String id);

        /** Ids of the containers that should be there. */
        SortedSet<String> held();

        /** After a while in which it did not, the engine answers: what waits for it need not wait any longer. */
        void answersAgain();
    }

    private final Environment environment;
    private final EventLoop loop;
    private final ContainerRuntime runtime;
    private final Sink sink;

    /** Containers that are being looked at; true = look again afterwards. */
    private final TreeMap<String, Boolean> looking = new TreeMap<>();

    /** Containers of which a hint waits for the loop: one is as good as a thousand. Filled by the engine's thread. */
    private final Set<String> hinted = ConcurrentHashMap.newKeySet();

    private Optional<Runnable> firstListed = Optional.empty();
    private EventLoop.@Nullable Timer nextRelist;
    private @Nullable Watch watch;
    private boolean listing;
    private boolean listAgain;
    private boolean healthy = true;
    private boolean closed;
    private int failures;

    public ContainerWatch(Environment environment, EventLoop loop, ContainerRuntime runtime, Sink sink) {
        this.environment = environment;
        this.loop = loop;
        this.runtime = runtime;
        this.sink = sink;
    }

    /** Opens the event stream, then lists; {@code listed} runs once everything on the host has been seen. */
    public void start(Runnable listed) {
        firstListed = Optional.of(listed);
        Listener listener = new Listener() {
            @Override
            public void changed(String id) {
                if (hinted.add(id)) {
                    loop.execute(() -> {
                        hinted.remove(id);
                        look(id);
                    });
                }
            }

            @Override
            public void relist() {
                loop.execute(ContainerWatch.this::relist);
            }
        };
        // INVARIANT: the stream is open before the first list begins, so that no change falls between the two.
        environment.effects().run(loop, () -> runtime.watch(listener), outcome -> {
            switch (outcome) {
                case Outcome.Done<Watch> done -> opened(done.value());
                case Outcome.Failed<Watch> failed ->
                    environment.faults().fatal("opening the event stream", failed.cause());
            }
        });
    }

    /** Whether the engine answered the last time it was asked. */
    public boolean healthy() {
        return healthy;
    }

    /** Something may have happened to the container. */
    public void look(String id) {
        loop.assertInLoop();
        if (closed) {
            return;
        }
        if (looking.containsKey(id)) {
            looking.put(id, true);
            return;
        }
        looking.put(id, false);
        environment.effects().run(loop, () -> runtime.inspect(id), outcome -> {
            boolean again = Boolean.TRUE.equals(looking.remove(id));
            switch (outcome) {
                case Outcome.Done<Optional<ContainerView>> done ->
                    done.value().ifPresentOrElse(sink::seen, () -> sink.missing(id));
                case Outcome.Failed<Optional<ContainerView>> failed -> failed(failed.cause());
            }
            if (again) {
                look(id);
            }
        });
    }

    /** Another call found that the engine does not answer. */
    public void unavailable(ContainerFault fault) {
        failed(fault);
    }

    /** Ends the watch; containers stay as they are. */
    public void close() {
        closed = true;
        if (watch != null) {
            watch.close();
        }
    }

    private void opened(Watch opened) {
        if (closed) {
            opened.close();
            return;
        }
        watch = opened;
        relist();
        loop.after(PROBE, this::probe);
    }

    /** Lists everything, soon. */
    public void relist() {
        if (closed || listing) {
            listAgain = listing;
            return;
        }
        listing = true;
        listAgain = false;
        cancelRelist();
        environment.effects().run(loop, runtime::list, outcome -> {
            listing = false;
            switch (outcome) {
                case Outcome.Done<List<ContainerView>> done -> listed(done.value());
                case Outcome.Failed<List<ContainerView>> failed -> failed(failed.cause());
            }
            if (listAgain) {
                relist();
            }
        });
    }

    private void listed(List<ContainerView> views) {
        answered();
        relistAfter(RELIST);
        SortedSet<String> held = sink.held();
        TreeSet<String> absent = new TreeSet<>(held);
        for (ContainerView view : views) {
            absent.remove(view.id());
            if (firstListed.isPresent()) {
                sink.seen(view);
            } else {
                // A list takes time: what it shows may be over. One look at each, in order, may not be overtaken.
                look(view.id());
            }
        }
        absent.forEach(this::look);
        firstListed.ifPresent(listed -> {
            firstListed = Optional.empty();
            listed.run();
        });
    }

    private void probe() {
        if (closed) {
            return;
        }
        boolean[] late = {false};
        EventLoop.Timer deadline = loop.after(PROBE_DEADLINE, () -> {
            late[0] = true;
            unhealthy("no answer within " + PROBE_DEADLINE.toSeconds() + " s");
        });
        environment.effects().run(loop, runtime::engine, outcome -> {
            deadline.cancel();
            switch (outcome) {
                case Outcome.Done<EngineInfo> done -> {
                    if (!healthy) {
                        relist();
                    }
                }
                case Outcome.Failed<EngineInfo> failed -> failed(failed.cause());
            }
            loop.after(late[0] ? FIRST_RETRY : PROBE, this::probe);
        });
    }

    private void answered() {
        failures = 0;
        if (!healthy) {
            healthy = true;
            LOG.atInfo().log("container engine answers again");
            sink.answersAgain();
        }
    }

    private void failed(Exception cause) {
        if (cause instanceof ContainerFault fault && fault.kind() == ContainerFault.Kind.EngineUnavailableError) {
            unhealthy(String.valueOf(fault.getMessage()));
            Duration delay = FIRST_RETRY.multipliedBy(1L << Math.min(failures++, 8));
            relistAfter(delay.compareTo(LAST_RETRY) < 0 ? delay : LAST_RETRY);
            return;
        }
        if (cause instanceof ContainerFault fault) {
            LOG.atWarn().addKeyValue("cause", fault.reason()).log("could not look at a container; looking again");
        } else {
            environment.faults().unexpected("looking at containers", cause);
        }
        relistAfter(LAST_RETRY);
    }

    private void unhealthy(String why) {
        if (healthy) {
            healthy = false;
            LOG.atError().addKeyValue("cause", why).log("container engine does not answer; tasks are left as they are");
        }
    }

    private void relistAfter(Duration delay) {
        cancelRelist();
        nextRelist = loop.after(environment.randomness().jitter(delay, RELIST_JITTER), this::relist);
    }

    private void cancelRelist() {
        if (nextRelist != null) {
            nextRelist.cancel();
        }
    }
}
