package dev.staithe.agent.session;

import dev.staithe.runtime.Time;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says that the control plane cannot be reached: once when it begins, at most once a minute after, and once when it ends. */
final class OutageLog {
    private static final Logger LOG = LoggerFactory.getLogger(ControlSession.class);
    private static final Duration EVERY = Duration.ofMinutes(1);

    private final Time time;
    private Optional<Long> since;
    private Optional<Long> said = Optional.empty();

    OutageLog(Time time) {
        this.time = time;
        this.since = Optional.empty();
    }

    void failed(String address, String why) {
        long now = time.nanos();
        since = since.or(() -> Optional.of(now));
        if (said.isEmpty() || now - said.get() >= EVERY.toNanos()) {
            said = Optional.of(now);
            LOG.atWarn()
                    .addKeyValue("address", address)
                    .addKeyValue("why", why)
                    .addKeyValue("for", seconds(now) + "s")
                    .log("no control plane; tasks run on, trying again");
        }
    }

    void recovered(String address, long epoch) {
        var line = LOG.atInfo().addKeyValue("address", address).addKeyValue("epoch", epoch);
        (since.isPresent() ? line.addKeyValue("after", seconds(time.nanos()) + "s") : line)
                .log("session with the control plane");
        since = Optional.empty();
        said = Optional.empty();
    }

    private long seconds(long now) {
        return Duration.ofNanos(now - since.orElse(now)).toSeconds();
    }
}
