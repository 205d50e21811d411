package dev.staithe.controlplane.intent;

import com.google.protobuf.Message;
import dev.staithe.proto.v1.RunTaskRequest;
import dev.staithe.proto.v1.StartTaskRequest;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.UpdateTaskProtectionRequest;
import java.util.Set;
import java.util.regex.Pattern;

/** ECS's rules for requests about single tasks, as far as a request itself shows them. */
final class TaskRules {
    static final int MOST_TASKS = 10;

    /** Of a task's id; the shortest prefix that may stand for it. */
    static final Pattern ID = Pattern.compile("[0-9a-f]{4,32}");

    private static final String EXPECTED_ID = "a task's id or 4 and more of its first digits, 0-9 a-f";
    private static final Pattern CLIENT_TOKEN = Pattern.compile("[\\x21-\\x7e]{0,64}");
    private static final int LONGEST_GROUP = 255;
    private static final int LONGEST_STARTED_BY = 128;
    private static final int LONGEST_REFERENCE = 1024;
    private static final int LONGEST_REASON = 255;
    private static final int LONGEST_PROTECTION_MINUTES = 2880;
    private static final Set<String> OTHER_LAUNCH_TYPES = Set.of("FARGATE", "EXTERNAL", "MANAGED_INSTANCES");

    private TaskRules() {}

    static void check(RunTaskRequest request) throws IntentException {
        Problems problems = new Problems();
        SupportedFields.ALL.check(request, problems);
        if (request.hasCount() && (request.getCount() < 1 || request.getCount() > MOST_TASKS)) {
            problems.invalid("count", request.getCount(), "1-" + MOST_TASKS);
        }
        if (!CLIENT_TOKEN.matcher(request.getClientToken()).matches()) {
            problems.invalid("clientToken", request.getClientToken(), "at most 64 printable characters, no spaces");
        }
        PlacementRules.checkStrategies(request.getPlacementStrategyList(), problems);
        if (OTHER_LAUNCH_TYPES.contains(request.getLaunchType())) {
            problems.unsupported("launchType", request.getLaunchType(), "EC2");
        } else if (!request.getLaunchType().isEmpty()
                && !request.getLaunchType().equals("EC2")) {
            problems.invalid("launchType", request.getLaunchType(), "EC2");
        }
        common(request, problems);
        problems.throwIfAny();
    }

    /** The constraints of the request: with those of its task definition they have one limit. */
    static void checkConstraints(RunTaskRequest request, TaskDefinition definition) throws IntentException {
        Problems problems = new Problems();
        PlacementRules.checkConstraints(
                request.getPlacementConstraintsList(), definition.getPlacementConstraintsCount(), problems);
        problems.throwIfAny();
    }

    static void check(StartTaskRequest request) throws IntentException {
        Problems problems = new Problems();
        SupportedFields.ALL.check(request, problems);
        int instances = request.getContainerInstancesCount();
        if (instances < 1 || instances > MOST_TASKS) {
            problems.invalid("containerInstances", instances + " instances", "1-" + MOST_TASKS);
        }
        common(likeRun(request), problems);
        problems.throwIfAny();
    }

    /** The part of the request that RunTask has, too. */
    static RunTaskRequest likeRun(StartTaskRequest request) {
        return RunTaskRequest.newBuilder()
                .setCluster(request.getCluster())
                .setTaskDefinition(request.getTaskDefinition())
                .setGroup(request.getGroup())
                .setStartedBy(request.getStartedBy())
                .setOverrides(request.getOverrides())
                .addAllTags(request.getTagsList())
                .setPropagateTags(request.getPropagateTags())
                .setReferenceId(request.getReferenceId())
                .setEnableExecuteCommand(request.getEnableExecuteCommand())
                .build();
    }

    private static void common(RunTaskRequest request, Problems problems) {
        Names.check(problems, "cluster", Clusters.named(request.getCluster()));
        Names.checkDefinition(problems, "taskDefinition", request.getTaskDefinition());
        atMost(LONGEST_GROUP, "group", request.getGroup(), problems);
        if (request.getGroup().startsWith("service:")) {
            problems.invalid("group", request.getGroup(), "a group that does not begin with service:");
        }
        atMost(LONGEST_STARTED_BY, "startedBy", request.getStartedBy(), problems);
        atMost(LONGEST_REFERENCE, "referenceId", request.getReferenceId(), problems);
        TagRules.check(problems, "tags", request.getTagsList());
        if (!Set.of("", "NONE", "TASK_DEFINITION").contains(request.getPropagateTags())) {
            problems.invalid("propagateTags", request.getPropagateTags(), "TASK_DEFINITION or NONE");
        }
    }

    static void checkStop(Message request, String cluster, String task, String reason) throws IntentException {
        Problems problems = new Problems();
        SupportedFields.ALL.check(request, problems);
        Names.check(problems, "cluster", Clusters.named(cluster));
        if (!ID.matcher(task).matches()) {
            problems.invalid("task", task, EXPECTED_ID);
        }
        atMost(LONGEST_REASON, "reason", reason, problems);
        problems.throwIfAny();
    }

    static void check(UpdateTaskProtectionRequest request) throws IntentException {
        Problems problems = new Problems();
        SupportedFields.ALL.check(request, problems);
        Names.check(problems, "cluster", Clusters.named(request.getCluster()));
        int tasks = request.getTasksCount();
        if (tasks < 1 || tasks > MOST_TASKS) {
            problems.invalid("tasks", tasks + " tasks", "1-" + MOST_TASKS);
        }
        for (int i = 0; i < tasks; i++) {
            if (!ID.matcher(request.getTasks(i)).matches()) {
                problems.invalid("tasks[" + i + "]", request.getTasks(i), EXPECTED_ID);
            }
        }
        int minutes = request.getExpiresInMinutes();
        if (request.hasExpiresInMinutes() && !request.getProtectionEnabled()) {
            problems.invalid("expiresInMinutes", minutes, "absent where protectionEnabled is false");
        } else if (request.hasExpiresInMinutes() && (minutes < 1 || minutes > LONGEST_PROTECTION_MINUTES)) {
            problems.invalid("expiresInMinutes", minutes, "1-" + LONGEST_PROTECTION_MINUTES);
        }
        problems.throwIfAny();
    }

    private static void atMost(int longest, String field, String text, Problems problems) {
        if (text.length() > longest) {
            problems.invalid(field, text.length() + " characters", "at most " + longest);
        }
    }
}
