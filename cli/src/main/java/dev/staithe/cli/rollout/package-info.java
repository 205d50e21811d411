/**
 * Whether a change has arrived, and why not. Start reading at {@link dev.staithe.cli.rollout.Rollout}, which judges what
 * the control plane shows; {@link dev.staithe.cli.rollout.Cause} says what made a task fail, and
 * {@link dev.staithe.cli.rollout.FailureReport} puts it on one screen. All of it is pure.
 */
@NullMarked
package dev.staithe.cli.rollout;

import org.jspecify.annotations.NullMarked;
