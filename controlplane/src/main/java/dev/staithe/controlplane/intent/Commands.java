package dev.staithe.controlplane.intent;

import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskContainer;
import dev.staithe.controlplane.model.TaskDefinitionRevision;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.ExecBegin;
import dev.staithe.proto.v1.TerminalSize;
import java.util.List;
import java.util.Optional;

/** Checks requests to run a command in a container of a task. Keeps no state. */
public final class Commands {
    private static final int MOST_ARGUMENTS = 1024;
    private static final int MOST_CHARACTERS = 64 << 10;
    private static final int LONGEST_USER = 255;
    private static final int LARGEST_SIZE = 65_535;
    private static final String SERVICE_GROUP = "service:";

    private Commands() {}

    /** Where a command is to run. */
    public record Target(Task task, String container) {}

    /** The task and the container that are meant, when a command may be run there now. */
    public static Target target(ExecBegin request, ClusterState state) throws IntentException {
        check(request);
        String cluster = Clusters.named(request.getCluster());
        if (state.cluster(cluster).isEmpty()) {
            throw Clusters.notFound(cluster);
        }
        Task task = Tasks.named(state, cluster, request.getTask());
        String container = container(request.getContainer(), containers(state, task));
        if (!task.marks().executeCommand()) {
            throw IntentException.of(Reason.EXECUTE_COMMAND_NOT_ENABLED, notEnabled(task));
        }
        Optional<TaskContainer> known = task.containers().stream()
                .filter(c -> c.name().equals(container))
                .findFirst();
        if (task.stopped() || known.isEmpty() || !known.get().status().equals("RUNNING")) {
            throw IntentException.of(
                    Reason.TASK_NOT_RUNNING,
                    "container " + container + " of task " + task.id() + " does not run (the task is "
                            + task.status() + (task.stoppedReason().isEmpty() ? "" : ": " + task.stoppedReason())
                            + ")");
        }
        return new Target(task, container);
    }

    /** Whether a terminal can have that size. */
    public static boolean fits(TerminalSize size) {
        return size.getColumns() >= 1
                && size.getColumns() <= LARGEST_SIZE
                && size.getRows() >= 1
                && size.getRows() <= LARGEST_SIZE;
    }

    private static void check(ExecBegin request) throws IntentException {
        Problems problems = new Problems();
        SupportedFields.ALL.check(request, problems);
        Names.check(problems, "cluster", Clusters.named(request.getCluster()));
        int characters =
                request.getCommandList().stream().mapToInt(String::length).sum();
        if (request.getCommandCount() == 0 || request.getCommand(0).isEmpty()) {
            problems.say("command", "empty (expected: a program and its arguments)");
        } else if (request.getCommandCount() > MOST_ARGUMENTS || characters > MOST_CHARACTERS) {
            problems.say(
                    "command",
                    request.getCommandCount() + " arguments, " + characters + " characters (expected: at most "
                            + MOST_ARGUMENTS + ", " + MOST_CHARACTERS + ")");
        }
        if (request.getClaimedUser().length() > LONGEST_USER) {
            problems.invalid(
                    "claimedUser", request.getClaimedUser().length() + " characters", "at most " + LONGEST_USER);
        }
        if (request.hasSize() && !fits(request.getSize())) {
            problems.say(
                    "size",
                    request.getSize().getColumns() + " columns, "
                            + request.getSize().getRows() + " rows (expected: 1-" + LARGEST_SIZE + " each)");
        }
        problems.throwIfAny();
    }

    private static String container(String wanted, List<String> containers) throws IntentException {
        if (wanted.isEmpty() && containers.size() == 1) {
            return containers.getFirst();
        }
        if (wanted.isEmpty()) {
            throw IntentException.invalid(
                    "container", "absent, and the task has several (expected: " + String.join(", ", containers) + ")");
        }
        if (!containers.contains(wanted)) {
            throw IntentException.invalid(
                    "container", Problems.shown(wanted) + " (expected: " + String.join(", ", containers) + ")");
        }
        return wanted;
    }

    private static List<String> containers(ClusterState state, Task task) {
        return state.taskDefinition(task.taskDefinition())
                .map(TaskDefinitionRevision::spec)
                .map(spec -> spec.getContainerDefinitionsList().stream()
                        .map(ContainerDefinition::getName)
                        .toList())
                .orElse(List.of());
    }

    private static String notEnabled(Task task) {
        String how = task.group().startsWith(SERVICE_GROUP)
                ? "set it on service " + task.group().substring(SERVICE_GROUP.length())
                        + ", and start its tasks anew: what a task allows is settled when it starts"
                : "run it with enableExecuteCommand";
        return "The execute command failed because execute command was not enabled when the task was run. (task "
                + task.id() + "; " + how + ")";
    }
}
