package dev.staithe.agent.task;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerRuntime;
import dev.staithe.agent.image.ImagePulls;
import dev.staithe.agent.ledger.LedgerWriter;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.reconcile.AgentReconciler;
import dev.staithe.agent.reconcile.TaskEndpoints;
import dev.staithe.agent.sandbox.SandboxPool;
import dev.staithe.agent.secrets.TaskSecrets;
import dev.staithe.agent.traffic.Gatekeeper;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * What every worker works with.
 *
 * @param sightings told of every look at a container
 * @param sandboxes from which containers get ready networks, told of every change of a task
 * @param endpoints that this host has for its tasks
 * @param books asked before anything is created for a task
 * @param groups told when a task has stopped
 * @param begun whether the containers of the host have been listed: before that nobody acts
 * @param reports told of every task whose reported state changed, once that is durable
 * @param unavailable told when a call found that the engine does not answer
 * @param relist asks for a full look at the host
 * @param forgotten told when a worker is done
 */
record Tools(
        Environment environment,
        EventLoop loop,
        AgentReconciler reconciler,
        ContainerRuntime runtime,
        Sightings sightings,
        SandboxPool sandboxes,
        TaskEndpoints endpoints,
        EngineSteps engine,
        ImagePulls pulls,
        TaskSecrets secrets,
        Gatekeeper gatekeeper,
        Books books,
        TaskGroups groups,
        LedgerWriter ledger,
        String instanceId,
        long incarnation,
        BooleanSupplier begun,
        Consumer<LocalTask> reports,
        Consumer<ContainerFault> unavailable,
        Runnable relist,
        Consumer<String> forgotten) {}
