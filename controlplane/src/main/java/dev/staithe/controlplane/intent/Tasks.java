package dev.staithe.controlplane.intent;

import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.intent.TaskCommands.Outcome;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskDefinitionRevision;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.Failure;
import dev.staithe.proto.v1.RunTaskRequest;
import dev.staithe.proto.v1.StartTaskRequest;
import dev.staithe.proto.v1.StopTaskRequest;
import dev.staithe.proto.v1.Tag;
import dev.staithe.proto.v1.UpdateTaskProtectionRequest;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.Ids;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * Checks requests about single tasks and hands them to the leader.
 *
 * <p>Blocks: called by API threads. Keeps no state.
 */
public final class Tasks {
    private static final String STOPPED_BY_USER = "Task stopped by user";

    /** As in ECS, where a request does not say how long. */
    private static final int PROTECTED_MINUTES = 120;

    private final TaskCommands commands;
    private final Environment environment;

    public Tasks(TaskCommands commands, Environment environment) {
        this.commands = commands;
        this.environment = environment;
    }

    /** Starts standalone tasks where the scheduler finds a place. The same client token starts nothing twice. */
    public Written<Outcome> run(RunTaskRequest request) throws IntentException {
        ClusterState state = commands.leaderState();
        TaskRules.check(request);
        String cluster = Clusters.named(request.getCluster());
        checkCluster(state, cluster);
        String seed = environment.ids().next();
        OptionalLong digest = OptionalLong.empty();
        if (!request.getClientToken().isEmpty()) {
            seed = Ids.derived("run-task", cluster, request.getClientToken());
            digest = OptionalLong.of(RequestDigest.of(request));
            // Before anything else is looked at: what was started is answered also when it could not be started now.
            Optional<Outcome> before = StartedBefore.of(state, seed, digest.getAsLong());
            if (before.isPresent()) {
                return new Written<>(before.get(), state.revision());
            }
        }
        TaskDefinitionRevision definition = definition(state, request.getTaskDefinition());
        TaskRules.checkConstraints(request, definition.spec());
        checkInstances(state, cluster);
        TaskCommands.Template template = template(request, cluster, definition);
        return commands.run(new TaskCommands.RunTasks(
                template,
                seed,
                digest,
                request.hasCount() ? request.getCount() : 1,
                request.getPlacementConstraintsList().stream()
                        .map(PlacementRules::canonical)
                        .toList(),
                request.getPlacementStrategyList().stream()
                        .map(PlacementRules::canonical)
                        .toList()));
    }

    /** Starts one standalone task on each instance that the request names by id, unique prefix, or host name. */
    public Written<Outcome> start(StartTaskRequest request) throws IntentException {
        ClusterState state = commands.leaderState();
        TaskRules.check(request);
        String cluster = Clusters.named(request.getCluster());
        checkCluster(state, cluster);
        TaskDefinitionRevision definition = definition(state, request.getTaskDefinition());
        TaskCommands.Template template = template(TaskRules.likeRun(request), cluster, definition);
        List<Failure> failures = new ArrayList<>();
        List<String> instances = instances(state, cluster, request.getContainerInstancesList(), failures);
        if (instances.isEmpty()) {
            return new Written<>(new Outcome(List.of(), failures), state.revision());
        }
        Written<Outcome> started = commands.start(
                new TaskCommands.StartTasks(template, environment.ids().next(), instances));
        return with(failures, started);
    }

    /** Wants the task stopped that the request names by its id or the beginning of it. */
    public Written<Task> stop(StopTaskRequest request) throws IntentException {
        ClusterState state = commands.leaderState();
        TaskRules.checkStop(request, request.getCluster(), request.getTask(), request.getReason());
        String cluster = Clusters.named(request.getCluster());
        checkCluster(state, cluster);
        Task task = named(state, cluster, request.getTask());
        String reason = request.getReason().isEmpty() ? STOPPED_BY_USER : request.getReason();
        return commands.stop(new TaskCommands.StopTask(task.id(), reason));
    }

    /**
     * Has scale-in and deployments leave tasks of services alone for a while, or no longer.
     *
     * <p>As in ECS: a task that is of no service, or that is not wanted any more, is a failure beside the others.
     */
    public Written<Outcome> protect(UpdateTaskProtectionRequest request) throws IntentException {
        ClusterState state = commands.leaderState();
        TaskRules.check(request);
        String cluster = Clusters.named(request.getCluster());
        checkCluster(state, cluster);
        Map<String, String> ids = new LinkedHashMap<>();
        List<Failure> failures = new ArrayList<>();
        for (String name : request.getTasksList()) {
            Optional<Task> task = find(state, cluster, name);
            if (task.isEmpty()) {
                failures.add(missing(name));
            } else if (ids.put(task.get().id(), name) != null) {
                throw IntentException.invalid("tasks", name + " is named twice (expected: each task once)");
            }
        }
        if (ids.isEmpty()) {
            return new Written<>(new Outcome(List.of(), failures), state.revision());
        }
        int minutes = request.hasExpiresInMinutes() ? request.getExpiresInMinutes() : PROTECTED_MINUTES;
        Duration duration = request.getProtectionEnabled() ? Duration.ofMinutes(minutes) : Duration.ZERO;
        return with(failures, commands.protect(new TaskCommands.ProtectTasks(List.copyOf(ids.keySet()), duration)));
    }

