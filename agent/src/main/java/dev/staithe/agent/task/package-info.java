/**
 * Carries out what is decided. Start reading at {@link dev.staithe.agent.task.TaskWorkers}, which holds one worker for each
 * task; a worker is the only writer of its task's local state.
 */
@NullMarked
package dev.staithe.agent.task;

import org.jspecify.annotations.NullMarked;
