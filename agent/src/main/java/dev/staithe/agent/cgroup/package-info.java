/**
 * Limits for a task as a whole, by cgroups of the host. Start reading at {@link dev.staithe.agent.cgroup.TaskCgroups}, the one
 * public type beside what may come of looking for it. Only the engine's runtime asks here: its containers go into these groups.
 */
@NullMarked
package dev.staithe.agent.cgroup;

import org.jspecify.annotations.NullMarked;
