package dev.staithe.controlplane.placement;

import dev.staithe.controlplane.model.ContainerInstance;
import java.util.List;

/**
 * A host that can take the next task of a request, in its place among those that can.
 *
 * @param figures what decided, in the order in which it does; the id decides what they leave open
 */
public record Ranked(ContainerInstance host, List<Figure> figures) {
    public Ranked {
        figures = List.copyOf(figures);
    }

    /**
     * What a strategy, or what breaks ties, found.
     *
     * @param strategy as a user writes it: "spread attribute:rack", "binpack memory"; or "most free memory"
     * @param detail for people: "rack=r1 has 2 tasks of service:web"
     */
    public record Figure(String strategy, String detail) {}
}
