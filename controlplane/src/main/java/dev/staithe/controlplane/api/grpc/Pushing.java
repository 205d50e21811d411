package dev.staithe.controlplane.api.grpc;

import dev.staithe.controlplane.intent.IntentException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Sends a stream to a caller whenever there is something new and the wire takes it.
 *
 * <p>However often {@link Push#signal} is called, from whichever thread, the work runs once at a time and off the caller's
 * thread, and looks anew at what there is: signals are never queued up.
 */
final class Pushing {
    private final Executor executor;
    private final Errors errors;

    Pushing(Executor executor, Errors errors) {
        this.executor = executor;
        this.errors = errors;
    }

    /** Sends what is new, as long as the wire is ready. Called by one thread at a time. */
    @FunctionalInterface
    interface Work {
        void push() throws IntentException;
    }

    /**
     * Begins a stream; to be called before the method of the service returns.
     *
     * @param work makes the work for the stream
     * @param source from where signals come, from now on until the caller has gone; closed then
     */
    <A> void start(StreamObserver<A> caller, Function<Push<A>, Work> work, Function<Runnable, AutoCloseable> source) {
        Push<A> push = new Push<>((ServerCallStreamObserver<A>) caller, executor, errors);
        push.begin(work.apply(push), source);
    }

    /** What a watcher is to know, as it is now. */
    @FunctionalInterface
    interface Latest<A> {
        A now() throws IntentException;
    }

    /**
     * Sends what is so now, and again whenever it is something else. The latest wins: a slow watcher sees fewer steps, never
     * old ones after new ones.
     */
    <A> void latest(StreamObserver<A> caller, Latest<A> latest, Function<Runnable, AutoCloseable> source) {
        start(caller, push -> new Changes<>(push, latest), source);
    }

    private static final class Changes<A> implements Work {
        private final Push<A> push;
        private final Latest<A> latest;
        private Optional<A> last = Optional.empty();

        Changes(Push<A> push, Latest<A> latest) {
            this.push = push;
            this.latest = latest;
        }

        @Override
        public void push() throws IntentException {
            if (push.ready()) {
                A now = latest.now();
                if (!last.equals(Optional.of(now))) {
                    last = Optional.of(now);
                    push.send(now);
                }
            }
        }
    }

    /** One stream. */
    static final class Push<A> {
        private final ServerCallStreamObserver<A> wire;
        private final Executor executor;
        private final Errors errors;
        private final AtomicInteger signals = new AtomicInteger();
        private volatile boolean over;

        private Push(ServerCallStreamObserver<A> wire, Executor executor, Errors errors) {
            this.wire = wire;
            this.executor = executor;
            this.errors = errors;
        }

        private void begin(Work work, Function<Runnable, AutoCloseable> source) {
            Runnable signal = () -> signal(work);
            AutoCloseable subscription = source.apply(signal);
            wire.setOnReadyHandler(signal);
            wire.setOnCancelHandler(() -> {
                over = true;
                close(subscription);
            });
            wire.setOnCloseHandler(() -> close(subscription));
            signal.run();
        }

        /** Whether the wire takes one more message now. */
        boolean ready() {
            return !over && wire.isReady();
        }

        void send(A message) {
            wire.onNext(message);
        }

        /** Ends the stream well. */
        void complete() {
            over = true;
            wire.onCompleted();
        }

        private void signal(Work work) {
            if (signals.getAndIncrement() == 0) {
                try {
                    executor.execute(() -> run(work));
                } catch (RejectedExecutionException closing) {
                    // The process ends, and with it the wire.
                    over = true;
                }
            }
        }

        private void run(Work work) {
            int seen = signals.get();
            while (seen > 0) {
                once(work);
                seen = signals.addAndGet(-seen);
            }
        }

        private void once(Work work) {
            if (over) {
                return;
            }
            try {
                work.push();
            } catch (IntentException refusal) {
                over = true;
                wire.onError(Errors.refused(refusal));
            } catch (RuntimeException bug) {
                over = true;
                wire.onError(errors.unexpected("stream", bug));
            }
        }

        private void close(AutoCloseable subscription) {
            try {
                subscription.close();
            } catch (Exception e) {
                throw new IllegalStateException("subscriptions close without a word", e);
            }
        }
    }
}
