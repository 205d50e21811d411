package dev.staithe.agent.metadata;

/** How the agent itself is. Confined to its loop. */
public interface AgentHealth {
    String cluster();

    String instanceId();

    String version();

    /** Whether a session with a control plane stands. */
    boolean connected();

    /** Whether the container engine answers. */
    boolean engineAnswers();

    /** Whether the ledger can be written. */
    boolean ledgerWrites();
}
