/** Tests of the one loop, in virtual time, on a store in memory: {@link dev.staithe.controlplane.loop.ControlLoopTest}. */
@NullMarked
package dev.staithe.controlplane.loop;

import org.jspecify.annotations.NullMarked;
