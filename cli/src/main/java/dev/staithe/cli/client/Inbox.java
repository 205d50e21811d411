package dev.staithe.cli.client;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Where the streams that a command has opened meet its one thread. Bounded: a slow reader holds the senders back. */
public final class Inbox<T> {
    private final BlockingQueue<T> queue = new LinkedBlockingQueue<>(4096);

    /** Adds an event; waits while the inbox is full. May be called by any thread. */
    public void put(T event) {
        try {
            queue.put(event);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The next event, or nothing when none came within the limit. */
    public Optional<T> take(Duration limit) {
        try {
            return Optional.ofNullable(queue.poll(Math.max(0, limit.toNanos()), TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
