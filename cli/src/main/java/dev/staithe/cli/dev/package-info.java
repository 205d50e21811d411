/**
 * Staithe on one machine: a control plane and an agent as background processes that outlive the command line. Start
 * reading at {@link dev.staithe.cli.dev.Standalone}.
 */
@NullMarked
package dev.staithe.cli.dev;

import org.jspecify.annotations.NullMarked;
