package dev.staithe.agent.sandbox;

/**
 * A container that holds a network and does nothing else.
 *
 * @param id the engine's
 * @param key which network, {@link dev.staithe.agent.container.NetworkSettings#key}
 * @param running one that has stopped holds nothing any more
 */
record Sandbox(String id, String key, Use use, boolean running) {
    /** Who has it. Once used it is never given to another: it ends with its user. */
    sealed interface Use {
        /** Nobody: it is ready. */
        record Free() implements Use {}

        /** A container of a task has joined it, or is about to. */
        record By(String taskId, String container) implements Use {}
    }

    boolean free() {
        return use instanceof Use.Free;
    }

    Sandbox usedBy(String taskId, String container) {
        return new Sandbox(id, key, new Use.By(taskId, container), running);
    }
}
