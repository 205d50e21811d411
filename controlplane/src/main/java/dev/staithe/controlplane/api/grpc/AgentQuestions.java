package dev.staithe.controlplane.api.grpc;

import dev.staithe.controlplane.dispatch.AgentSessions;
import dev.staithe.controlplane.dispatch.Answers;
import dev.staithe.proto.agent.v1.Ask;

/** Who asks the agent of a host: {@link AgentSessions#ask}. Called on the control loop. */
@FunctionalInterface
public interface AgentQuestions {
    AgentSessions.Asking ask(String instanceId, Ask ask, Answers answers);
}
