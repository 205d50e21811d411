/**
 * Compares what is wanted with what is, and answers with decisions as data. Pure: no I/O, no clock, no logging, no threads,
 * no randomness; the moment and the leader's own sightings are arguments. Start reading at
 * {@link dev.staithe.controlplane.reconcile.ServiceReconciler}.
 */
@NullMarked
package dev.staithe.controlplane.reconcile;

import org.jspecify.annotations.NullMarked;
