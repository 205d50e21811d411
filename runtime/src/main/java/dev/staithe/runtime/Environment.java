package dev.staithe.runtime;

import java.util.function.Function;

/**
 * Everything that may differ between two runs: the one thing that {@code main} and the simulator build differently.
 *
 * @param loops makes the event loop of an owner of state, by name
 */
public record Environment(
        Time time, Function<String, EventLoop> loops, Effects effects, Randomness randomness, Ids ids, Faults faults) {
    /** A loop for an owner of state, named for logs and thread dumps. */
    public EventLoop loop(String name) {
        return loops.apply(name);
    }
}
