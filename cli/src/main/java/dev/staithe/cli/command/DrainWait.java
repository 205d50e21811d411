package dev.staithe.cli.command;

import dev.staithe.cli.client.ControlPlane;
import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.Progress;
import dev.staithe.cli.render.Words;
import dev.staithe.proto.v1.ContainerInstance;
import dev.staithe.proto.v1.DeploymentConfiguration;
import dev.staithe.proto.v1.Service;
import java.time.Duration;

/**
 * Waits until no task of a service is left on a host that is being drained. It looks again and again, as the API has no
 * stream of a host, and says what it waits for. What can never end is said at once, with the command that helps.
 */
final class DrainWait {
    private static final Duration PAUSE = Duration.ofMillis(500);

    /** How long nothing may move, while replacements wait for a place, before it is called hopeless. */
    private static final Duration BLOCKED_FOR = Duration.ofSeconds(10);

    private final Session session;
    private final ContainerInstance host;
    private final Duration limit;
    private String before = "";
    private Duration since = Duration.ZERO;

    DrainWait(Session session, ContainerInstance host, Duration limit) {
        this.session = session;
        this.host = host;
        this.limit = limit;
    }

    /** What is left when no task of a service is. */
    HostTasks untilDrained() {
        try (Progress progress = new Progress(
                session.notes(), session.screen().live(), session.environment().time(), "host " + host.getHostName())) {
            while (true) {
                HostTasks tasks = HostTasks.of(session, host);
                if (tasks.drained()) {
                    return tasks;
                }
                tasks.stuck().ifPresent(this::explainBounds);
                progress.show(tasks.waiting());
                if (progress.elapsed().compareTo(limit) >= 0) {
                    throw new CommandFailure(
                            ExitCode.TIMED_OUT,
                            "host " + host.getHostName() + " is not drained after " + Words.duration(limit) + ": "
                                    + tasks.waiting(),
                            "staithe instance drain " + host.getHostName() + " --wait --timeout 30m"
                                    + session.clusterOption());
                }
                if (blocked(tasks, progress.elapsed())) {
                    tasks.unplaced().ifPresent(this::explainPlaces);
                }
                ControlPlane.pause(PAUSE);
                progress.tick();
            }
        }
    }

    /** Whether the same has been waited for too long. */
    private boolean blocked(HostTasks tasks, Duration now) {
        if (!tasks.waiting().equals(before)) {
            before = tasks.waiting();
            since = now;
        }
        return now.minus(since).compareTo(BLOCKED_FOR) >= 0;
    }

    private void explainBounds(Service service) {
        DeploymentConfiguration bounds = service.getDeploymentConfiguration();
        throw new CommandFailure(
                ExitCode.ERROR,
                "service " + service.getServiceName() + " can never leave " + host.getHostName() + ": of "
                        + Words.count(service.getDesiredCount(), "task") + ", minimumHealthyPercent "
                        + bounds.getMinimumHealthyPercent() + " allows none fewer and maximumPercent "
                        + bounds.getMaximumPercent() + " none more (the host stays DRAINING)",
                "staithe service update " + service.getServiceName() + " --max 200" + session.clusterOption());
    }

    private void explainPlaces(Service service) {
        throw new CommandFailure(
                ExitCode.NOT_PLACED,
                "service " + service.getServiceName() + " cannot leave " + host.getHostName()
                        + ": no other host can take its tasks (the host stays DRAINING)",
                "staithe service describe " + service.getServiceName() + session.clusterOption());
    }
}
