package dev.staithe.agent;

import java.util.Optional;

/** The release of this agent. */
final class AgentVersion {
    private AgentVersion() {}

    /** As the jar's manifest has it; "development" when it runs from classes. */
    static String text() {
        return Optional.ofNullable(Agent.class.getPackage().getImplementationVersion())
                .orElse("development");
    }
}
