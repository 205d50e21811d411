package dev.staithe.agent.traffic.fake;

import dev.staithe.agent.model.HostPort;
import dev.staithe.agent.model.Listener;
import dev.staithe.agent.traffic.ConnectionGate;
import dev.staithe.agent.traffic.Listening;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/** A host's firewall and its connections as a test or the simulator wants them. It outlives the agents that use it. */
public final class FakeGate implements ConnectionGate {
    /** What {@link #counting} answers where the agent cannot see the connections. */
    public static final int UNSEEN = -1;

    private final TreeMap<HostPort, String> refused = new TreeMap<>();
    private final List<String> looks = new ArrayList<>();
    private ToIntFunction<Listener> count = listener -> 0;
    private int counts;
    private boolean works = true;
    private String fault = "";

    /** What is refused, and for which task. */
    public SortedMap<HostPort, String> refused() {
        return Collections.unmodifiableSortedMap(new TreeMap<>(refused));
    }

    /** The engine's id of each container whose connections were counted, in order. */
    public List<String> looks() {
        return List.copyOf(looks);
    }

    /** How many times connections were counted, of however many containers at a time. */
    public int counts() {
        return counts;
    }

    /** How many connections there are from now on; {@link #UNSEEN} = the agent cannot see them. */
    public void counting(ToIntFunction<Listener> connections) {
        count = connections;
    }

    /** From now on this host has no means to refuse connections. */
    public void breakDown() {
        works = false;
    }

    /** From now on every change fails with these words; empty = none does. */
    public void failWith(String words) {
        fault = words;
    }

    /** The machine boots anew: what was refused is not. */
    public void reboot() {
        refused.clear();
    }

    @Override
    public boolean works() {
        return works;
    }

    @Override
    public void refuse(SortedMap<HostPort, String> ports) throws IOException {
        if (!fault.isEmpty()) {
            throw new IOException(fault);
        }
        refused.clear();
        refused.putAll(ports);
    }

    @Override
    public List<OptionalInt> connections(List<Listening> listenings) {
        counts++;
        List<OptionalInt> found = new ArrayList<>();
        for (Listening each : listenings) {
            looks.add(each.listener().id());
            int connections = count.applyAsInt(each.listener());
            found.add(connections == UNSEEN ? OptionalInt.empty() : OptionalInt.of(connections));
        }
        return found;
    }
}
