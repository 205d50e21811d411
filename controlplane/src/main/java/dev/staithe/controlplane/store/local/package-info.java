/**
 * The store of one machine: SQLite in a directory that belongs to one process. Start reading at
 * {@link dev.staithe.controlplane.store.local.LocalStore}; {@code Journal} is the only type that speaks SQL.
 */
@NullMarked
package dev.staithe.controlplane.store.local;

import org.jspecify.annotations.NullMarked;
