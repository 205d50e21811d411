/**
 * The daemon on every host: it drives the container engine and reports facts. Start reading at {@link dev.staithe.agent.Agent}, the composition root. Desired state comes in through {@code session} and becomes durable in
 * {@code ledger}; {@code reconcile} decides, {@code task} acts through {@code container}; facts leave through {@code session}.
 */
@NullMarked
package dev.staithe.agent;

import org.jspecify.annotations.NullMarked;
