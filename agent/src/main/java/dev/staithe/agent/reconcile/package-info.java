/**
 * What to do next for a task, and why. Start reading at {@link dev.staithe.agent.reconcile.AgentReconciler}. Everything
 * here is pure: no I/O, no clock, no logging, no threads, no randomness.
 */
@NullMarked
package dev.staithe.agent.reconcile;

import org.jspecify.annotations.NullMarked;
