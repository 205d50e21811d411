package dev.staithe.agent.session;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.staithe.agent.SimulatedWorld;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class OutageLogTest {
    private final SimulatedWorld world = new SimulatedWorld();
    private final OutageLog outage = new OutageLog(world);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(ControlSession.class);

    @BeforeEach
    void listen() {
        lines.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
        logger.setLevel(null);
    }

    @Test
    void saysThatAnOutageBeginsAndThenOnceAMinute() {
        for (int second = 0; second < 150; second++) {
            outage.failed("cp1:7070", "connection refused");
            world.run(Duration.ofSeconds(1));
        }

        assertThat(said()).hasSize(3);
        assertThat(said().getFirst()).isEqualTo("no control plane; tasks run on, trying again");
    }

    @Test
    void saysOnceThatItIsOver() {
        outage.failed("cp1:7070", "connection refused");
        world.run(Duration.ofSeconds(30));
        outage.recovered("cp1:7070", 3);
        outage.failed("cp1:7070", "connection reset");

        assertThat(said())
                .containsExactly(
                        "no control plane; tasks run on, trying again",
                        "session with the control plane",
                        "no control plane; tasks run on, trying again");
        assertThat(lines.list.get(1).getKeyValuePairs())
                .extracting(pair -> pair.key + "=" + pair.value)
                .contains("after=30s", "epoch=3");
    }

    private List<String> said() {
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
