package dev.staithe.cli.client;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.runtime.Time;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.AbstractBlockingStub;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The connection of one run of the command line to a control plane.
 *
 * <p>Gives every call a deadline, follows a replica's redirect to the leader, waits out an election, and turns what went
 * wrong into a {@link CommandFailure}. Connects at the first call. Used by one thread, and by those of the streams that it opens.
 */
public final class ControlPlane implements AutoCloseable {
    /** For calls that answer at once. */
    private static final Duration CALL_LIMIT = Duration.ofSeconds(10);

    /** Longer than an election takes with the default lease. */
    private static final Duration ELECTION_LIMIT = Duration.ofSeconds(20);

    private static final Duration ELECTION_PAUSE = Duration.ofMillis(200);
    private static final int MOST_REDIRECTS = 3;

    private final String address;
    private final Time time;
    private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();

    /** @param address HOST:PORT */
    public ControlPlane(String address, Time time) {
        this.address = address;
        this.time = time;
    }

    /** HOST:PORT. */
    public String address() {
        return address;
    }

    /**
     * Makes one call that answers at once.
     *
     * @throws CommandFailure when it is refused or nobody answers
     */
    public <S extends AbstractBlockingStub<S>, T> T call(Function<Channel, S> stub, Function<S, T> call) {
        return tryCall(stub, call, CALL_LIMIT);
    }

    /** The answer, or nothing when the control plane cannot be reached at the moment. */
    public <S extends AbstractBlockingStub<S>, T> Optional<T> callIfReachable(
            Function<Channel, S> stub, Function<S, T> call, Duration limit) {
        ManagedChannel channel = channel(address);
        // Whoever asks again soon does not want to wait for the channel's own pause between two attempts.
        channel.resetConnectBackoff();
        try {
            return Optional.of(
                    call.apply(stub.apply(channel).withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS)));
        } catch (StatusRuntimeException e) {
            ApiError error = ApiError.of(e);
            if (error.unreachable() || error.leaderless()) {
                return Optional.empty();
            }
            throw new Refusal(error, address, e);
        }
    }

    private <S extends AbstractBlockingStub<S>, T> T tryCall(
            Function<Channel, S> stub, Function<S, T> call, Duration limit) {
        long giveUp = time.nanos() + ELECTION_LIMIT.toNanos();
        String target = address;
        int redirects = 0;
        while (true) {
            try {
                return call.apply(stub.apply(channel(target)).withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS));
            } catch (StatusRuntimeException e) {
                ApiError error = ApiError.of(e);
                Optional<String> leader = error.leader();
                if (leader.isPresent() && redirects < MOST_REDIRECTS) {
                    target = leader.get();
                    redirects++;
                } else if (error.leaderless() && time.nanos() < giveUp) {
                    target = address;
                    pause(ELECTION_PAUSE);
                } else {
                    throw new Refusal(error, target, e);
                }
            }
        }
    }

    /**
     * Opens a stream of messages, at the leader when only that one can answer. They arrive on threads of the channel, one at a
     * time; the last event is {@link StreamEvent.Ended} or {@link StreamEvent.Broken}. The receiver may block: the sender is
     * held back then.
     */
    public <Q, R> Subscription open(MethodDescriptor<Q, R> method, Q request, Consumer<StreamEvent<R>> receiver) {
        return open(method, request, true, receiver);
    }

    /** Opens a stream on which both sides speak; what comes is handed over as by {@link #open}. */
    public <Q, R> Conversation<Q> converse(MethodDescriptor<Q, R> method, Q first, Consumer<StreamEvent<R>> receiver) {
        return open(method, first, false, receiver);
    }

    private <Q, R> Conversation<Q> open(
            MethodDescriptor<Q, R> method, Q first, boolean nothingMore, Consumer<StreamEvent<R>> receiver) {
        OpenStream<Q, R> stream = new OpenStream<>(this::channel, method, first, nothingMore, receiver);
        stream.open(address);
        return stream;
    }

    /** Lets a moment pass between two tries. */
    public static void pause(Duration duration) {
        try {
            boolean never = new CountDownLatch(1).await(duration.toNanos(), TimeUnit.NANOSECONDS);
            assert !never;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ManagedChannel channel(String target) {
        return channels.computeIfAbsent(target, ControlPlane::connect);
    }

    private static ManagedChannel connect(String target) {
        Address address = Address.parse(target);
        return NettyChannelBuilder.forAddress(new InetSocketAddress(address.host(), address.port()))
                .usePlaintext()
                .disableServiceConfigLookUp()
                .disableRetry()
                .maxInboundMessageSize(64 * 1024 * 1024)
                .build();
    }

    @Override
    public void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
    }
}
