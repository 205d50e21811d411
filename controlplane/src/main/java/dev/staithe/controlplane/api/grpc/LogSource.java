package dev.staithe.controlplane.api.grpc;

import dev.staithe.controlplane.dispatch.AgentSessions;
import dev.staithe.controlplane.dispatch.Answers;
import dev.staithe.proto.agent.v1.LogsAsk;

/** Who brings log lines from a host: {@link AgentSessions#ask}. Called on the control loop. */
@FunctionalInterface
public interface LogSource {
    AgentSessions.Asking ask(String instanceId, LogsAsk ask, Answers answers);
}
