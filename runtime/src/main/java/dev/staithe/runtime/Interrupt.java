package dev.staithe.runtime;

/**
 * What an interrupt means to a command that is ended by one and by nothing else. Without this, a process that Ctrl-C ends
 * has failed.
 */
public final class Interrupt implements AutoCloseable {
    private final Thread hook = new Thread(() -> Runtime.getRuntime().halt(0), "interrupt");

    private Interrupt() {}

    /** Until it is closed, an interrupt ends this process with status 0. */
    public static Interrupt endsWell() {
        Interrupt interrupt = new Interrupt();
        Runtime.getRuntime().addShutdownHook(interrupt.hook);
        return interrupt;
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(hook);
    }
}
