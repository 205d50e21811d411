package dev.staithe.controlplane.dispatch;

import dev.staithe.proto.agent.v1.Fetch;
import dev.staithe.proto.agent.v1.Fetched;
import java.util.function.Consumer;

/** Answers what agents ask for their tasks. Called on the control loop, of a leader; must not block. */
@FunctionalInterface
public interface Disclosure {
    /**
     * Tells the agent what its task may know, or why not.
     *
     * @param instanceId whose agent asks
     * @param answer on the control loop, now or later, once; the id of the question is added on the way
     */
    void fetch(String instanceId, Fetch question, Consumer<Fetched> answer);
}
