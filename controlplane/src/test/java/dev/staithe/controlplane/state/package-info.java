/** Tests of the state and of who keeps it: {@link dev.staithe.controlplane.state.ClusterStateTest}. */
@NullMarked
package dev.staithe.controlplane.state;

import org.jspecify.annotations.NullMarked;
