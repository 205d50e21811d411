package dev.staithe.agent.container.docker;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.agent.container.ContainerRuntime.Listener;
import dev.staithe.agent.container.ContainerRuntime.Watch;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine's event stream, for ever: read by one effect at a time, so in order, and opened again whenever it ends.
 *
 * <p>INVARIANT: each time the stream is open, and not before, the listener is told to relist. The engine answers a request
 * for events before it has subscribed the stream; asking for those since a moment before the request closes that gap.
 */
final class EventWatch implements Watch {
    private static final Logger LOG = LoggerFactory.getLogger(EventWatch.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    /**
     * Naming them keeps the engine from sending an exec_create, exec_start and exec_die for every health check. That a container
     * was made is known to who made it, and the look that it would cause takes time from the start that follows.
     */
    private static final List<String> ACTIONS = List.of("start", "die", "stop", "oom", "destroy", "health_status");

    private final EngineConnection connection;
    private final ObjectMapper json;
    private final TimedCalls calls;
    private final DockerDeadlines deadlines;
    private final Environment environment;
    private final EventLoop loop;
    private final String instance;
    private final OwnEvents own;
    private final Listener listener;

    /** Held while the listener is told something, so that closing can wait for it. */
    private final ReentrantLock telling = new ReentrantLock();

    private final AtomicReference<@Nullable CallTicket> reading = new AtomicReference<>();
    private volatile boolean closed;
    private volatile boolean opened;

    /** By the engine's clock. Read and written by the effect that reads. */
    private volatile @Nullable Instant lastEvent;

    /** Failures in a row. Confined to the loop. */
    private int failures;

    EventWatch(
            EngineConnection connection,
            ObjectMapper json,
            TimedCalls calls,
            DockerDeadlines deadlines,
            Environment environment,
            EventLoop loop,
            String instance,
            OwnEvents own,
            Listener listener) {
        this.connection = connection;
        this.json = json;
        this.calls = calls;
        this.deadlines = deadlines;
        this.environment = environment;
        this.loop = loop;
        this.instance = instance;
        this.own = own;
        this.listener = listener;
    }

    /** Opens the stream, and again whenever it ends, until the watch is closed. */
    void open() {
        if (!closed) {
            environment.effects().run(loop, this::readToTheEnd, this::reopen);
        }
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

    private Boolean readToTheEnd() throws Exception {
        // A first look with a deadline: whether it answers, which API it speaks, what time it has.
        Instant now = calls.within(deadlines.inspect(), Kind.EngineUnavailableError, ticket -> connection.greet())
                .time();
        Instant last = lastEvent;
        Instant since = last == null || last.isAfter(now) ? now : last;
        CallTicket ticket = calls.ticket();
        reading.set(ticket);
        if (closed) {
            ticket.cancel();
        }
        return calls.unlimited(ticket, Kind.EngineUnavailableError, t -> {
            try (Response response = connection.stream("GET", "/events?since=" + seconds(since) + filters())) {
                opened = true;
                own.giveUpAll();
                tell(listener::relist);
                read(response);
            }
            return true;
        });
    }

    private void read(Response response) throws IOException {
        try (MappingIterator<Event> events = json.readerFor(Event.class).readValues(response.getBody())) {
            while (events.hasNextValue()) {
                Event event = events.nextValue();
                Long nanos = event.getTimeNano();
                if (nanos != null) {
                    lastEvent = Instant.ofEpochSecond(0, nanos);
                }
                String id = event.getActor() == null ? null : event.getActor().getId();
                String action = event.getAction();
                if (id != null && action != null && !action.startsWith("exec_") && !own.explains(id, action)) {
                    tell(() -> listener.changed(id));
                }
            }
        }
    }

    private void reopen(Outcome<Boolean> outcome) {
        if (closed) {
            return;
        }
        if (outcome instanceof Outcome.Failed<Boolean> failed && !(failed.cause() instanceof ContainerFault)) {
            environment.faults().unexpected("reading the engine's events", failed.cause());
        }
        if (opened) {
            failures = 0;
        }
        String why = switch (outcome) {
            case Outcome.Done<Boolean> done -> "the engine ended it";
            case Outcome.Failed<Boolean> failed -> String.valueOf(failed.cause().getMessage());
        };
        if (failures == 0) {
            LOG.atWarn()
                    .addKeyValue("instance", instance)
                    .addKeyValue("cause", why)
                    .log(opened ? "event stream lost; opening it again" : "event stream not open yet; trying on");
        }
        opened = false;
        loop.after(environment.randomness().jitter(pause(failures), 0.2), this::open);
        failures++;
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

    private static Duration pause(int failures) {
        Duration doubled = FIRST_PAUSE.multipliedBy(1L << Math.min(failures, 10));
        return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
    }

    private static String seconds(Instant time) {
        return "%d.%09d".formatted(time.getEpochSecond(), time.getNano());
    }

    private String filters() throws IOException {
        String filters = json.writeValueAsString(Map.of(
                "type", List.of("container"),
                "label", List.of(ContainerLabels.INSTANCE + "=" + instance),
                "event", ACTIONS));
        return "&filters=" + URLEncoder.encode(filters, StandardCharsets.UTF_8);
    }
}
