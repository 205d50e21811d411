package dev.staithe.cli.client;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One stream, which goes to the leader when the control plane that was asked first says that it is not the one. What comes in
 * is handed over on the channel's threads.
 */
final class OpenStream<Q, R> implements Conversation<Q> {
    private static final int MOST_REDIRECTS = 3;

    private final Function<String, ManagedChannel> channels;
    private final MethodDescriptor<Q, R> method;
    private final Q first;
    private final boolean nothingMore;
    private final Consumer<StreamEvent<R>> receiver;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable ClientCall<Q, R> call;
    private boolean over;
    private boolean answered;
    private int redirects;

    /** @param nothingMore whether the first message is all that this side says */
    OpenStream(
            Function<String, ManagedChannel> channels,
            MethodDescriptor<Q, R> method,
            Q first,
            boolean nothingMore,
            Consumer<StreamEvent<R>> receiver) {
        this.channels = channels;
        this.method = method;
        this.first = first;
        this.nothingMore = nothingMore;
        this.receiver = receiver;
    }

    void open(String address) {
        lock.lock();
        try {
            if (over) {
                return;
            }
            ClientCall<Q, R> next = channels.apply(address).newCall(method, CallOptions.DEFAULT);
            call = next;
            next.start(new Listener(next), new Metadata());
            next.sendMessage(first);
            if (nothingMore) {
                next.halfClose();
            }
            next.request(1);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void say(Q message) {
        lock.lock();
        try {
            ClientCall<Q, R> current = call;
            while (!over && current != null && !current.isReady()) {
                changed.await();
                current = call;
            }
            if (!over && current != null) {
                current.sendMessage(message);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        ClientCall<Q, R> current = end();
        if (current != null) {
            current.cancel("no longer wanted", null);
        }
    }

    /** Whoever waits to say something sees that it is over. */
    private @Nullable ClientCall<Q, R> end() {
        lock.lock();
        try {
            over = true;
            changed.signalAll();
            return call;
        } finally {
            lock.unlock();
        }
    }

    private final class Listener extends ClientCall.Listener<R> {
        private final ClientCall<Q, R> own;

        Listener(ClientCall<Q, R> own) {
            this.own = own;
        }

        @Override
        public void onMessage(R message) {
            answered = true;
            receiver.accept(new StreamEvent.Item<>(message));
            own.request(1);
        }

        @Override
        public void onReady() {
            lock.lock();
            try {
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            if (status.isOk()) {
                end();
                receiver.accept(new StreamEvent.Ended<>());
                return;
            }
            ApiError error = ApiError.of(status.asRuntimeException(trailers));
            Optional<String> leader = error.leader();
            if (leader.isPresent() && !answered && redirects < MOST_REDIRECTS) {
                redirects++;
                open(leader.get());
                return;
            }
            end();
            receiver.accept(new StreamEvent.Broken<>(error));
        }
    }
}
