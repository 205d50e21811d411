package dev.staithe.controlplane.api.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Lets the services know from where they are called. */
final class Callers implements ServerInterceptor {
    private static final Context.Key<String> ADDRESS = Context.keyWithDefault("caller", "unknown");

    /** HOST:PORT of who is connected; to be asked on the thread of the call. */
    static String address() {
        return ADDRESS.get();
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        SocketAddress remote = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        if (remote == null) {
            return next.startCall(call, headers);
        }
        String text = remote instanceof InetSocketAddress inet
                ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
                : remote.toString();
        return Contexts.interceptCall(Context.current().withValue(ADDRESS, text), call, headers, next);
    }
}
