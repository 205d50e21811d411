package dev.staithe.cli.command;

import dev.staithe.cli.client.ControlPlane;
import dev.staithe.cli.client.Inbox;
import dev.staithe.cli.client.Refusal;
import dev.staithe.cli.client.StreamEvent;
import dev.staithe.cli.client.Subscription;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A stream of the control plane that has no end of its own. When the control plane goes away, the stream is opened again,
 * with the request as it is then: a caller that knows where it was asks to go on from there.
 */
final class Following<Q, R> implements AutoCloseable {
    private static final Duration RETRY = Duration.ofMillis(500);

    private final ControlPlane controlPlane;
    private final MethodDescriptor<Q, R> method;
    private final Supplier<Q> request;
    private final Inbox<StreamEvent<R>> inbox = new Inbox<>();
    private Subscription subscription;
    private boolean answered;

    Following(ControlPlane controlPlane, MethodDescriptor<Q, R> method, Supplier<Q> request) {
        this.controlPlane = controlPlane;
        this.method = method;
        this.request = request;
        this.subscription = open();
    }

    private Subscription open() {
        return controlPlane.open(method, request.get(), inbox::put);
    }

    /**
     * The next message, or nothing when none came within the limit.
     *
     * @throws Refusal when the control plane refuses, or was never reached; the stream may be {@link #reopen}ed
     */
    Optional<R> next(Duration limit) {
        Optional<StreamEvent<R>> event = inbox.take(limit);
        if (event.isEmpty()) {
            return Optional.empty();
        }
        return switch (event.get()) {
            case StreamEvent.Item<R> item -> {
                answered = true;
                yield Optional.of(item.message());
            }
            case StreamEvent.Ended<R> ended -> again(limit);
            case StreamEvent.Broken<R> broken -> {
                boolean passing = broken.error().unreachable() && answered;
                if (!passing && !broken.error().leaderless()) {
                    throw new Refusal(broken.error(), controlPlane.address(), null);
                }
                yield again(limit);
            }
        };
    }

    private Optional<R> again(Duration limit) {
        ControlPlane.pause(RETRY.compareTo(limit) < 0 ? RETRY : limit);
        reopen();
        return Optional.empty();
    }

    /** Opens it again, with the request as it is now. */
    void reopen() {
        subscription = open();
    }

    @Override
    public void close() {
        subscription.close();
    }
}
