package dev.staithe.controlplane.dispatch;

import dev.staithe.proto.agent.v1.ControlMessage;

/** The wire to one agent. Used from the control loop alone; no call blocks. */
public interface AgentLink {
    /** Hands the message to the wire; it is lost when the link ends before it arrives. */
    void send(ControlMessage message);

    /** Whether the wire takes more without queueing. */
    boolean ready();

    /** Ends the link; nothing happens when it has ended. */
    void close();
}
