package dev.staithe.cli.command;

import com.google.protobuf.ByteString;
import dev.staithe.cli.client.Conversation;
import dev.staithe.cli.client.Inbox;
import dev.staithe.cli.client.Refusal;
import dev.staithe.cli.client.StreamEvent;
import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.proto.v1.ExecBegin;
import dev.staithe.proto.v1.ExecGrpc;
import dev.staithe.proto.v1.ExecRequest;
import dev.staithe.proto.v1.ExecResponse;
import dev.staithe.runtime.EventLoop;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A command that runs in a container, as if it ran here: its input and output are this process's own. Whoever closes it while
 * it runs ends it.
 */
final class RemoteCommand implements AutoCloseable {
    private static final int CHUNK = 32 << 10;
    private static final Duration LOOK_UP = Duration.ofMinutes(1);

    private final Session session;
    private final boolean interactive;
    private final EventLoop loop;
    private final Inbox<StreamEvent<ExecResponse>> inbox = new Inbox<>();
    private @Nullable Conversation<ExecRequest> conversation;

    /** @param interactive whether it gets what comes from standard input */
    RemoteCommand(Session session, boolean interactive) {
        this.session = session;
        this.interactive = interactive;
        loop = session.environment().loop("exec");
    }

    /** Runs it to its end. */
    ExitCode run(ExecBegin begin) {
        return run(begin, null);
    }

    /** Runs it to its end in this terminal, which is its own as soon as it runs. */
    ExitCode run(ExecBegin begin, @Nullable LocalTerminal terminal) {
        Conversation<ExecRequest> opened = session.controlPlane()
                .converse(
                        ExecGrpc.getRunMethod(),
                        ExecRequest.newBuilder().setBegin(begin).build(),
                        inbox::put);
        conversation = opened;
        while (true) {
            Optional<StreamEvent<ExecResponse>> event = inbox.take(LOOK_UP);
            if (event.isEmpty()) {
                continue;
            }
            switch (event.get()) {
                case StreamEvent.Item<ExecResponse> item -> {
                    ExecResponse response = item.message();
                    switch (response.getKindCase()) {
                        case STARTED -> started(opened, terminal);
                        case STDOUT -> write(session.screen().out(), response.getStdout());
                        case STDERR -> write(session.screen().err(), response.getStderr());
                        case EXIT_CODE -> {
                            return ExitCode.ofContainer(response.getExitCode());
                        }
                        // A newer control plane says something that this command line does not know.
                        case KIND_NOT_SET -> {}
                    }
                }
                case StreamEvent.Ended<ExecResponse> ended ->
                    throw new CommandFailure(
                            ExitCode.ERROR, "the control plane ended the command without saying how it ended", "");
                case StreamEvent.Broken<ExecResponse> broken ->
                    throw new Refusal(broken.error(), session.controlPlane().address(), null);
            }
        }
    }

    private void started(Conversation<ExecRequest> opened, @Nullable LocalTerminal terminal) {
        if (terminal != null) {
            terminal.raw();
            terminal.resized(
                    size -> opened.say(ExecRequest.newBuilder().setSize(size).build()));
            // It may have changed since it was asked for.
            opened.say(ExecRequest.newBuilder().setSize(terminal.size()).build());
        }
        if (interactive) {
            InputStream in = session.screen().in();
            session.environment().effects().run(loop, () -> handOver(in, opened), done -> {});
        }
    }

    private static Boolean handOver(InputStream in, Conversation<ExecRequest> to) throws IOException {
        byte[] buffer = new byte[CHUNK];
        for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
            to.say(ExecRequest.newBuilder()
                    .setStdin(ByteString.copyFrom(buffer, 0, length))
                    .build());
        }
        to.say(ExecRequest.newBuilder().setStdinClosed(true).build());
        return true;
    }

    /** Bytes as they are. Whoever read them may be gone: then the command is of no use any more. */
    private static void write(PrintStream to, ByteString bytes) {
        byte[] copy = bytes.toByteArray();
        to.write(copy, 0, copy.length);
        if (to.checkError()) {
            throw new CommandFailure(ExitCode.ERROR, "what the command writes cannot be written here", "");
        }
    }

    @Override
    public void close() {
        Conversation<ExecRequest> open = conversation;
        if (open != null) {
            open.close();
        }
        loop.close();
    }
}
