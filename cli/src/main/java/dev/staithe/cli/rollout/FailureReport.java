package dev.staithe.cli.rollout;

import com.google.protobuf.Timestamp;
import dev.staithe.cli.render.Page;
import dev.staithe.cli.render.Table;
import dev.staithe.cli.render.Words;
import dev.staithe.proto.v1.Container;
import dev.staithe.proto.v1.Deployment;
import dev.staithe.proto.v1.DeploymentConfiguration;
import dev.staithe.proto.v1.HostVerdict;
import dev.staithe.proto.v1.PlacementExplanation;
import dev.staithe.proto.v1.Service;
import dev.staithe.proto.v1.ServiceEvent;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.WatchServiceResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Why a rollout did not arrive, on one screen: the cause, the task and its host, how it stopped, what its health check
 * and its log last said, what the scheduler says, and what to type next.
 */
public final class FailureReport {
    private static final int LABEL = 13;
    private static final int MOST_LOG_LINES = 20;
    private static final int MOST_HOSTS = 20;
    private static final int MOST_EVENTS = 2;

    private final Evidence evidence;
    private final Service service;
    private final String definition;
    private final Page page = new Page(LABEL);

    private FailureReport(Evidence evidence) {
        this.evidence = evidence;
        this.service = evidence.service();
        this.definition = definition(service, evidence.goal());
    }

    /** What was to run. A deployment that failed may be gone when the report is made: what runs then is not to blame. */
    private static String definition(Service service, Goal goal) {
        Optional<String> primary = Rollout.deployment(service, goal).map(Deployment::getTaskDefinition);
        return goal.deployment().isEmpty() ? primary.orElse(goal.taskDefinition()) : goal.taskDefinition();
    }

    /** The report, ending with a line end. */
    public static String text(Evidence evidence) {
        return new FailureReport(evidence).text();
    }

    /** How one task failed, in a sentence. */
    public static String sentence(Task task) {
        return CauseText.sentence(Cause.of(task));
    }

    /** Why one task that belongs to no service failed. */
    public static String ofTask(Task task, TaskLog log, Instant now) {
        Service none = Service.newBuilder().setCluster(task.getCluster()).build();
        Goal goal = new Goal("", task.getTaskDefinition(), 0);
        Evidence evidence = new Evidence(
                goal,
                new Verdict.Failed(""),
                WatchServiceResponse.newBuilder()
                        .setService(none)
                        .addTasks(task)
                        .build(),
                log,
                now);
        FailureReport report = new FailureReport(evidence);
        report.page.line("task " + Words.shortId(task.getTaskId()) + " of " + task.getTaskDefinition() + " failed");
        report.page.gap();
        report.describe(task);
        return report.page.toString();
    }

    private String text() {
        page.line("service " + service.getServiceName() + ": " + headline(evidence.verdict()));
        page.gap();
        Rollout.deployment(service, evidence.goal()).ifPresent(this::describe);
        switch (evidence.verdict()) {
            case Verdict.NotPlaced it -> describe(service.getPlacement());
            case Verdict.Stuck it -> describeBounds();
            case Verdict.Superseded it -> next(NextCommands.look(service, definition));
            case Verdict.Deleted it -> next(List.of("staithe service list"));
            case Verdict.Failed it -> describeSuspect();
            case Verdict.RolledBack it -> describeSuspect();
            case Verdict.TimedOut it -> describeSuspect();
            case Verdict.InProgress it -> describeSuspect();
            case Verdict.Steady it -> describeSuspect();
        }
        return page.toString();
    }

