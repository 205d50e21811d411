package dev.staithe.cli.command;

import java.util.List;

/** What a group of verbs is about. */
interface Noun {
    /** The verbs, in the order in which help lists them. */
    List<Verb> verbs();

    /** What belongs to such a thing and has verbs of its own. */
    default List<Object> parts() {
        return List.of();
    }
}
