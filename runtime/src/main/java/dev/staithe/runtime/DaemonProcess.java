package dev.staithe.runtime;

import java.util.concurrent.CountDownLatch;

/** The life of a daemon's process. */
public final class DaemonProcess {
    private DaemonProcess() {}

    /**
     * Keeps the calling thread until the process is told to end (SIGTERM, SIGINT), and runs {@code stop} then. To be called
     * last of all in {@code main}: loops and effects do not keep a process alive.
     */
    public static void runUntilSignalled(Runnable stop) throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(stop, "shutdown"));
        new CountDownLatch(1).await();
    }
}
