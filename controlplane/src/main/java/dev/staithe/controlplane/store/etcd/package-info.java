/**
 * The store that several control planes share. Start reading at {@link dev.staithe.controlplane.store.etcd.EtcdStore}.
 *
 * <p>It speaks to etcd through jetcd's generated stubs, on a gRPC channel of its own, and leaves out jetcd's client on top
 * of them. That client repeats a transaction whose answer was lost (so that one that was applied is reported as a
 * conflict), takes the revision at which a watch was created for the one to resume from (so that a watch which breaks
 * before its history has arrived skips it), gives a broken watch one new try, and measures leases by the wall clock. Here
 * a lost answer stays unknown, a watch is resumed at what was handed over, and nobody but the caller measures a lease.
 */
@NullMarked
package dev.staithe.controlplane.store.etcd;

import org.jspecify.annotations.NullMarked;
