package dev.staithe.agent.exec;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.Execs;
import dev.staithe.agent.container.Execs.Running;
import dev.staithe.agent.session.Asks.Wire;
import dev.staithe.proto.agent.v1.Answer;
import dev.staithe.proto.agent.v1.ExecInput;
import dev.staithe.proto.agent.v1.ExecOutput;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One command that runs for a caller, and the bytes between the two.
 *
 * <p>Both ways are bounded by {@link #WINDOW}. Output: the engine's thread waits for room, and what has gone out waits for the
 * caller to have taken it. Input: the control plane sends no more than was acknowledged and that much; it is handed to the
 * engine in one call after the other, each on an effect, and acknowledged as the engine takes it.
 *
 * <p>Confined to the loop, but for what the engine's thread puts in.
 */
final class ExecSession implements Execs.Sink {
    /** Bytes that may be under way in one direction. */
    static final int WINDOW = 128 << 10;

    /** Acknowledged together, unless there is nothing else to do. */
    private static final int ACKNOWLEDGED_AT_ONCE = WINDOW / 4;

    private static final int ROOM_FOR_ALL = 1 << 30;

    private record Piece(boolean stderr, ByteString bytes) {}

    private final long id;
    private final Environment environment;
    private final EventLoop loop;
    private final Wire wire;
    private final Runnable done;

    private final Semaphore room = new Semaphore(WINDOW);
    private final ConcurrentLinkedQueue<Piece> output = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean draining = new AtomicBoolean();
    private volatile boolean closed;
    private long sent;
    private long taken;

    /** The engine has said whether it runs. What it writes and how it ends may be known before, and is told after. */
    private boolean answered;

    private boolean startedToSay;
    private Optional<Answer> end = Optional.empty();

    private final ArrayDeque<ExecInput> input = new ArrayDeque<>();
    private boolean handing;
    private long received;
    private long handed;
    private long acknowledged;
    private @Nullable Running running;

    /** @param done called once when it has ended by itself */
    ExecSession(long id, Environment environment, EventLoop loop, Wire wire, Runnable done) {
        this.id = id;
        this.environment = environment;
        this.loop = loop;
        this.wire = wire;
        this.done = done;
    }

    void begin(Execs execs, String containerId, Execs.Command command) {
        environment.effects().run(loop, () -> execs.start(containerId, command, this), outcome -> {
            switch (outcome) {
                case Outcome.Done<Running> started -> started(started.value());
                case Outcome.Failed<Running> failed -> {
                    answered = true;
                    over(ended().setError(words(failed.cause())));
                }
            }
        });
    }

    private void started(Running command) {
        running = command;
        if (closed) {
            command.close();
            return;
        }
        answered = true;
        startedToSay = true;
        drain();
        hand();
    }

    // What comes down: input, sizes, and what the caller has taken.

    void more(ExecInput part) {
        taken = Math.max(taken, Math.min(part.getOutputTaken(), sent));
        received += part.getStdin().size();
        if (received - handed > WINDOW) {
            // INVARIANT: a control plane that does not keep to the bound cannot fill this host's memory.
            fail("more than " + WINDOW
                    + " bytes of input wait for the command (expected: no more than it was allowed)");
            return;
        }
        if (part.hasSize() && !ExecCheck.fits(part.getSize())) {
            fail("size: " + part.getSize().getColumns() + " columns, "
                    + part.getSize().getRows() + " rows (expected: 1-65535 each)");
            return;
        }
        if (!part.getStdin().isEmpty() || part.getStdinClosed() || part.hasSize()) {
            addInput(part);
            hand();
        }
        drain();
    }

    /** Of several sizes that wait the last one counts. */
    private void addInput(ExecInput part) {
        boolean onlySize = part.getStdin().isEmpty() && !part.getStdinClosed();
        ExecInput last = input.peekLast();
        if (onlySize && last != null && last.getStdin().isEmpty() && !last.getStdinClosed()) {
            input.removeLast();
        }
        input.add(part);
    }

    /** Hands the next part to the engine, when the one before has been taken. */
    private void hand() {
        Running command = running;
        if (command == null || handing || closed || input.isEmpty()) {
            return;
        }
        ExecInput part = input.remove();
        handing = true;
        effect(() -> hand(command, part), outcome -> {
            handing = false;
            // One that has ended takes nothing, as a closed pipe; its end is on its way.
            handed += part.getStdin().size();
            acknowledge();
            hand();
        });
    }

    private static Boolean hand(Running command, ExecInput part) throws ContainerFault {
        if (part.hasSize()) {
            command.resize(ExecCheck.size(part.getSize()));
        }
        if (!part.getStdin().isEmpty()) {
            command.write(part.getStdin().toByteArray());
        }
        if (part.getStdinClosed()) {
            command.closeInput();
        }
        return true;
    }

    private void acknowledge() {
        boolean worthIt = handed - acknowledged >= ACKNOWLEDGED_AT_ONCE || (input.isEmpty() && handed > acknowledged);
        if (worthIt && !closed) {
            acknowledged = handed;
            wire.send(Answer.newBuilder().setId(id).setExecInputTaken(handed).build());
        }
    }

    // What goes up: output, and the end.

    @Override
    public void output(boolean stderr, byte[] bytes) {
        if (closed) {
            return;
        }
        // Holds the engine's thread, and with it the command, for as long as nobody takes what is there.
        room.acquireUninterruptibly(Math.min(bytes.length, WINDOW));
        if (!closed) {
            output.add(new Piece(stderr, UnsafeByteOperations.unsafeWrap(bytes)));
            drainSoon();
        }
    }

    @Override
    public void exited(int code) {
        loop.execute(() -> over(ended().setExitCode(code)));
    }

    @Override
    public void failed(ContainerFault fault) {
        loop.execute(() -> over(ended().setError(fault.getMessage())));
    }

    /** Sends what the wire and the caller take. */
    void drain() {
        draining.set(false);
        if (closed || !answered) {
            return;
        }
        if (startedToSay && wire.ready()) {
            startedToSay = false;
            wire.send(Answer.newBuilder().setId(id).setExecStarted(true).build());
        }
        for (Piece next = output.peek(); next != null && !startedToSay && wire.ready(); next = output.peek()) {
            if (sent > taken && sent + next.bytes().size() - taken > WINDOW) {
                return;
            }
            output.remove();
            sent += next.bytes().size();
            room.release(Math.min(next.bytes().size(), WINDOW));
            wire.send(Answer.newBuilder().setId(id).addExec(message(next)).build());
        }
        if (end.isPresent() && output.isEmpty() && !startedToSay) {
            wire.send(end.get());
            close();
            done.run();
        }
    }

    private static ExecOutput message(Piece piece) {
        // Nobody changes the bytes any more.
        return ExecOutput.newBuilder()
                .setStderr(piece.stderr())
                .setData(piece.bytes())
                .build();
    }

    private Answer.Builder ended() {
        return Answer.newBuilder().setId(id).setEnd(true);
    }

    private void over(Answer.Builder how) {
        end = Optional.of(how.build());
        drain();
    }

    private void fail(String why) {
        if (!closed) {
            wire.send(ended().setError(why).build());
            close();
            done.run();
        }
    }

    /** Ends the command, if it still runs, and forgets what is under way. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        output.clear();
        input.clear();
        // Whoever waits for room sees that it is over.
        room.release(ROOM_FOR_ALL);
        Running command = running;
        if (command != null) {
            command.close();
        }
    }

    private void drainSoon() {
        if (draining.compareAndSet(false, true)) {
            loop.execute(this::drain);
        }
    }

    private void effect(Callable<Boolean> work, Consumer<Outcome<Boolean>> then) {
        environment.effects().run(loop, work, then);
    }

    private static String words(Exception cause) {
        return cause instanceof ContainerFault fault ? String.valueOf(fault.getMessage()) : String.valueOf(cause);
    }
}
