package dev.staithe.controlplane.dispatch;

import dev.staithe.proto.agent.v1.Answer;

/** Where the answer to a question goes. */
@FunctionalInterface
public interface Answers {
    /**
     * A part of the answer. The last one says so, and carries an error when the answer is not complete. Called on the control
     * loop; must not block.
     */
    void answered(Answer part);

    /** The only and last part of an answer that is none. */
    static Answer failure(String error) {
        return Answer.newBuilder().setEnd(true).setError(error).build();
    }
}
