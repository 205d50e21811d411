/**
 * Where the cluster's state is kept: revisions, transactions, a feed. Start reading at
 * {@link dev.staithe.controlplane.store.Store}; what every implementation promises is tested by one contract test.
 */
@NullMarked
package dev.staithe.controlplane.store;

import org.jspecify.annotations.NullMarked;
