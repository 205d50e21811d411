/**
 * What happens in a cluster, as a stream to follow: derived by every replica from the store's feed, kept in memory for a
 * while, stored nowhere. Start reading at {@link dev.staithe.controlplane.events.ClusterEvents}; which change of the state
 * is an event, {@link dev.staithe.controlplane.events.Derivation} says, and nobody else.
 */
@NullMarked
package dev.staithe.controlplane.events;

import org.jspecify.annotations.NullMarked;
