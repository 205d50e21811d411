package dev.staithe.agent.session.grpc;

import dev.staithe.agent.session.Dialer;
import dev.staithe.agent.session.Link;
import dev.staithe.proto.agent.v1.AgentSessionGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.concurrent.TimeUnit;

/** Opens links over gRPC. Each has a connection of its own, which ends with it. */
public final class GrpcDialer implements Dialer {
    /** A snapshot carries the definitions of every task of the host. */
    private static final int MOST_BYTES = 64 * 1024 * 1024;

    private static final int CONNECT_MILLIS = 5_000;

    @Override
    public Link dial(String address, Listener listener) {
        ManagedChannel channel = NettyChannelBuilder.forTarget("dns:///" + address)
                .usePlaintext()
                .withOption(io.netty.channel.ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .maxInboundMessageSize(MOST_BYTES)
                .disableRetry()
                .directExecutor()
                // Finds a connection that is dead below; heartbeats find a control plane that is.
                .keepAliveTime(20, TimeUnit.SECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .build();
        GrpcLink link = new GrpcLink(channel, listener);
        link.open(AgentSessionGrpc.newStub(channel));
        return link;
    }
}
