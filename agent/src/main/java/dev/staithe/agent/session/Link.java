package dev.staithe.agent.session;

import dev.staithe.proto.agent.v1.AgentMessage;

/** One stream to a control plane. Used from the agent's loop alone; no call blocks. */
public interface Link {
    /** Hands the message to the wire; it is lost when the link ends before it arrives. */
    void send(AgentMessage message);

    /** Whether the wire takes more without queueing; bulk (log lines) waits until it does. */
    boolean ready();

    /** Ends the link. */
    void close();
}
