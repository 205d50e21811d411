package dev.staithe.cli.command;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.ContainerOverride;
import dev.staithe.proto.v1.DescribeTaskDefinitionRequest;
import dev.staithe.proto.v1.Tag;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskDefinitionsGrpc;
import dev.staithe.proto.v1.TaskOverride;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What tasks on their own run, and what is kept with them. */
final class TaskOptions {
    @Parameters(index = "0", paramLabel = "FAMILY[:REVISION]", description = "What they run.")
    String taskDefinition = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "COMMAND",
            description = "After --: runs instead of the container's own command.")
    List<String> command = new ArrayList<>();

    @Option(names = "--group", paramLabel = "TEXT", description = "The group (default: family:FAMILY).")
    String group = "";

    @Option(names = "--started-by", paramLabel = "TEXT", description = "Is kept with the tasks.")
    String startedBy = "";

    @Option(names = "--reference", paramLabel = "TEXT", description = "An id of your own, kept with the tasks.")
    String reference = "";

    @Option(
            names = "--override-env",
            paramLabel = "NAME=VALUE",
            description = "A variable for the container; may be given again.")
    List<String> variables = new ArrayList<>();

    @Option(
            names = "--container",
            paramLabel = "NAME",
            description = "Whose command, variables and exit code are meant, when there are several containers.")
    String container = "";

    @Mixin
    TagOptions tags = new TagOptions();

    @Option(names = "--propagate-tags", description = "Give them the tags of the task definition, too.")
    boolean propagateTags;

    @Option(
            names = "--enable-execute-command",
            description = "Allow `staithe task exec` in them (default: not allowed).")
    boolean enableExecuteCommand;

    List<Tag> tags() {
        return tags.tags();
    }

    String propagation() {
        return propagateTags ? "TASK_DEFINITION" : "NONE";
    }

    /** What is changed of the task definition; empty when nothing is. */
    Optional<TaskOverride> overrides(Session session) {
        if (command.isEmpty() && variables.isEmpty()) {
            return Optional.empty();
        }
        ContainerOverride.Builder override = ContainerOverride.newBuilder()
                .setName(overridden(session))
                .addAllCommand(command)
                .addAllEnvironment(Variables.parse("--override-env", variables));
        return Optional.of(
                TaskOverride.newBuilder().addContainerOverrides(override).build());
    }

    private String overridden(Session session) {
        if (!container.isEmpty()) {
            return container;
        }
        List<ContainerDefinition> containers = containers(session, taskDefinition);
        if (containers.size() != 1) {
            throw CommandFailure.usage(taskDefinition + " has " + containers.size()
                    + " containers: say with --container which one is meant");
        }
        return containers.getFirst().getName();
    }

    /** The container whose exit code is the task's: the one that was named, else the first essential one. */
    String decisive(Session session, String definition) {
        return container.isEmpty()
                ? containers(session, definition).stream()
                        .filter(c -> !c.hasEssential() || c.getEssential())
                        .map(ContainerDefinition::getName)
                        .findFirst()
                        .orElse("")
                : container;
    }

    private static List<ContainerDefinition> containers(Session session, String definition) {
        DescribeTaskDefinitionRequest request = DescribeTaskDefinitionRequest.newBuilder()
                .setTaskDefinition(definition)
                .build();
        TaskDefinition described = session.controlPlane()
                .call(TaskDefinitionsGrpc::newBlockingStub, api -> api.describe(request))
                .getTaskDefinition();
        return described.getContainerDefinitionsList();
    }
}
