/**
 * The cluster query language: which container instances an expression selects. Pure, and without any bound to the rest of
 * the control plane: what an expression asks of an instance is {@link
 * dev.staithe.controlplane.placement.query.QuerySubject}. Start reading at {@link
 * dev.staithe.controlplane.placement.query.ClusterQuery}; the grammar is in {@code docs/query-language.md}.
 */
@NullMarked
package dev.staithe.controlplane.placement.query;

import org.jspecify.annotations.NullMarked;
