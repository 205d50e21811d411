package dev.staithe.controlplane.api.grpc;

import dev.staithe.controlplane.intent.Commands;
import dev.staithe.controlplane.intent.Commands.Target;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.intent.TaskCommands;
import dev.staithe.proto.v1.ExecBegin;
import dev.staithe.proto.v1.ExecGrpc;
import dev.staithe.proto.v1.ExecRequest;
import dev.staithe.proto.v1.ExecResponse;
import dev.staithe.runtime.EventLoop;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** The service {@code staithe.v1.Exec}: commands are run by the host that has the container, and relayed by the leader. */
final class ExecEndpoint extends ExecGrpc.ExecImplBase {
    /** At the same time; each may hold what is under way in both directions. */
    private static final int MOST_COMMANDS = 200;

    private static final int LARGEST_STDIN = 64 << 10;

    private final TaskCommands commands;
    private final EventLoop loop;
    private final AgentQuestions hosts;
    private final CommandJournal journal;
    private final Pushing pushing;
    private final AtomicInteger running = new AtomicInteger();

    ExecEndpoint(TaskCommands commands, EventLoop loop, AgentQuestions hosts, CommandJournal journal, Pushing pushing) {
        this.commands = commands;
        this.loop = loop;
        this.hosts = hosts;
        this.journal = journal;
        this.pushing = pushing;
    }

    @Override
    public StreamObserver<ExecRequest> run(StreamObserver<ExecResponse> caller) {
        ServerCallStreamObserver<ExecResponse> wire = (ServerCallStreamObserver<ExecResponse>) caller;
        wire.disableAutoRequest();
        CommandRelay relay = new CommandRelay(loop, () -> wire.request(1));
        AtomicBoolean counted = new AtomicBoolean();
        pushing.start(caller, push -> () -> relay.push(push), signal -> {
            relay.signals(signal);
            return () -> {
                relay.callerGone();
                if (counted.compareAndSet(true, false)) {
                    running.decrementAndGet();
                }
            };
        });
        wire.request(1);
        return new Incoming(relay, Callers.address(), counted);
    }

    /** What the caller sends: first what is to be run, then what goes into it. On the threads of the wire, one at a time. */
    private final class Incoming implements StreamObserver<ExecRequest> {
        private final CommandRelay relay;
        private final String address;
        private final AtomicBoolean counted;
        private boolean begun;

        Incoming(CommandRelay relay, String address, AtomicBoolean counted) {
            this.relay = relay;
            this.address = address;
            this.counted = counted;
        }

        @Override
        public void onNext(ExecRequest request) {
            try {
                take(request);
            } catch (IntentException refusal) {
                relay.refuse(refusal);
            }
        }

        @Override
        public void onError(Throwable gone) {
            // Whoever cancels is told of by the stream's other half.
        }

        @Override
        public void onCompleted() {
            relay.inputClosed();
        }

        private void take(ExecRequest request) throws IntentException {
            if (request.hasBegin() == begun) {
                throw IntentException.invalid(
                        "kind", request.getKindCase() + " (expected: begin in the first message, and only there)");
            }
            switch (request.getKindCase()) {
                case BEGIN -> begin(request.getBegin());
                case STDIN -> {
                    if (request.getStdin().size() > LARGEST_STDIN) {
                        throw IntentException.invalid(
                                "stdin",
                                request.getStdin().size() + " bytes (expected: at most " + LARGEST_STDIN + ")");
                    }
                    relay.input(request.getStdin());
                }
                case STDIN_CLOSED -> relay.inputClosed();
                case SIZE -> {
                    if (!Commands.fits(request.getSize())) {
                        throw IntentException.invalid(
                                "size",
                                request.getSize().getColumns() + " columns, "
                                        + request.getSize().getRows() + " rows (expected: 1-65535 each)");
                    }
                    relay.resize(request.getSize());
                }
                case KIND_NOT_SET ->
                    throw IntentException.invalid("kind", "absent (expected: stdin, stdinClosed or size)");
            }
        }

        private void begin(ExecBegin request) throws IntentException {
            begun = true;
            Target target = Commands.target(request, commands.leaderState());
            if (running.incrementAndGet() > MOST_COMMANDS) {
                running.decrementAndGet();
                throw IntentException.of(
                        Reason.TOO_MANY_COMMANDS,
                        "this control plane already relays " + MOST_COMMANDS
                                + " commands (try again when one has ended)");
            }
            counted.set(true);
            relay.begin(target, request, hosts, () -> journal.begin(target, request, address));
        }
    }
}
