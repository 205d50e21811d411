/** Runs whole command lines against a scripted control plane: arguments in; standard output, error and exit code out. */
@NullMarked
package dev.staithe.cli;

import org.jspecify.annotations.NullMarked;
