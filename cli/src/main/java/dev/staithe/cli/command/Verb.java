package dev.staithe.cli.command;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;

/** Something that a user can ask for. The parser fills in its options before it runs. */
interface Verb {
    /**
     * Does it.
     *
     * @throws CommandFailure when it cannot be done
     */
    ExitCode run(Session session) throws Exception;
}
