package dev.staithe.agent.session;

import dev.staithe.proto.agent.v1.Answer;
import dev.staithe.proto.agent.v1.Ask;

/** Answers the control plane's questions. Confined to the loop. */
public interface Asks {
    /** A question, or the end of one. */
    void asked(Ask ask, Wire wire);

    /** The wire takes more. */
    void writable();

    /** The session is over: nobody waits for answers. */
    void disconnected();

    /** Where answers go. */
    interface Wire {
        /** Whether an answer can go out without queueing. */
        boolean ready();

        void send(Answer answer);
    }
}
