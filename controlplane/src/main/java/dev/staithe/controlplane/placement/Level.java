package dev.staithe.controlplane.placement;

import java.util.ArrayList;
import java.util.List;

/** One step of a ranking: the smallest figure is the best, and the next level only decides between equals. */
sealed interface Level {
    /**
     * Tasks of the group on the hosts that share the values of this attribute and of all over which was spread before.
     *
     * @param depth how many those are
     */
    record Zone(String attribute, int depth) implements Level {}

    /** Tasks of the group on the host. */
    record Host() implements Level {}

    /** CPU units left. */
    record FreeCpu() implements Level {}

    /** MiB left. */
    record FreeMemory() implements Level {}

    /** MiB left, the most first. */
    record MostMemory() implements Level {}

    /** No figure: {@link Lots#pick} chooses among those that are equal so far. Nothing comes after it. */
    record Lot() implements Level {}

    /**
     * The levels of a request. Spreading alone leaves ties, which are broken as the default strategy does: the host with the
     * fewest tasks of the group, then the one with most memory left. What is then still equal is decided by the id.
     */
    static List<Level> of(List<Strategy> strategies) {
        List<Level> levels = new ArrayList<>();
        boolean spread = true;
        int depth = 0;
        for (Strategy strategy : strategies) {
            switch (strategy) {
                case Strategy.SpreadAttribute attribute -> levels.add(new Zone(attribute.name(), depth++));
                case Strategy.SpreadHosts hosts -> levels.add(new Host());
                case Strategy.Binpack binpack -> {
                    levels.add(
                            switch (binpack.resource()) {
                                case CPU -> new FreeCpu();
                                case MEMORY -> new FreeMemory();
                            });
                    spread = false;
                }
                case Strategy.Random random -> {
                    levels.add(new Lot());
                    return levels;
                }
            }
        }
        if (spread) {
            if (!levels.contains(new Host())) {
                levels.add(new Host());
            }
            levels.add(new MostMemory());
        }
        return levels;
    }
}
