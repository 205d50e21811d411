package dev.staithe.agent;

import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.ledger.LedgerWriter;
import dev.staithe.agent.metadata.AgentHealth;
import dev.staithe.agent.metadata.HeldTasks;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.session.ControlSession;
import dev.staithe.agent.task.TaskWorkers;
import java.util.List;
import java.util.Optional;

/** What the host's endpoints may know of the agent. Confined to its loop. */
record HostView(String cluster, LedgerWriter writer, TaskWorkers workers, ControlSession session)
        implements HeldTasks, AgentHealth {
    @Override
    public List<LocalTask> tasks() {
        return workers.tasks();
    }

    @Override
    public Optional<LocalTask> task(String taskId) {
        return workers.task(taskId);
    }

    @Override
    public Optional<ContainerView> sighting(String runtimeId) {
        return workers.sighting(runtimeId);
    }

    @Override
    public String instanceId() {
        return writer.identity().instanceId();
    }

    @Override
    public String version() {
        return AgentVersion.text();
    }

    @Override
    public boolean connected() {
        return session.established();
    }

    @Override
    public boolean engineAnswers() {
        return workers.engineHealthy();
    }

    @Override
    public boolean ledgerWrites() {
        return writer.healthy();
    }
}
