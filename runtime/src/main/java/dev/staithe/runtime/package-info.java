/**
 * What every daemon and the simulator share. Start reading at {@link dev.staithe.runtime.Environment}: everything that
 * may differ between two runs of the same program comes in through it.
 */
@NullMarked
package dev.staithe.runtime;

import org.jspecify.annotations.NullMarked;
