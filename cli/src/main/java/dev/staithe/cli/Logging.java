package dev.staithe.cli;

import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/**
 * Keeps the libraries' logs off the user's screen, unless {@code --debug} asks for them on standard error.
 *
 * <p>The jars of the daemons lie in the same folder, so nothing is configured by a file at a well-known name. Without
 * --debug no logging backend is loaded at all, which also saves start-up time.
 */
final class Logging {
    private Logging() {}

    static void configure(boolean debug) {
        if (debug) {
            System.setProperty("logback.configurationFile", "dev/staithe/cli/logback-debug.xml");
            return;
        }
        System.setProperty("slf4j.internal.verbosity", "WARN");
        System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
        LogManager.getLogManager().reset();
        Logger.getLogger("").setLevel(Level.OFF);
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
    }
}
