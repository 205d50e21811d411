/**
 * What a task may know and the host's disk may not: values of secrets and credentials of roles, asked of the control plane when
 * they are needed. Start reading at {@link dev.staithe.agent.secrets.SecretSource} and
 * {@link dev.staithe.agent.secrets.RoleCredentialsSource}.
 */
@NullMarked
package dev.staithe.agent.secrets;

import org.jspecify.annotations.NullMarked;
