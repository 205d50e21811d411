package dev.staithe.controlplane.api.agent;

import dev.staithe.controlplane.dispatch.AgentLink;
import dev.staithe.controlplane.dispatch.AgentSessions;
import dev.staithe.controlplane.dispatch.Inbound;
import dev.staithe.proto.agent.v1.AgentMessage;
import dev.staithe.proto.agent.v1.AgentSessionGrpc;
import dev.staithe.proto.agent.v1.ControlMessage;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.atomic.AtomicBoolean;

/** Carries agents' sessions over gRPC. */
public final class AgentEndpoint extends AgentSessionGrpc.AgentSessionImplBase {
    private final AgentSessions sessions;

    public AgentEndpoint(AgentSessions sessions) {
        this.sessions = sessions;
    }

    @Override
    public StreamObserver<AgentMessage> connect(StreamObserver<ControlMessage> responses) {
        ServerCallStreamObserver<ControlMessage> wire = (ServerCallStreamObserver<ControlMessage>) responses;
        Stream stream = new Stream(wire);
        Inbound inbound = sessions.connect(stream);
        wire.setOnReadyHandler(inbound::writable);
        wire.setOnCancelHandler(() -> {
            stream.done.set(true);
            inbound.closed("the agent hung up");
        });
        return new StreamObserver<>() {
            @Override
            public void onNext(AgentMessage message) {
                inbound.received(message);
            }

            @Override
            public void onError(Throwable cause) {
                stream.done.set(true);
                inbound.closed(String.valueOf(cause.getMessage()));
            }

            @Override
            public void onCompleted() {
                // The control loop closes its half: it may be sending at this moment.
                inbound.closed("the agent said goodbye");
            }
        };
    }

    /** The sending half; used from the control loop alone. Once the call is cancelled, it sends into the void. */
    private static final class Stream implements AgentLink {
        private final ServerCallStreamObserver<ControlMessage> wire;
        private final AtomicBoolean done = new AtomicBoolean();

        Stream(ServerCallStreamObserver<ControlMessage> wire) {
            this.wire = wire;
        }

        @Override
        public void send(ControlMessage message) {
            if (!done.get()) {
                wire.onNext(message);
            }
        }

        @Override
        public boolean ready() {
            return wire.isReady();
        }

        @Override
        public void close() {
            if (done.compareAndSet(false, true)) {
                wire.onCompleted();
            }
        }
    }
}
