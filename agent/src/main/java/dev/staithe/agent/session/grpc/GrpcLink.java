package dev.staithe.agent.session.grpc;

import dev.staithe.agent.session.Dialer.Listener;
import dev.staithe.agent.session.Link;
import dev.staithe.proto.agent.v1.AgentMessage;
import dev.staithe.proto.agent.v1.AgentSessionGrpc.AgentSessionStub;
import dev.staithe.proto.agent.v1.ControlMessage;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One gRPC stream. Sends come from the agent's loop; what arrives comes on gRPC's threads, one call at a time. */
final class GrpcLink implements Link, ClientResponseObserver<AgentMessage, ControlMessage> {
    private final ManagedChannel channel;
    private final Listener listener;
    private final AtomicBoolean closed = new AtomicBoolean();
    private @Nullable ClientCallStreamObserver<AgentMessage> requests;

    GrpcLink(ManagedChannel channel, Listener listener) {
        this.channel = channel;
        this.listener = listener;
    }

    void open(AgentSessionStub stub) {
        // The observer that this answers is the one that beforeStart was given.
        var unused = stub.connect(this);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<AgentMessage> stream) {
        requests = stream;
        stream.setOnReadyHandler(listener::writable);
    }

    @Override
    public void send(AgentMessage message) {
        ClientCallStreamObserver<AgentMessage> stream = requests;
        if (stream != null && !closed.get()) {
            stream.onNext(message);
        }
    }

    @Override
    public boolean ready() {
        ClientCallStreamObserver<AgentMessage> stream = requests;
        return stream != null && !closed.get() && stream.isReady();
    }

    @Override
    public void close() {
        end("closed by this side");
    }

    @Override
    public void onNext(ControlMessage message) {
        listener.received(message);
    }

    @Override
    public void onError(Throwable cause) {
        Status status = Status.fromThrowable(cause);
        String why = status.getDescription() == null
                ? String.valueOf(status.getCode())
                : status.getCode() + ": " + status.getDescription();
        Throwable root = status.getCause();
        end(root == null ? why : why + " (" + root.getMessage() + ")");
    }

    @Override
    public void onCompleted() {
        end("the control plane ended the session");
    }

    private void end(String why) {
        if (closed.compareAndSet(false, true)) {
            channel.shutdownNow();
            listener.closed(why);
        }
    }
}