    private String headline(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Failed it -> "the deployment failed: " + it.why();
            case Verdict.RolledBack it -> "the deployment failed, " + it.why();
            case Verdict.Stuck it -> "the deployment can neither start nor stop a task";
            case Verdict.NotPlaced it ->
                Words.count(service.getPlacement().getWaitingCount(), "task") + " of " + definition
                        + " cannot be placed";
            case Verdict.TimedOut it -> "not steady after " + it.limit();
            case Verdict.Superseded it ->
                "a newer deployment, of " + it.taskDefinition() + ", took the place of this one before it was complete";
            case Verdict.Deleted it -> "it was deleted before its deployment was complete";
            case Verdict.InProgress it -> it.progress();
            case Verdict.Steady it -> "steady";
        };
    }

    private void describe(Deployment deployment) {
        page.field(
                evidence.verdict() instanceof Verdict.RolledBack ? "  runs now" : "  deployment",
                deployment.getId() + " of " + deployment.getTaskDefinition() + ": "
                        + deployment.getRunningCount() + " of " + service.getDesiredCount() + " running, "
                        + deployment.getHealthyCount() + " healthy, " + deployment.getPendingCount() + " pending");
    }

    private void describeBounds() {
        DeploymentConfiguration bounds = service.getDeploymentConfiguration();
        page.field(
                "  cause",
                "at least " + bounds.getMinimumHealthyPercent() + "% of "
                        + Words.count(service.getDesiredCount(), "task")
                        + " have to stay healthy and at most " + bounds.getMaximumPercent()
                        + "% may run: there is no room for a new one, and no old one may go");
        scheduler();
        next(NextCommands.afterStuck(service, definition));
    }

    private void describeSuspect() {
        Optional<Task> suspect = evidence.suspect();
        if (suspect.isPresent()) {
            describe(suspect.get());
        } else if (service.hasPlacement()) {
            describe(service.getPlacement());
        } else {
            scheduler();
            next(NextCommands.look(service, definition));
        }
    }

    private void describe(Task task) {
        Cause cause = Cause.of(task);
        page.field("  cause", CauseText.sentence(cause));
        page.field("  task", taskLine(task));
        page.field("  stopped", stopLine(task));
        task.getContainersList().forEach(this::describe);
        scheduler();
        breaker(cause);
        others(task);
        log();
        next(NextCommands.after(service, definition, cause, task));
    }

    private String taskLine(Task task) {
        String line = task.getTaskId() + " on " + (task.getHostName().isEmpty() ? "no host yet" : task.getHostName());
        if (task.getLastStatus().equals("STOPPED")) {
            String ran = task.hasStartedAt()
                    ? ", ran " + Words.duration(between(task.getStartedAt(), task.getStoppedAt()))
                    : ", never ran";
            return line + ran + ", stopped " + Words.ago(task.getStoppedAt(), evidence.now()) + " ago";
        }
        return line + ", " + task.getLastStatus() + " for "
                + Words.ago(task.hasStartedAt() ? task.getStartedAt() : task.getCreatedAt(), evidence.now());
    }

    private static Duration between(Timestamp from, Timestamp to) {
        return Duration.between(Words.instant(from), Words.instant(to));
    }

    /** A container that could not start gives its reason to the task: it stands beside the container already. */
    private static String stopLine(Task task) {
        boolean repeated = task.getContainersList().stream()
                .anyMatch(container -> container.getReason().equals(task.getStoppedReason()));
        if (repeated) {
            return task.getStopCode();
        }
        return Stream.of(task.getStopCode(), task.getStoppedReason())
                .filter(part -> !part.isEmpty())
                .reduce((code, reason) -> code + ": " + reason)
                .orElse("");
    }

    private void describe(Container container) {
        StringBuilder line = new StringBuilder(container.getName());
        line.append(" (").append(container.getImage()).append("): ").append(container.getLastStatus());
        if (container.hasExitCode()) {
            line.append(", exit code ").append(container.getExitCode());
        }
        if (!container.getReason().isEmpty()) {
            line.append(", ").append(container.getReason());
        }
        page.field("  container", line.toString());
        if (!container.getHealthOutput().isBlank()) {
            page.field("  health", container.getHealthStatus() + ": " + container.getHealthOutput());
        }
    }

    /** Who asked for a circuit breaker expects it to trip. By ECS's rule these tasks are none of its business. */
    private void breaker(Cause cause) {
        boolean ended = cause instanceof Cause.Exited || cause instanceof Cause.Signalled;
        boolean watching = service.getDeploymentConfiguration()
                .getDeploymentCircuitBreaker()
                .getEnable();
        boolean goesOn = Rollout.deployment(service, evidence.goal())
                .filter(deployment -> deployment.getRolloutState().equals("IN_PROGRESS"))
                .isPresent();
        if (evidence.verdict() instanceof Verdict.Failed && ended && watching && goesOn) {
            page.field(
                    "  breaker",
                    "has not tripped: it does not count tasks that end by themselves once they were RUNNING. The"
                            + " deployment goes on until you end it");
        }
    }

    private void others(Task suspect) {
        long others = Evidence.failed(evidence.goal(), evidence.view().getTasksList()).stream()
                .filter(task -> !task.getTaskId().equals(suspect.getTaskId()))
                .count();
        if (others > 0) {
            page.field("  others", Words.count(others, "more task") + " of " + definition + " failed before");
        }
    }

    private void log() {
        List<String> lines = evidence.log().lines().stream()
                .skip(Math.max(0, evidence.log().lines().size() - MOST_LOG_LINES))
                .map(line -> "| " + line.getMessage())
                .toList();
        page.field("  log", evidence.log().problem());
        page.lines("  log", lines);
    }

    private void describe(PlacementExplanation placement) {
        List<HostVerdict> hosts = placement.getHostsList();
        page.field(
                "  cause",
                hosts.isEmpty()
                        ? "no container instance is registered in cluster " + service.getCluster()
                        : hosts.size() == 1
                                ? "the only host cannot take the next task"
                                : "none of the " + hosts.size() + " hosts can take the next task");
        Table table = new Table("HOST", "REASON", "DETAIL");
        hosts.stream()
                .limit(MOST_HOSTS)
                .forEach(host -> table.row(host.getHostName(), host.getReason(), host.getDetail()));
        if (!hosts.isEmpty()) {
            page.lines("  hosts", table.within(page.width()).lines().toList());
        }
        if (hosts.size() > MOST_HOSTS) {
            page.field("", "and " + (hosts.size() - MOST_HOSTS) + " more");
        }
        scheduler();
        next(NextCommands.afterNoPlace(service, definition, placement));
    }

    private void scheduler() {
        service.getEventsList().stream()
                .filter(event -> isTrouble(event.getMessage()))
                .limit(MOST_EVENTS)
                .forEach(this::describe);
    }

    private void describe(ServiceEvent event) {
        page.field(
                "  scheduler", event.getMessage() + " (" + Words.ago(event.getCreatedAt(), evidence.now()) + " ago)");
    }

    private static boolean isTrouble(String message) {
        String text = message.toLowerCase(Locale.ROOT);
        return Stream.of("unable", "throttled", "unhealthy", "failed", "rolling back")
                .anyMatch(text::contains);
    }

    private void next(List<String> commands) {
        page.gap();
        page.whole("  next", commands);
    }
}
