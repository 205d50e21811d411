/**
 * {@code staithe}, the command line for operators. Start reading at {@link dev.staithe.cli.Main}; what a user can type is
 * in {@code command}, one class for each verb.
 */
@NullMarked
package dev.staithe.cli;

import org.jspecify.annotations.NullMarked;
