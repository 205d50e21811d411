package dev.staithe.controlplane.store.parts;

import dev.staithe.controlplane.store.Store.LeaseId;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Time;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The leases of a store that lives in one process, and which keys hang on them. Soft state: leases end with the process.
 *
 * <p>Not safe for threads by itself: every call is made under its store's lock. A lease that runs out is reported on the
 * loop; the store then deletes the keys and calls {@link #end}.
 */
public final class Leases {
    private final Time time;
    private final EventLoop loop;
    private final Consumer<LeaseId> ranOut;
    private final Map<Long, Lease> leases = new TreeMap<>();
    private final Map<String, Long> leaseOfKey = new HashMap<>();
    private long last;

    /**
     * @param loop where timers run
     * @param ranOut called on the loop, without the store's lock, when a lease may have run out; ask {@link #alive}
     */
    public Leases(Time time, EventLoop loop, Consumer<LeaseId> ranOut) {
        this.time = time;
        this.loop = loop;
        this.ranOut = ranOut;
    }

    public LeaseId grant(Duration timeToLive) {
        if (timeToLive.isNegative() || timeToLive.isZero()) {
            throw new IllegalArgumentException("timeToLive: " + timeToLive + " (expected: more than zero)");
        }
        LeaseId id = new LeaseId(++last);
        Lease lease = new Lease(timeToLive);
        leases.put(id.value(), lease);
        start(id, lease);
        return id;
    }

    /** False when the lease has run out or was revoked. */
    public boolean renew(LeaseId id) {
        Lease lease = leases.get(id.value());
        if (lease == null || !alive(id)) {
            return false;
        }
        start(id, lease);
        return true;
    }

    /** Whether the lease's time is not over. */
    public boolean alive(LeaseId id) {
        Lease lease = leases.get(id.value());
        return lease != null && lease.deadlineNanos - time.nanos() > 0;
    }

    /** The lease's keys, in order; none when there is no such lease. */
    public List<String> keys(LeaseId id) {
        Lease lease = leases.get(id.value());
        return lease == null ? List.of() : List.copyOf(lease.keys);
    }

    /** The key hangs on this lease from now on, and on no other. */
    public void attach(String key, LeaseId id) {
        detach(key);
        Lease lease = leases.get(id.value());
        if (lease == null) {
            throw new IllegalStateException("lease " + id.value() + " is gone");
        }
        lease.keys.add(key);
        leaseOfKey.put(key, id.value());
    }

    /** The key hangs on no lease any more. */
    public void detach(String key) {
        Long id = leaseOfKey.remove(key);
        Lease lease = id == null ? null : leases.get(id);
        if (lease != null) {
            lease.keys.remove(key);
        }
    }

    /** Forgets the lease. */
    public void end(LeaseId id) {
        Lease lease = leases.remove(id.value());
        if (lease != null) {
            lease.keys.forEach(leaseOfKey::remove);
            lease.cancelTimer();
        }
    }

    /** Forgets every lease and cancels their timers. */
    public void close() {
        leases.values().forEach(Lease::cancelTimer);
        leases.clear();
        leaseOfKey.clear();
    }

    private void start(LeaseId id, Lease lease) {
        lease.cancelTimer();
        lease.deadlineNanos = time.nanos() + lease.timeToLive.toNanos();
        lease.timer = loop.after(lease.timeToLive, () -> ranOut.accept(id));
    }

    private static final class Lease {
        final Duration timeToLive;
        final TreeSet<String> keys = new TreeSet<>();
        long deadlineNanos;
        EventLoop.@Nullable Timer timer;

        Lease(Duration timeToLive) {
            this.timeToLive = timeToLive;
        }

        void cancelTimer() {
            if (timer != null) {
                timer.cancel();
            }
        }
    }
}
