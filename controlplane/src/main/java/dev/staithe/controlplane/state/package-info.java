/**
 * What the store says, as one immutable value. Start reading at {@link dev.staithe.controlplane.state.ClusterState};
 * {@link dev.staithe.controlplane.state.StateReplica} keeps the newest one by following the store's feed, and
 * {@link dev.staithe.controlplane.state.Records} is the one place where stored bytes become model values and back.
 */
@NullMarked
package dev.staithe.controlplane.state;

import org.jspecify.annotations.NullMarked;
