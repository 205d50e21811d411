package dev.staithe.controlplane.api.grpc;

import dev.staithe.controlplane.intent.IntentException;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/** Answers a call with one message, or with why not. */
final class Calls {
    private Calls() {}

    /** Makes the answer; may block. */
    @FunctionalInterface
    interface Work<A> {
        A answer() throws IntentException;
    }

    /** Nothing is begun for a caller who has gone, or whose deadline has passed. */
    static <A> void answer(StreamObserver<A> caller, Work<A> work) {
        if (Context.current().isCancelled()) {
            caller.onError(
                    Status.CANCELLED.withDescription("the caller has gone").asRuntimeException());
            return;
        }
        A answer;
        try {
            answer = work.answer();
        } catch (IntentException refusal) {
            caller.onError(Errors.refused(refusal));
            return;
        }
        caller.onNext(answer);
        caller.onCompleted();
    }
}
