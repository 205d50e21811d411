package dev.staithe.controlplane.api.grpc;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.api.grpc.CommandJournal.Entry;
import dev.staithe.controlplane.dispatch.AgentSessions.Asking;
import dev.staithe.controlplane.dispatch.Answers;
import dev.staithe.controlplane.intent.Commands.Target;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.proto.agent.v1.Answer;
import dev.staithe.proto.agent.v1.Ask;
import dev.staithe.proto.agent.v1.ExecAsk;
import dev.staithe.proto.agent.v1.ExecInput;
import dev.staithe.proto.agent.v1.ExecOutput;
import dev.staithe.proto.v1.ExecBegin;
import dev.staithe.proto.v1.ExecResponse;
import dev.staithe.proto.v1.ExecStarted;
import dev.staithe.proto.v1.TerminalSize;
import dev.staithe.runtime.EventLoop;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * One command between its caller and its host.
 *
 * <p>Both ways are bounded by {@link #WINDOW}, which the host keeps to as well. Output: the host sends no more than that beyond
 * what was acknowledged, and it is acknowledged as the caller's wire takes it. Input: the caller is asked for one message
 * after the other as long as the host has acknowledged what came before.
 *
 * <p>Input comes on the wire's threads, answers on the control loop, and what is pushed goes on the pusher's; what they share
 * is safe for it, the rest is confined to the loop.
 */
final class CommandRelay implements Answers {
    /** Bytes that may be under way in one direction; part of the protocol with hosts. */
    static final int WINDOW = 128 << 10;

    /** What one message of the caller may bring beyond what it had to wait for. */
    private static final int MOST_STDIN = 64 << 10;

    private final EventLoop loop;
    private final Runnable requestMore;
    private final ConcurrentLinkedQueue<ExecResponse> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicLong taken = new AtomicLong();
    private volatile Optional<IntentException> failure = Optional.empty();
    private volatile boolean over;
    private volatile Runnable signal = () -> {};

    // Confined to the loop.
    private Optional<Asking> asking = Optional.empty();
    private Optional<Entry> entry = Optional.empty();
    private Optional<Target> target = Optional.empty();
    private long received;
    private long acknowledged;
    private long sentUp;
    private boolean wantsMore;
    private boolean gone;

    /** @param requestMore asks the caller for its next message; from any thread */
    CommandRelay(EventLoop loop, Runnable requestMore) {
        this.loop = loop;
        this.requestMore = requestMore;
    }

    void signals(Runnable tell) {
        signal = tell;
    }

    // What the caller says.

    void begin(Target where, ExecBegin request, AgentQuestions hosts, Supplier<Entry> journal) {
        ExecAsk.Builder order = ExecAsk.newBuilder()
                .setTaskId(where.task().id())
                .setContainer(where.container())
                .addAllCommand(request.getCommandList())
                .setTty(request.getTty())
                .setInteractive(request.getInteractive());
        if (request.hasSize()) {
            order.setSize(request.getSize());
        }
        loop.execute(() -> {
            if (gone) {
                return;
            }
            target = Optional.of(where);
            entry = Optional.of(journal.get());
            asking = Optional.of(hosts.ask(
                    where.task().instanceId(), Ask.newBuilder().setExec(order).build(), this));
            wantsMore = true;
            requestMore();
        });
    }

    void input(ByteString bytes) {
        loop.execute(() -> {
            received += bytes.size();
            more(ExecInput.newBuilder().setStdin(bytes));
            wantsMore = true;
            requestMore();
        });
    }

    void resize(TerminalSize size) {
        loop.execute(() -> {
            more(ExecInput.newBuilder().setSize(size));
            wantsMore = true;
            requestMore();
        });
    }

    void inputClosed() {
        loop.execute(() -> {
            more(ExecInput.newBuilder().setStdinClosed(true));
            wantsMore = true;
            requestMore();
        });
    }

    /** The caller has hung up, or was told all. */
    void callerGone() {
        loop.execute(() -> {
            gone = true;
            if (!over) {
                over = true;
                end(OptionalInt.empty(), "the caller hung up");
            }
            asking.ifPresent(Asking::cancel);
            asking = Optional.empty();
        });
    }

    void refuse(IntentException refusal) {
        loop.execute(() -> {
            fail(refusal);
            asking.ifPresent(Asking::cancel);
            asking = Optional.empty();
        });
    }

    /** So that with the next message no more waits for the host than it allows. */
    private void requestMore() {
        if (wantsMore && received - acknowledged + MOST_STDIN <= WINDOW) {
            wantsMore = false;
            requestMore.run();
        }
    }

    private void more(ExecInput.Builder input) {
        asking.ifPresent(a -> a.more(input.build()));
    }

    // What the host says.

    @Override
    public void answered(Answer part) {
        if (over) {
            return;
        }
        if (part.getExecStarted()) {
            target.ifPresent(t -> waiting.add(ExecResponse.newBuilder()
                    .setStarted(ExecStarted.newBuilder().setTask(t.task().id()).setContainer(t.container()))
                    .build()));
        }
        part.getExecList().forEach(this::output);
        acknowledged = Math.max(acknowledged, Math.min(part.getExecInputTaken(), received));
        requestMore();
        if (sentUp - taken.get() > 2L * WINDOW) {
            refuse(IntentException.of(
                    Reason.EXECUTE_COMMAND_FAILED, "the host sends more of the output than it was allowed"));
        } else if (part.getEnd()) {
            ended(part);
        }
        signal.run();
    }

    private void output(ExecOutput piece) {
        sentUp += piece.getData().size();
        ExecResponse.Builder response = ExecResponse.newBuilder();
        waiting.add((piece.getStderr() ? response.setStderr(piece.getData()) : response.setStdout(piece.getData()))
                .build());
    }

    private void ended(Answer last) {
        asking = Optional.empty();
        if (last.getError().isEmpty() && last.hasExitCode()) {
            waiting.add(
                    ExecResponse.newBuilder().setExitCode(last.getExitCode()).build());
            over = true;
            end(OptionalInt.of(last.getExitCode()), "");
        } else {
            String error = last.getError().isEmpty() ? "the host does not say how it ended" : last.getError();
            fail(IntentException.of(
                    error.contains("not connected") ? Reason.AGENT_UNREACHABLE : Reason.EXECUTE_COMMAND_FAILED,
                    "the command in task " + target.map(t -> t.task().id()).orElse("") + " failed: " + error));
        }
    }

    private void fail(IntentException why) {
        if (!over) {
            failure = Optional.of(why);
            over = true;
            end(OptionalInt.empty(), String.valueOf(why.getMessage()));
            signal.run();
        }
    }

    private void end(OptionalInt exitCode, String reason) {
        entry.ifPresent(e -> e.ended(exitCode, reason));
        entry = Optional.empty();
    }

    // What goes to the caller.

    /** Sends what waits, then how it ended. */
    void push(Pushing.Push<ExecResponse> push) throws IntentException {
        // Read before the queue: nothing is added once it is set.
        boolean last = over;
        long bytes = 0;
        while (push.ready()) {
            ExecResponse response = waiting.poll();
            if (response == null) {
                break;
            }
            push.send(response);
            bytes += response.getStdout().size() + response.getStderr().size();
        }
        if (bytes > 0) {
            long all = taken.addAndGet(bytes);
            loop.execute(() -> more(ExecInput.newBuilder().setOutputTaken(all)));
        }
        if (last && waiting.isEmpty()) {
            if (failure.isPresent()) {
                throw failure.get();
            }
            push.complete();
        }
    }
}
