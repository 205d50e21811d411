/**
 * Real processes on real Docker, a real etcd and the embedded store: what happens when any of them is killed, stopped or
 * misled. Start reading at {@link dev.staithe.multinode.Site}, then {@link dev.staithe.multinode.ControlPlaneCrashTest}; for
 * several hosts, {@link dev.staithe.multinode.OperatorStoryTest}.
 *
 * <p>Waits are for conditions, with limits that fit a busy machine; nothing here sleeps for a fixed time.
 */
@NullMarked
package dev.staithe.multinode;

import org.jspecify.annotations.NullMarked;
