package dev.staithe.controlplane.intent;

import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.ContainerDependency;
import dev.staithe.proto.v1.ContainerRestartPolicy;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.runtime.Cycles;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * What may be said of the order and the life of containers: dependsOn, startTimeout and restartPolicy. Rules of ECS, but for
 * the longest startTimeout, which ECS bounds on Fargate only.
 */
final class OrderRules {
    private static final Set<String> CONDITIONS = Set.of("START", "COMPLETE", "SUCCESS", "HEALTHY");
    private static final int LEAST_START_SECONDS = 2;
    private static final int MOST_START_SECONDS = 7200;
    private static final int LEAST_PERIOD_SECONDS = 60;
    private static final int MOST_PERIOD_SECONDS = 1800;
    private static final int MOST_IGNORED_CODES = 50;
    private static final int LARGEST_EXIT_CODE = 255;

    private OrderRules() {}

    static void check(TaskDefinition definition, Problems problems) {
        Map<String, ContainerDefinition> containers = new HashMap<>();
        definition.getContainerDefinitionsList().forEach(c -> containers.putIfAbsent(c.getName(), c));
        for (int i = 0; i < definition.getContainerDefinitionsCount(); i++) {
            ContainerDefinition container = definition.getContainerDefinitions(i);
            String at = "containerDefinitions[" + i + "]";
            for (int d = 0; d < container.getDependsOnCount(); d++) {
                dependency(container, container.getDependsOn(d), containers, at + ".dependsOn[" + d + "]", problems);
            }
            startTimeout(container, at + ".startTimeout", problems);
            if (container.hasRestartPolicy()) {
                restartPolicy(container.getRestartPolicy(), at + ".restartPolicy", problems);
            }
        }
        cycle(definition)
                .ifPresent(circle -> problems.say(
                        "containerDefinitions",
                        "containers wait for each other: " + String.join(" -> ", circle)
                                + " (expected: dependsOn, links and volumesFrom without a cycle)"));
    }

    private static void dependency(
            ContainerDefinition container,
            ContainerDependency dependency,
            Map<String, ContainerDefinition> containers,
            String at,
            Problems problems) {
        String condition = dependency.getCondition();
        if (!CONDITIONS.contains(condition)) {
            problems.invalid(at + ".condition", condition, "START, COMPLETE, SUCCESS or HEALTHY");
        }
        ContainerDefinition on = containers.get(dependency.getContainerName());
        if (on == null || dependency.getContainerName().equals(container.getName())) {
            problems.invalid(
                    at + ".containerName", dependency.getContainerName(), "another container of the task definition");
            return;
        }
        if (condition.equals("HEALTHY") && !checked(on)) {
            problems.invalid(at + ".condition", condition, "a healthCheck in the container " + on.getName());
        }
        boolean toEnd = condition.equals("COMPLETE") || condition.equals("SUCCESS");
        if (toEnd && (!on.hasEssential() || on.getEssential())) {
            problems.invalid(
                    at + ".condition",
                    condition,
                    "a container that is not essential; " + on.getName() + " is, and ends the task with it");
        }
    }

    private static boolean checked(ContainerDefinition container) {
        return container.getHealthCheck().getCommandCount() > 0
                && !container.getHealthCheck().getCommand(0).equals("NONE");
    }

    private static void startTimeout(ContainerDefinition container, String at, Problems problems) {
        int seconds = container.getStartTimeout();
        if (container.hasStartTimeout() && (seconds < LEAST_START_SECONDS || seconds > MOST_START_SECONDS)) {
            problems.invalid(at, seconds, LEAST_START_SECONDS + "-" + MOST_START_SECONDS + " seconds");
        }
    }

    private static void restartPolicy(ContainerRestartPolicy policy, String at, Problems problems) {
        if (!policy.hasEnabled()) {
            problems.invalid(at + ".enabled", "absent", "true or false");
        }
        int codes = policy.getIgnoredExitCodesCount();
        if (codes > MOST_IGNORED_CODES) {
            problems.invalid(at + ".ignoredExitCodes", codes + " codes", "at most " + MOST_IGNORED_CODES);
        }
        for (int i = 0; i < Math.min(codes, MOST_IGNORED_CODES); i++) {
            int code = policy.getIgnoredExitCodes(i);
            if (code < 0 || code > LARGEST_EXIT_CODE) {
                problems.invalid(at + ".ignoredExitCodes[" + i + "]", code, "0-" + LARGEST_EXIT_CODE);
            }
        }
        int period = policy.getRestartAttemptPeriod();
        if (policy.hasRestartAttemptPeriod() && (period < LEAST_PERIOD_SECONDS || period > MOST_PERIOD_SECONDS)) {
            problems.invalid(
                    at + ".restartAttemptPeriod",
                    period,
                    LEAST_PERIOD_SECONDS + "-" + MOST_PERIOD_SECONDS + " seconds");
        }
    }

    /** Containers that wait for each other, the first one named again at the end. One that names itself has been told. */
    private static Optional<List<String>> cycle(TaskDefinition definition) {
        SequencedMap<String, Set<String>> waits = new LinkedHashMap<>();
        for (ContainerDefinition container : definition.getContainerDefinitionsList()) {
            Set<String> others = waits.computeIfAbsent(container.getName(), any -> new LinkedHashSet<>());
            container.getDependsOnList().stream()
                    .map(ContainerDependency::getContainerName)
                    .forEach(others::add);
            others.addAll(PeerRules.before(container));
            others.remove(container.getName());
        }
        return Cycles.find(waits);
    }
}
