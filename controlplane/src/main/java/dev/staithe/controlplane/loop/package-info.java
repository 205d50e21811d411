/**
 * The one loop that decides. Start reading at {@link dev.staithe.controlplane.loop.ControlLoop}; one turn of it is a
 * {@code Pass}, which turns facts, commands and dirty keys into a draft without touching anything.
 */
@NullMarked
package dev.staithe.controlplane.loop;

import org.jspecify.annotations.NullMarked;
