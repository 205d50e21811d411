/**
 * What several stores are made of: {@link dev.staithe.controlplane.store.parts.Subscription} (one follower's feed),
 * {@link dev.staithe.controlplane.store.parts.Guards} (the order in which guards fail) and
 * {@link dev.staithe.controlplane.store.parts.Leases} (leases of a store that lives in one process). Only stores use it.
 */
@NullMarked
package dev.staithe.controlplane.store.parts;

import org.jspecify.annotations.NullMarked;
