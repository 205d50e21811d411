package dev.staithe.controlplane.dispatch;

import dev.staithe.proto.agent.v1.AgentMessage;

/** What comes over one agent's wire. Called from any thread, in the order of the wire. */
public interface Inbound {
    void received(AgentMessage message);

    /** The wire takes more after {@link AgentLink#ready} was false. */
    void writable();

    /** The link has ended; nothing follows. More than once means nothing more. */
    void closed(String why);
}
