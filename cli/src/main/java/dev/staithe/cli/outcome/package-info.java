/**
 * How a command ends: {@link dev.staithe.cli.outcome.ExitCode} for scripts, {@link dev.staithe.cli.outcome.CommandFailure}
 * for people. Knows nothing else of the command line, so that every other package may use it.
 */
@NullMarked
package dev.staithe.cli.outcome;

import org.jspecify.annotations.NullMarked;
