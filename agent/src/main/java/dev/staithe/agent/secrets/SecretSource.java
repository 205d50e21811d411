package dev.staithe.agent.secrets;

import dev.staithe.runtime.Outcome;
import java.util.SortedSet;
import java.util.function.Consumer;

/**
 * Values of secrets, from the control plane, which hands out to a task only what its definition names.
 *
 * <p>Confined to the agent's loop. Nothing is kept: whoever asks uses the values and drops them.
 */
public interface SecretSource {
    /**
     * Asks for the values.
     *
     * @param names as the definition has them: valueFrom, value of an environment file, credentialsParameter
     * @param then on the loop: all of them, or a {@link dev.staithe.agent.container.ContainerFault} that says which are missing
     *     and whether it makes sense to ask again
     */
    void fetch(String taskId, SortedSet<String> names, Consumer<Outcome<SecretValues>> then);
}
