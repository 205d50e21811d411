/**
 * The way to the control plane: the channel, deadlines, redirects to the leader, and what its errors mean. Start reading
 * at {@link dev.staithe.cli.client.ControlPlane}.
 */
@NullMarked
package dev.staithe.cli.client;

import org.jspecify.annotations.NullMarked;
