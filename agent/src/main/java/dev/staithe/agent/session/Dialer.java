package dev.staithe.agent.session;

import dev.staithe.proto.agent.v1.ControlMessage;

/** Opens links to control planes: over gRPC in a real agent, over the simulated network in the simulator. */
public interface Dialer {
    /**
     * Begins to open a link and returns at once: the link takes messages from the start and keeps them until the wire is
     * there. When the address cannot be reached, the listener is told that the link closed.
     *
     * @param address HOST:PORT
     * @param listener called from any thread, one call at a time, also from within this call
     */
    Link dial(String address, Listener listener);

    /** Who hears of a link. */
    interface Listener {
        void received(ControlMessage message);

        /** The wire takes more after {@link Link#ready} was false. */
        void writable();

        /** The link has ended, whoever ended it; nothing follows. Said once. */
        void closed(String why);
    }
}
