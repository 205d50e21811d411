/** The store of tests and of the simulator: {@link dev.staithe.controlplane.store.memory.MemoryStore}. */
@NullMarked
package dev.staithe.controlplane.store.memory;

import org.jspecify.annotations.NullMarked;
