/**
 * What a user can type: one class for each verb, named after its noun. Start reading at
 * {@link dev.staithe.cli.command.CommandTree}, which lists the nouns; a {@link dev.staithe.cli.command.Verb} gets its
 * options from the parser and everything else from the {@link dev.staithe.cli.command.Session}.
 */
@NullMarked
package dev.staithe.cli.command;

import org.jspecify.annotations.NullMarked;
