package dev.staithe.cli.command;

import dev.staithe.cli.client.ControlPlane;
import dev.staithe.cli.client.Inbox;
import dev.staithe.cli.client.Refusal;
import dev.staithe.cli.client.StreamEvent;
import dev.staithe.cli.client.Subscription;
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
    private static final Duration RETRY = Duration.ofMillis(500);

    private final ControlPlane controlPlane;
    private final WatchServiceRequest request;
    private final Inbox<StreamEvent<WatchServiceResponse>> inbox = new Inbox<>();
    private Subscription subscription;
    private boolean answered;

    ServiceWatch(Session session, String service) {
        this.controlPlane = session.controlPlane();
        this.request = WatchServiceRequest.newBuilder()
                .setCluster(session.cluster())
                .setService(service)
                .build();
        this.subscription = open();
    }

    private Subscription open() {
        return controlPlane.open(ServicesGrpc.getWatchMethod(), request, inbox::put);
    }

    /**
     * The next view, or nothing when none came within the limit.
     *
     * @throws Refusal when the control plane refuses, or was never reached
     */
    Optional<WatchServiceResponse> next(Duration limit) {
        Optional<StreamEvent<WatchServiceResponse>> event = inbox.take(limit);
        if (event.isEmpty()) {
            return Optional.empty();
        }
        return switch (event.get()) {
            case StreamEvent.Item<WatchServiceResponse> item -> {
                answered = true;
                yield Optional.of(item.message());
            }
            case StreamEvent.Ended<WatchServiceResponse> ended -> again(limit);
            case StreamEvent.Broken<WatchServiceResponse> broken -> {
                boolean passing = broken.error().unreachable() && answered;
                if (!passing && !broken.error().leaderless()) {
                    throw new Refusal(broken.error(), controlPlane.address(), null);
                }
                yield again(limit);
            }
        };
    }

    private Optional<WatchServiceResponse> again(Duration limit) {
        ControlPlane.pause(RETRY.compareTo(limit) < 0 ? RETRY : limit);
        subscription = open();
        return Optional.empty();
    }

    @Override
    public void close() {
        subscription.close();
    }
}
