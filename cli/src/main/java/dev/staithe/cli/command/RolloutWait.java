package dev.staithe.cli.command;

import com.google.protobuf.Timestamp;
import dev.staithe.cli.client.Refusal;
import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.Page;
import dev.staithe.cli.render.Progress;
import dev.staithe.cli.render.TaskView;
import dev.staithe.cli.render.Words;
import dev.staithe.cli.rollout.Evidence;
import dev.staithe.cli.rollout.FailureReport;
import dev.staithe.cli.rollout.Goal;
import dev.staithe.cli.rollout.Rollout;
import dev.staithe.cli.rollout.TaskLog;
import dev.staithe.cli.rollout.Verdict;
import dev.staithe.proto.v1.Deployment;
import dev.staithe.proto.v1.Service;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.WatchServiceResponse;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Waits until a service is what a change made of it, and says on one screen why when it does not become that. Driven by
 * the control plane's stream: nothing is polled.
 */
final class RolloutWait {
    /** How long nothing may move, while tasks wait for a place, before it is called hopeless. */
    private static final Duration BLOCKED_FOR = Duration.ofSeconds(5);

    private final Session session;
    private final String name;
    private final Goal goal;
    private final Duration limit;
    private final Set<String> failuresNoted = new HashSet<>();
    private long blockedSince = -1;

    RolloutWait(Session session, Service changed, Duration limit) {
        this.session = session;
        this.name = changed.getServiceName();
        this.goal = Goal.of(changed);
        this.limit = limit;
    }

    /** How a wait ended, and the last that the control plane showed. */
    record Result(Verdict verdict, WatchServiceResponse view, Duration took) {}

    /**
     * Shows the result of a change: at once when the user did not want to wait, else when it has arrived.
     *
     * @return the exit code for how it ended
     */
    static ExitCode finish(Session session, Service changed, WaitOptions options) {
        if (options.detach) {
            session.output()
                    .show(
                            changed,
                            List.of(changed.getServiceName()),
                            () -> "service " + changed.getServiceName() + " is changed; see `staithe service wait "
                                    + changed.getServiceName() + "`");
            return ExitCode.OK;
        }
        RolloutWait wait = new RolloutWait(session, changed, options.limit());
        Result result = wait.untilSteady();
        if (result.verdict() instanceof Verdict.Steady) {
            Service service = result.view().getService();
            session.output().show(service, List.of(service.getServiceName()), () -> steady(result));
            return ExitCode.OK;
        }
        return wait.explain(result);
    }

    private static String steady(Result result) {
        Service service = result.view().getService();
        return "service " + service.getServiceName() + " is steady: "
                + Words.count(service.getRunningCount(), "task") + " of " + service.getTaskDefinition()
                + " running and healthy (" + Words.duration(result.took()) + ")\n"
                + TaskView.addresses(result.view().getTasksList());
    }

    Result untilSteady() {
        Rollout rollout = new Rollout(goal);
        WatchServiceResponse view = WatchServiceResponse.getDefaultInstance();
        boolean live = session.screen().live();
        PullNotes pulls = new PullNotes(session);
        String state = "";
        try (ServiceWatch watch = new ServiceWatch(session, name);
                Progress progress = new Progress(
                        session.notes(), live, session.environment().time(), "service " + name)) {
            while (progress.elapsed().compareTo(limit) < 0) {
                Optional<WatchServiceResponse> next = watch.next(patience(progress));
                if (isHopeless()) {
                    return new Result(new Verdict.NotPlaced(), view, progress.elapsed());
                }
                if (next.isEmpty()) {
                    progress.tick(state + pulls.of(view.getTasksList()));
                    continue;
                }
                view = next.get();
                Verdict verdict = rollout.judge(view);
                noteFailures(view, progress);
                if (!(verdict instanceof Verdict.InProgress inProgress)) {
                    return new Result(verdict, view, progress.elapsed());
                }
                state = inProgress.progress();
                progress.show(state + pulls.of(view.getTasksList()));
                noteBlocked(inProgress.blocked());
            }
            return new Result(new Verdict.TimedOut(Words.duration(limit)), view, progress.elapsed());
        } catch (Refusal e) {
            if (e.error().reason().equals("SERVICE_NOT_FOUND") && view.hasService()) {
                return new Result(new Verdict.Deleted(), view, limit);
            }
            throw e;
        }
    }

    private Duration patience(Progress progress) {
        Duration left = limit.minus(progress.elapsed());
        return shorter(left, Progress.beat());
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private void noteBlocked(boolean blocked) {
        if (!blocked) {
            blockedSince = -1;
        } else if (blockedSince < 0) {
            blockedSince = now();
        }
    }

    private boolean isHopeless() {
        return blockedSince >= 0 && now() - blockedSince >= BLOCKED_FOR.toNanos();
    }

    private long now() {
        return session.environment().time().nanos();
    }

    private void noteFailures(WatchServiceResponse view, Progress progress) {
        List<Task> oldestFirst = view.getTasksList().stream()
                .sorted(Comparator.comparing(task -> Words.instant(task.getStoppedAt())))
                .toList();
        for (Task task : oldestFirst) {
            boolean ours = goal.deployment().isEmpty() || task.getStartedBy().equals(goal.deployment());
            boolean before = Words.instant(task.getStoppedAt()).isBefore(Words.instant(primaryCreated(view)));
            if (ours && !before && Evidence.failed(task) && failuresNoted.add(task.getTaskId())) {
                progress.note(Page.cut("task " + Words.shortId(task.getTaskId()) + " on " + task.getHostName()
                        + " failed: " + Words.withoutIds(FailureReport.sentence(task))));
            }
        }
    }

    private static Timestamp primaryCreated(WatchServiceResponse view) {
        return view.getService().getDeploymentsList().stream()
                .filter(deployment -> deployment.getStatus().equals("PRIMARY"))
                .findFirst()
                .map(Deployment::getCreatedAt)
                .orElse(Timestamp.getDefaultInstance());
    }

    /** Prints the report on standard error; answers with the exit code. */
    ExitCode explain(Result result) {
        TaskLog log = Evidence.suspect(goal, result.view())
                .filter(task -> !(result.verdict() instanceof Verdict.NotPlaced) && TaskLogs.mayExist(task))
                .map(task -> TaskLogs.last(session, task))
                .orElseGet(TaskLog::none);
        Evidence evidence = new Evidence(goal, result.verdict(), result.view(), log, session.now());
        session.screen().err().print(FailureReport.text(evidence));
        return exitCode(result.verdict());
    }

    private static ExitCode exitCode(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Steady it -> ExitCode.OK;
            case Verdict.Failed it -> ExitCode.FAILED;
            case Verdict.Stuck it -> ExitCode.FAILED;
            case Verdict.Superseded it -> ExitCode.FAILED;
            case Verdict.Deleted it -> ExitCode.FAILED;
            case Verdict.RolledBack it -> ExitCode.ROLLED_BACK;
            case Verdict.NotPlaced it -> ExitCode.NOT_PLACED;
            case Verdict.TimedOut it -> ExitCode.TIMED_OUT;
            case Verdict.InProgress it -> throw new CommandFailure(ExitCode.ERROR, "the wait ended too early", "");
        };
    }
}
