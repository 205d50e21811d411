package dev.staithe.controlplane.loop;

import dev.staithe.runtime.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/** When to look again at what did not change: one timer for the earliest of all. Confined to the control loop. */
final class Deadlines {
    private final EventLoop loop;
    private final LongSupplier nanos;
    private final Runnable due;
    private final Map<String, Long> times = new TreeMap<>();
    private final TreeMap<Long, SortedSet<String>> keys = new TreeMap<>();
    private Optional<EventLoop.Timer> timer = Optional.empty();
    private long timerAt;

    /** @param due called when the earliest deadline has come */
    Deadlines(EventLoop loop, LongSupplier nanos, Runnable due) {
        this.loop = loop;
        this.nanos = nanos;
        this.due = due;
    }

    /** Sets, moves or (when empty) removes the deadline of the key. */
    void set(String key, OptionalLong at) {
        Long before = times.remove(key);
        if (before != null) {
            keys.computeIfPresent(before, (time, same) -> {
                same.remove(key);
                return same.isEmpty() ? null : same;
            });
        }
        at.ifPresent(time -> {
            times.put(key, time);
            keys.computeIfAbsent(time, t -> new TreeSet<>()).add(key);
        });
        arm();
    }

    /** Takes out every key whose time has come. */
    List<String> take() {
        List<String> passed = new ArrayList<>();
        long now = nanos.getAsLong();
        while (!keys.isEmpty() && keys.firstKey() <= now) {
            SortedSet<String> first = keys.pollFirstEntry().getValue();
            passed.addAll(first);
            first.forEach(times::remove);
        }
        arm();
        return passed;
    }

    void clear() {
        times.clear();
        keys.clear();
        arm();
    }

    /** Whether anything is waited for. */
    boolean armed() {
        return timer.isPresent();
    }

    private void arm() {
        if (keys.isEmpty()) {
            timer.ifPresent(EventLoop.Timer::cancel);
            timer = Optional.empty();
            return;
        }
        long earliest = keys.firstKey();
        if (timer.isPresent() && timerAt == earliest) {
            return;
        }
        timer.ifPresent(EventLoop.Timer::cancel);
        timerAt = earliest;
        timer = Optional.of(loop.after(Duration.ofNanos(Math.max(0, earliest - nanos.getAsLong())), () -> {
            timer = Optional.empty();
            due.run();
        }));
    }
}
