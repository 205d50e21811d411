package dev.staithe.agent.task;

import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.agent.container.ContainerRuntime;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.ContainerWatch;
import dev.staithe.agent.container.ImageReference;
import dev.staithe.agent.host.RealPaths;
import dev.staithe.agent.image.ImagePulls;
import dev.staithe.agent.ledger.LedgerWriter;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.model.LocalTask.Claim;
import dev.staithe.agent.model.Progress.Status;
import dev.staithe.agent.reconcile.Admission;
import dev.staithe.agent.reconcile.AgentReconciler;
import dev.staithe.agent.reconcile.AssignmentCheck;
import dev.staithe.agent.reconcile.TaskEndpoints;
import dev.staithe.agent.sandbox.SandboxPool;
import dev.staithe.agent.secrets.TaskSecrets;
import dev.staithe.agent.traffic.Gatekeeper;
import dev.staithe.runtime.AssignmentDigest;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every task that this host holds, each with its worker. Orders come in from the session, looks from the container watch.
 *
 * <p>Nothing is done to a container before {@link #begin}: first all that is on the host is seen. Confined to the loop.
 */
public final class TaskWorkers implements ContainerWatch.Sink, SandboxPool.Tasks {
    private static final Logger LOG = LoggerFactory.getLogger(TaskWorkers.class);
    private static final Duration NETWORK_LOST_AFTER = Duration.ofSeconds(2);

    private final TreeMap<String, TaskWorker> workers = new TreeMap<>();
    private final String bootId;
    private final EventLoop loop;
    private final SandboxPool sandboxes;
    private final ContainerWatch watch;
    private final Tools tools;
    private boolean begun;

    /**
     * Takes up the tasks of the ledger.
     *
     * @param paths follows what tasks would mount
     * @param sandboxes from which containers get ready networks
     * @param endpoints that this host has for its tasks
     * @param gatekeeper has begun
     * @param admission what this host has for tasks
     * @param pulls where their images come from
     * @param reports told of every task whose reported state changed, once that is durable
     */
    public TaskWorkers(
            Environment environment,
            EventLoop loop,
            AgentReconciler reconciler,
            String bootId,
            ContainerRuntime runtime,
            RealPaths paths,
            SandboxPool sandboxes,
            TaskEndpoints endpoints,
            Gatekeeper gatekeeper,
            Admission admission,
            ImagePulls pulls,
            LedgerWriter ledger,
            TaskSecrets secrets,
            List<LocalTask> held,
            Consumer<LocalTask> reports) {
        this.bootId = bootId;
        this.loop = loop;
        this.sandboxes = sandboxes;
        this.watch = new ContainerWatch(environment, loop, runtime, this);
        this.tools = new Tools(
                environment,
                loop,
                reconciler,
                runtime,
                new Sightings(),
                sandboxes,
                endpoints,
                new EngineSteps(runtime, paths),
                pulls,
                secrets,
                gatekeeper,
                new Books(admission, loop, this::advance),
                new TaskGroups(loop, environment.effects(), runtime),
                ledger,
                ledger.identity().instanceId(),
                ledger.identity().incarnation(),
                () -> begun,
                reports,
                watch::unavailable,
                watch::relist,
                workers::remove);
        held.forEach(task -> workers.put(task.taskId(), TaskWorker.restored(tools, task)));
    }

    /** Looks at everything on the host, takes up what the ledger does not know, then begins to act and says so. */
    public void begin(Runnable ready) {
        watch.start(() -> {
            begun = true;
            tools.secrets().keepOnly(unfinished());
            tools.groups().begin(this::unfinished);
            sandboxes.begin(this);
            List.copyOf(workers.values()).forEach(TaskWorker::advance);
            ready.run();
        });
    }

    private void advance(String taskId) {
        Optional.ofNullable(workers.get(taskId)).ifPresent(TaskWorker::advance);
    }

    private SortedSet<String> unfinished() {
        TreeSet<String> ids = new TreeSet<>();
        tasks().stream().filter(task -> task.status() != Status.STOPPED).forEach(task -> ids.add(task.taskId()));
        return ids;
    }

    /** Looks and acts no more; containers stay as they are. */
    public void close() {
        begun = false;
        sandboxes.close();
        watch.close();
    }

    /** Whether the container engine answers. */
    public boolean engineHealthy() {
        return watch.healthy();
    }

    /** Every task that is held, in the order of their ids. */
    @Override
    public List<LocalTask> tasks() {
        return workers.values().stream().map(TaskWorker::state).toList();
    }

    public Optional<LocalTask> task(String taskId) {
        return Optional.ofNullable(workers.get(taskId)).map(TaskWorker::state);
    }

    /** The newest look at a container, by the engine's id. */
    public Optional<ContainerView> sighting(String runtimeId) {
        return tools.sightings().of(runtimeId);
    }

    /** Canonical names of the images that tasks need which are not over. */
    public SortedSet<String> neededImages() {
        TreeSet<String> names = new TreeSet<>();
        workers.values().stream()
                .map(TaskWorker::state)
                .filter(task -> task.status() != Status.STOPPED)
                .flatMap(task -> task.containers().stream())
                .forEach(container -> names.add(ImageReference.canonical(container.image())));
        return names;
    }

    /** How far the images have come that the task waits for: by container, for people; empty when it waits for none. */
    public SortedMap<String, String> pulls(String taskId) {
        return Optional.ofNullable(workers.get(taskId)).map(TaskWorker::pulls).orElseGet(TreeMap::new);
    }

    /** The digest of the set of assignments, as the control plane computes it. */
    public long digest() {
        TreeMap<String, String> desired = new TreeMap<>();
        for (TaskWorker worker : workers.values()) {
            AssignedTask assignment = worker.state().assignment();
            if (worker.state().claim() == Claim.ASSIGNED && assignment != null) {
                desired.put(worker.state().taskId(), assignment.desired().name());
            }
        }
        return AssignmentDigest.of(desired);
    }

    /** The control plane wants this. */
    public void assign(AssignedTask wanted) {
        TaskWorker worker = workers.get(wanted.taskId());
        if (worker == null) {
            worker = TaskWorker.found(tools, LocalTask.found(wanted.taskId(), bootId, List.of()));
            workers.put(wanted.taskId(), worker);
        }
        worker.assign(wanted);
    }

    /** The complete set of assignments is this: what is held beyond it is kept, and no longer counts as assigned. */
    public void assignedAre(SortedSet<String> named) {
        for (TaskWorker worker : List.copyOf(workers.values())) {
            if (worker.state().claim() == Claim.ASSIGNED
                    && !named.contains(worker.state().taskId())) {
                if (worker.state().status() != Status.STOPPED) {
                    LOG.atWarn()
                            .addKeyValue("task", worker.state().taskId())
                            .log("task is not in the control plane's snapshot; it runs on until it is confirmed gone");
                }
                worker.claim(Claim.UNNAMED);
            }
        }
    }

    /** The control plane confirms that the task is gone: what is left of it stops. */
    public void gone(String taskId) {
        TaskWorker worker = workers.get(taskId);
        if (worker != null) {
            worker.claim(Claim.GONE);
        }
    }

    @Override
    public void seen(ContainerView view) {
        if (view.labels().containsKey(ContainerLabels.SANDBOX)) {
            sandboxes.seen(view);
            return;
        }
        String taskId = view.labels().getOrDefault(ContainerLabels.TASK, "");
        String container = view.labels().getOrDefault(ContainerLabels.CONTAINER, "");
        if (!AssignmentCheck.taskId(taskId) || container.isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("container", view.name())
                    .addKeyValue("task", taskId)
                    .log("container carries our label without a task; left alone");
            return;
        }
        TaskWorker worker = workers.get(taskId);
        if (worker == null) {
            LOG.atWarn()
                    .addKeyValue("task", taskId)
                    .addKeyValue("container", container)
                    .log("found a container of a task that the ledger does not know; taken up and reported");
            worker = TaskWorker.found(tools, LocalTask.found(taskId, bootId, List.of()));
            workers.put(taskId, worker);
        }
        // First of all: what the worker makes of the look may end the container, and its sandbox with it.
        sandboxes.joined(view);
        worker.seen(container, view);
    }

    /** An engine that restarts ends sandboxes and tasks in any order: what has ended with it needs no other reason. */
    @Override
    public void networkLost(String taskId, String container) {
        task(taskId)
                .flatMap(t -> t.container(container))
                .filter(LocalContainer::onEngine)
                .ifPresent(c -> watch.look(c.runtimeId()));
        loop.after(
                NETWORK_LOST_AFTER,
                () -> Optional.ofNullable(workers.get(taskId)).ifPresent(worker -> worker.networkLost(container)));
    }

    @Override
    public void relist() {
        watch.relist();
    }

    @Override
    public void missing(String id) {
        sandboxes.missing(id);
        List.copyOf(workers.values()).forEach(worker -> worker.missing(id));
    }

    @Override
    public void answersAgain() {
        List.copyOf(workers.values()).forEach(TaskWorker::engineAnswers);
    }

    @Override
    public SortedSet<String> held() {
        TreeSet<String> ids = new TreeSet<>(sandboxes.ids());
        workers.values().stream()
                .flatMap(worker -> worker.state().containers().stream())
                .filter(LocalContainer::onEngine)
                .forEach(c -> ids.add(c.runtimeId()));
        return ids;
    }
}
