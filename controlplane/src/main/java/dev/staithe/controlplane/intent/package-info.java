/**
 * What users want: validated, completed with defaults, stamped with time and id, and written to the {@code intent/} keys by
 * compare-and-set. Knows no wire protocol: the API's edges and the simulator call the same methods. Start reading at
 * {@link dev.staithe.controlplane.intent.Services}; {@link dev.staithe.controlplane.intent.TaskDefinitions} and
 * {@link dev.staithe.controlplane.intent.Clusters} are its siblings, {@link dev.staithe.controlplane.intent.Tasks} checks
 * what only the leader can carry out and hands it to {@link dev.staithe.controlplane.intent.TaskCommands}.
 */
@NullMarked
package dev.staithe.controlplane.intent;

import org.jspecify.annotations.NullMarked;
