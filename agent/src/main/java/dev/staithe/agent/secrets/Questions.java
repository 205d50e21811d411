package dev.staithe.agent.secrets;

import dev.staithe.proto.agent.v1.Fetch;
import dev.staithe.proto.agent.v1.Fetched;
import dev.staithe.runtime.Outcome;
import java.time.Duration;
import java.util.function.Consumer;

/** Puts questions to the leading control plane. Confined to the agent's loop. */
@FunctionalInterface
public interface Questions {
    /**
     * Asks, now or as soon as there is a session.
     *
     * @param question its id is given on the way
     * @param patience how long an answer is waited for, with or without a session
     * @param then on the loop: an answer without an error, or a {@link dev.staithe.agent.container.ContainerFault}
     */
    void ask(Fetch question, Duration patience, Consumer<Outcome<Fetched>> then);
}
