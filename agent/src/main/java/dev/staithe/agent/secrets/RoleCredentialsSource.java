package dev.staithe.agent.secrets;

import dev.staithe.runtime.Outcome;
import java.util.function.Consumer;

/** Credentials of tasks' roles, kept in memory and made new before they expire. Confined to the agent's loop. */
public interface RoleCredentialsSource {
    /**
     * The credentials of the task's role.
     *
     * @param taskId the task that asks: whoever calls has made sure that it is this one
     * @param then on the loop, at once where they are at hand; or a {@link dev.staithe.agent.container.ContainerFault} with the
     *     reason: the task has no role, the role is unknown, the control plane does not answer
     */
    void credentials(String taskId, Consumer<Outcome<RoleCredentials>> then);
}
