package dev.staithe.agent.traffic;

import dev.staithe.agent.model.HostPort;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;

/**
 * What says no to new connections to ports of this host, and counts those that there are.
 *
 * <p>Calls block and are made from effects: one change at a time, and one count at a time. What is refused outlives the process
 * and ends with the boot. Only what this agent's gate made is ever changed or removed.
 */
public interface ConnectionGate {
    /**
     * Finds out whether this host lets us refuse connections. Logs once why not. Changes nothing that lasts.
     *
     * @return whether {@link #refuse} does anything
     */
    boolean works();

    /**
     * From now on exactly these ports are refused: the complete set, whatever was refused before, also by an earlier
     * process. Who tries to connect is told at once; connections that there are go on. Ports of other machines with the
     * same numbers stay reachable.
     *
     * @param ports each with the task that it belongs to
     */
    void refuse(SortedMap<HostPort, String> ports) throws IOException;

    /**
     * Connections that may carry a request to a container, or an answer that its client does not have yet.
     *
     * <p>There is no connection where none is answered. A number may be that of up to a second ago where there are connections.
     *
     * @return one for each of these, in their order; empty when this agent cannot see them
     */
    List<OptionalInt> connections(List<Listening> listenings);
}
