package dev.staithe.runtime;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * How daemons log: one line an event on standard output, with its key-values at the end. Set up in code, because control
 * plane, agent and command line share one folder of jars and so cannot each bring a configuration file.
 */
public final class DaemonLog {
    /** Libraries whose INFO is of no use to an operator; docker-java logs whole requests at DEBUG. */
    private static final List<String> QUIET =
            List.of("io.netty", "io.grpc", "io.vertx", "io.etcd", "com.github.dockerjava");

    private DaemonLog() {}

    /** Sets logging up. To be called first of all in {@code main}. */
    public static void start() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0}: %msg %kvp{NONE}%n%ex");
        encoder.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setEncoder(encoder);
        console.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(console);
        QUIET.forEach(name -> context.getLogger(name).setLevel(Level.WARN));
    }
}
