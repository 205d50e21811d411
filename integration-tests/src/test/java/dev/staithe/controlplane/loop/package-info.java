/** The door by which benchmarks reach the control loop's passes: {@code PassRig}. */
@NullMarked
package dev.staithe.controlplane.loop;

import org.jspecify.annotations.NullMarked;
