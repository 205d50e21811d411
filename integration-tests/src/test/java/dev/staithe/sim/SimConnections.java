package dev.staithe.sim;

import dev.staithe.agent.model.Listener;
import dev.staithe.agent.traffic.fake.FakeGate;
import java.util.TreeMap;

/**
 * How many connections the containers of one host have. Most have none or lose the last one after some looks, or cannot be
 * looked into at all; few have one for ever.
 */
final class SimConnections {
    private static final int MANY_LOOKS = 200;

    private final long seed;
    private final TreeMap<String, Integer> looksLeft = new TreeMap<>();

    SimConnections(long seed) {
        this.seed = seed;
    }

    int count(Listener listener) {
        int left = looksLeft.computeIfAbsent(listener.id(), this::looks);
        if (left == FakeGate.UNSEEN) {
            return FakeGate.UNSEEN;
        }
        looksLeft.put(listener.id(), Math.max(0, left - 1));
        return left == 0 ? 0 : 1 + left % 3;
    }

    private int looks(String container) {
        SimRandom random = new SimRandom(seed, "connections of " + container);
        if (random.chance(0.5)) {
            return 0;
        }
        if (random.chance(0.1)) {
            return FakeGate.UNSEEN;
        }
        return random.chance(0.1) ? Integer.MAX_VALUE : random.nextInt(MANY_LOOKS);
    }
}
