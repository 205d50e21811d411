package dev.staithe.cli.command;

import dev.staithe.cli.client.Refusal;
import dev.staithe.proto.v1.ServicesGrpc;
import dev.staithe.proto.v1.WatchServiceRequest;
import dev.staithe.proto.v1.WatchServiceResponse;
import java.time.Duration;
import java.util.Optional;

/**
 * A service as it is now and after every change. When the control plane goes away it is asked again: the first thing it
 * says is how things are, so nothing is missed that still matters.
 */
final class ServiceWatch implements AutoCloseable {
    private final Following<WatchServiceRequest, WatchServiceResponse> stream;

    ServiceWatch(Session session, String service) {
        WatchServiceRequest request = WatchServiceRequest.newBuilder()
                .setCluster(session.cluster())
                .setService(service)
                .build();
        stream = new Following<>(session.controlPlane(), ServicesGrpc.getWatchMethod(), () -> request);
    }

    /**
     * The next view, or nothing when none came within the limit.
     *
     * @throws Refusal when the control plane refuses, or was never reached
     */
    Optional<WatchServiceResponse> next(Duration limit) {
        return stream.next(limit);
    }

    @Override
    public void close() {
        stream.close();
    }
}
