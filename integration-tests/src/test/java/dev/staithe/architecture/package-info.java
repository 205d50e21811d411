/**
 * The rules of the architecture, as tests over every module's main classes. Start reading at
 * {@link dev.staithe.architecture.ArchitectureTest}: think hard about the layering before changing it.
 */
@NullMarked
package dev.staithe.architecture;

import org.jspecify.annotations.NullMarked;
