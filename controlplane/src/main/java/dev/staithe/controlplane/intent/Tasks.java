package dev.staithe.controlplane.intent;

import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.intent.TaskCommands.RunTaskCommand;
import dev.staithe.controlplane.intent.TaskCommands.RunTaskResult;
import dev.staithe.controlplane.intent.TaskCommands.StopTaskCommand;
import dev.staithe.controlplane.intent.TaskCommands.StopTaskResult;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskDefinitionRevision;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.RunTaskRequest;
import dev.staithe.proto.v1.StopTaskRequest;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.Ids;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Checks requests about single tasks and hands them to the leader.
 *
 * <p>Blocks: called by API threads. Keeps no state.
 */
public final class Tasks {
    /** Of a task's id; the shortest prefix that may stand for it. */
    private static final Pattern ID = Pattern.compile("[0-9a-f]{4,32}");

    private static final String EXPECTED_ID = "a task's id or 4 and more of its first digits, 0-9 a-f";
    private static final String STOPPED_BY_USER = "Task stopped by user";
    private static final Pattern CLIENT_TOKEN = Pattern.compile("[\\x21-\\x7e]{0,64}");
    private static final int MOST_TASKS = 10;
    private static final int LONGEST_GROUP = 255;
    private static final int LONGEST_STARTED_BY = 128;
    private static final int LONGEST_REASON = 255;

    private final TaskCommands commands;
    private final Environment environment;

    public Tasks(TaskCommands commands, Environment environment) {
        this.commands = commands;
        this.environment = environment;
    }

    /** Starts standalone tasks. The same client token starts nothing twice. */
    public RunTaskResult run(RunTaskRequest request) throws IntentException {
        ClusterState state = commands.leaderState();
        check(request);
        String cluster = Clusters.named(request.getCluster());
        checkCluster(state, cluster);
        TaskDefinitionRevision definition = Definitions.active(
                state, Names.definition(request.getTaskDefinition()).orElseThrow());
        if (state.instances().stream()
                .noneMatch(i -> i.cluster().equals(cluster) && i.status() != ContainerInstance.Status.INACTIVE)) {
            throw IntentException.of(
                    Reason.CONTAINER_INSTANCE_NOT_FOUND,
                    "No Container Instances were found in your cluster. (start an agent for cluster " + cluster + ")");
        }
        RunTaskCommand command = new RunTaskCommand(
                cluster,
                request.getClientToken().isEmpty()
                        ? environment.ids().next()
                        : Ids.derived("run-task", cluster, request.getClientToken()),
                definition.ref(),
                request.hasCount() ? request.getCount() : 1,
                request.getGroup().isEmpty() ? "family:" + definition.ref().family() : request.getGroup(),
                request.getStartedBy(),
                OverrideRules.checked(definition.spec(), request.getOverrides()));
        checkSameAsBefore(state, command);
        return commands.run(command);
    }

    /** Wants the task stopped that the request names by its id or the beginning of it. */
    public StopTaskResult stop(StopTaskRequest request) throws IntentException {
        ClusterState state = commands.leaderState();
        Problems problems = new Problems();
        SupportedFields.ALL.check(request, problems);
        Names.check(problems, "cluster", Clusters.named(request.getCluster()));
        if (!ID.matcher(request.getTask()).matches()) {
            problems.invalid("task", request.getTask(), EXPECTED_ID);
        }
        atMost(LONGEST_REASON, "reason", request.getReason(), problems);
        problems.throwIfAny();

        String cluster = Clusters.named(request.getCluster());
        checkCluster(state, cluster);
        Task task = find(state, cluster, request.getTask())
                .orElseThrow(() -> IntentException.of(
                        Reason.TASK_NOT_FOUND,
                        "The referenced task was not found: " + request.getTask() + " in cluster " + cluster));
        String reason = request.getReason().isEmpty() ? STOPPED_BY_USER : request.getReason();
        return commands.stop(new StopTaskCommand(cluster, task.id(), reason));
    }

    /**
     * The task of the cluster with that id, or the only one whose id begins so.
     *
     * @throws IntentException AMBIGUOUS when there are several
     */
    public static Optional<Task> find(ClusterState state, String cluster, String prefix) throws IntentException {
        if (!ID.matcher(prefix).matches()) {
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

    private static void check(RunTaskRequest request) throws IntentException {
        Problems problems = new Problems();
        SupportedFields.ALL.check(request, problems);
        Names.check(problems, "cluster", Clusters.named(request.getCluster()));
        Names.checkDefinition(problems, "taskDefinition", request.getTaskDefinition());
        if (request.hasCount() && (request.getCount() < 1 || request.getCount() > MOST_TASKS)) {
            problems.invalid("count", request.getCount(), "1-" + MOST_TASKS);
        }
        atMost(LONGEST_GROUP, "group", request.getGroup(), problems);
        if (request.getGroup().startsWith("service:")) {
            problems.invalid("group", request.getGroup(), "a group that does not begin with service:");
        }
        atMost(LONGEST_STARTED_BY, "startedBy", request.getStartedBy(), problems);
        if (!CLIENT_TOKEN.matcher(request.getClientToken()).matches()) {
            problems.invalid("clientToken", request.getClientToken(), "at most 64 printable characters, no spaces");
        }
        problems.throwIfAny();
    }

    private static void atMost(int longest, String field, String text, Problems problems) {
        if (text.length() > longest) {
            problems.invalid(field, text.length() + " characters", "at most " + longest);
        }
    }

    private static void checkCluster(ClusterState state, String cluster) throws IntentException {
        if (state.cluster(cluster).isEmpty()) {
            throw Clusters.notFound(cluster);
        }
    }

    /** Tasks that the token has started before must be what is asked for now. */
    private static void checkSameAsBefore(ClusterState state, RunTaskCommand command) throws IntentException {
        List<String> others = new ArrayList<>();
        for (int number = 0; number < MOST_TASKS; number++) {
            state.task(command.taskId(number))
                    .filter(t -> !t.taskDefinition().equals(command.taskDefinition())
                            || !t.group().equals(command.group())
                            || !t.startedBy().equals(command.startedBy())
                            || !t.overrides().equals(command.overrides()))
                    .ifPresent(t -> others.add(t.id()));
        }
        if (!others.isEmpty()) {
            throw IntentException.of(
                    Reason.CONFLICT,
                    "clientToken: was used for another request before, which started " + String.join(", ", others)
                            + " (expected: a new token for a new request)");
        }
    }
}
