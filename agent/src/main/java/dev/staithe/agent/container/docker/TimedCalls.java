package dev.staithe.agent.container.docker;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Time;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Gives every call to the engine an end. A call runs on its caller's thread, which is interrupted when the time is up:
 * that closes the connection it waits on, and is the only way out of a read from an engine that hangs, because a Unix
 * socket knows no read time-out.
 *
 * <p>Called from any thread; the deadlines are timers of one loop.
 */
final class TimedCalls {
    /** A call that may take some time. */
    interface Work<T extends @Nullable Object> {
        T run(CallTicket ticket) throws Exception;
    }

    private final EventLoop loop;
    private final Time time;
    private final EngineErrors errors;
    private final Set<CallTicket> running = ConcurrentHashMap.newKeySet();

    TimedCalls(EventLoop loop, Time time, EngineErrors errors) {
        this.loop = loop;
        this.time = time;
        this.errors = errors;
    }

    /** Runs the work within the limit; whatever it throws becomes a fault of that kind or a more telling one. */
    <T extends @Nullable Object> T within(Duration limit, Kind kind, Work<T> work) throws ContainerFault {
        CallTicket ticket = new CallTicket(loop, time);
        running.add(ticket);
        try {
            ticket.expiresIn(limit);
            return work.run(ticket);
        } catch (ContainerFault fault) {
            throw fault;
        } catch (Exception e) {
            throw errors.fault(kind, e, ticket);
        } finally {
            running.remove(ticket);
            ticket.end();
        }
    }

    /** Runs the work without a limit until the ticket is cancelled. */
    <T extends @Nullable Object> T unlimited(CallTicket ticket, Kind kind, Work<T> work) throws ContainerFault {
        running.add(ticket);
        try {
            return work.run(ticket);
        } catch (ContainerFault fault) {
            throw fault;
        } catch (Exception e) {
            throw errors.fault(kind, e, ticket);
        } finally {
            running.remove(ticket);
            ticket.end();
        }
    }

    /** A ticket for {@link #unlimited}, made on the thread that will run the work. */
    CallTicket ticket() {
        return new CallTicket(loop, time);
    }

    /** Ends every call that is still under way. */
    void cancelAll() {
        running.forEach(CallTicket::cancel);
    }
}