    /**
     * The task of the cluster with that id, or the only one whose id begins so.
     *
     * @throws IntentException AMBIGUOUS when there are several
     */
    public static Optional<Task> find(ClusterState state, String cluster, String prefix) throws IntentException {
        if (!TaskRules.ID.matcher(prefix).matches()) {
            return Optional.empty();
        }
        List<Task> matching = state.tasksStartingWith(prefix, Integer.MAX_VALUE).stream()
                .filter(t -> t.cluster().equals(cluster))
                .limit(5)
                .toList();
        if (matching.size() > 1) {
            throw IntentException.of(
                    Reason.AMBIGUOUS,
                    "task: " + prefix + " begins the ids of several tasks ("
                            + matching.stream().map(Task::id).collect(Collectors.joining(", "))
                            + "); give more digits");
        }
        return matching.stream().findFirst();
    }

    /** The task that must be there. */
    static Task named(ClusterState state, String cluster, String name) throws IntentException {
        return find(state, cluster, name)
                .orElseThrow(() -> IntentException.of(
                        Reason.TASK_NOT_FOUND,
                        "The referenced task was not found: " + Problems.shown(name) + " in cluster " + cluster));
    }

    private static Written<Outcome> with(List<Failure> failures, Written<Outcome> rest) {
        List<Failure> all = new ArrayList<>(failures);
        all.addAll(rest.value().failures());
        return new Written<>(new Outcome(rest.value().tasks(), all), rest.revision());
    }

    private static void checkCluster(ClusterState state, String cluster) throws IntentException {
        if (state.cluster(cluster).isEmpty()) {
            throw Clusters.notFound(cluster);
        }
    }

    private static void checkInstances(ClusterState state, String cluster) throws IntentException {
        if (state.instances().stream()
                .noneMatch(i -> i.cluster().equals(cluster) && i.status() != ContainerInstance.Status.INACTIVE)) {
            throw IntentException.of(
                    Reason.NO_CONTAINER_INSTANCES,
                    "No Container Instances were found in your cluster. (start an agent for cluster " + cluster + ")");
        }
    }

    private static TaskDefinitionRevision definition(ClusterState state, String name) throws IntentException {
        return Definitions.active(state, Names.definition(name).orElseThrow());
    }

    private static TaskCommands.Template template(
            RunTaskRequest request, String cluster, TaskDefinitionRevision definition) throws IntentException {
        return new TaskCommands.Template(
                cluster,
                definition.ref(),
                group(request.getGroup(), definition),
                request.getStartedBy(),
                OverrideRules.checked(definition.spec(), request.getOverrides()),
                tags(request.getTagsList(), request.getPropagateTags(), definition),
                request.getReferenceId(),
                request.getEnableExecuteCommand());
    }

    private static String group(String given, TaskDefinitionRevision definition) {
        return given.isEmpty() ? "family:" + definition.ref().family() : given;
    }

    /** Those of the task definition, if they are wanted; where both have a key, the request's. */
    private static List<Tag> tags(List<Tag> given, String propagate, TaskDefinitionRevision definition)
            throws IntentException {
        return propagate.equals("TASK_DEFINITION")
                ? TagChange.set(given).appliedTo(definition.spec().getTagsList())
                : given;
    }

    private static List<String> instances(
            ClusterState state, String cluster, List<String> names, List<Failure> failures) throws IntentException {
        Map<String, String> ids = new LinkedHashMap<>();
        for (String name : names) {
            Optional<ContainerInstance> instance = InstanceNames.find(state, cluster, name);
            if (instance.isEmpty()) {
                failures.add(missing(name));
            } else if (ids.put(instance.get().id(), name) != null) {
                throw IntentException.invalid(
                        "containerInstances",
                        Problems.shown(name) + " is named twice (expected: each container instance once)");
            }
        }
        return List.copyOf(ids.keySet());
    }

    private static Failure missing(String name) {
        return Failure.newBuilder()
                .setResource(Problems.shown(name))
                .setReason("MISSING")
                .build();
    }
}
