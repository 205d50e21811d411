package dev.staithe.runtime;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts a registered list of parts in order and stops it in reverse. Nothing is started by hand elsewhere.
 *
 * <p>Confined to the thread that composes the process.
 */
public final class Lifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

    private record Part(String name, Action start, Action stop) {}

    /** One step of starting or stopping. */
    @FunctionalInterface
    public interface Action {
        void run() throws Exception;
    }

    private final List<Part> parts = new ArrayList<>();
    private int started;

    /** Adds a part; it is started after and stopped before those registered earlier. */
    public void register(String name, Action start, Action stop) {
        parts.add(new Part(name, start, stop));
    }

    /** Starts every part. When one fails, those already started are stopped and the failure is thrown on. */
    public void start() throws Exception {
        for (Part part : parts) {
            try {
                part.start().run();
                started++;
            } catch (Exception e) {
                stop();
                throw e;
            }
        }
    }

    /** Stops what was started, in reverse. A part that fails to stop is logged and does not keep the others. */
    public void stop() {
        while (started > 0) {
            started--;
            Part part = parts.get(started);
            try {
                part.stop().run();
            } catch (Exception e) {
                LOG.atWarn().setCause(e).addKeyValue("part", part.name()).log("did not stop cleanly");
            }
        }
    }
}
