package dev.staithe.agent.traffic.linux;

import dev.staithe.agent.model.HostPort;
import java.io.IOException;
import java.util.SortedMap;

/** A way to refuse new connections to ports of this host. It changes nothing but what it made itself. */
interface Firewall {
    /** For the log. */
    String name();

    /** Fails, with the reason, where it cannot be used. Changes nothing. */
    void check() throws IOException;

    /** Refuses exactly these ports, each with the task that it belongs to; with none, nothing of ours is left on the host. */
    void refuse(SortedMap<HostPort, String> ports) throws IOException;
}
