package dev.staithe.agent.container.docker;

import dev.staithe.agent.container.ContainerRequest;

/** Translates one group of a definition's fields into Docker's, and no others. Does no I/O. */
interface ContainerMapper {
    /**
     * Adds to the draft what the request says of this group.
     *
     * @throws IllegalArgumentException when a value cannot be honoured; the message names the field, the value and what was
     *     expected
     */
    void map(ContainerRequest request, ContainerDraft draft);
}
