package dev.staithe.cli.rollout;

import dev.staithe.cli.render.Words;
import dev.staithe.proto.v1.HostVerdict;
import dev.staithe.proto.v1.PlacementExplanation;
import dev.staithe.proto.v1.Service;
import dev.staithe.proto.v1.Task;
import java.util.ArrayList;
import java.util.List;

/** What a user can type next, by cause: each command with the reason for typing it. */
final class NextCommands {
    private record Line(String command, String why) {}

    private final Service service;
    private final String definition;
    private final List<Line> lines = new ArrayList<>();

    private NextCommands(Service service, String definition) {
        this.service = service;
        this.definition = definition;
    }

    /** After a task failed. */
    static List<String> after(Service service, String definition, Cause cause, Task task) {
        NextCommands next = new NextCommands(service, definition);
        next.add(cause, task);
        next.rollback();
        return next.aligned();
    }

    /** After tasks could not be placed. */
    static List<String> afterNoPlace(Service service, String definition, PlacementExplanation placement) {
        NextCommands next = new NextCommands(service, definition);
        next.add(placement);
        next.rollback();
        return next.aligned();
    }

    /** When the service itself is the place to look. */
    static List<String> look(Service service, String definition) {
        NextCommands next = new NextCommands(service, definition);
        next.line("service describe " + service.getServiceName(), "what it does now");
        next.line("service events " + service.getServiceName(), "what happened, newest last");
        return next.aligned();
    }

    private void add(Cause cause, Task task) {
        String logs = "task logs " + Words.shortId(task.getTaskId());
        String describe = "task-definition describe " + definition;
        switch (cause) {
            case Cause.ImageNotPulled it -> {
                line(describe, "check the name of the image, and that the host can reach its registry");
                revise("with an image that can be pulled");
            }
            case Cause.CommandNotRunnable it -> {
                line(
                        describe,
                        "check command and entryPoint of container "
                                + it.container().getName());
                revise("with a command that is in the image");
            }
            case Cause.PortTaken it -> {
                lines.add(new Line("ss -ltnp", "on host " + task.getHostName() + ": who has the port"));
                revise("with another hostPort, or 0 for any");
            }
            case Cause.MountFailed it -> {
                line(describe + " -o yaml", "check volumes and mountPoints");
                revise("with a path that is on the host");
            }
            case Cause.NotStarted it -> {
                line(describe + " -o yaml", "check what the engine refused");
                revise("without it");
            }
            case Cause.OutOfMemory it -> {
                line(describe, "see the memory that container " + it.container().getName() + " may have");
                revise("with more memory");
            }
            case Cause.Signalled it -> line(logs, "all that it wrote");
            case Cause.Exited it -> line(logs, "all that it wrote");
            case Cause.Unhealthy it -> {
                line(logs, "all that it wrote");
                line(describe + " -o yaml", "check its healthCheck");
            }
            case Cause.NotYetRunning it -> {
                line("service wait " + service.getServiceName() + " --timeout 30m", "wait longer: it goes on");
                line("service events " + service.getServiceName(), "what happened, newest last");
            }
            case Cause.Other it -> line("service events " + service.getServiceName(), "what happened, newest last");
        }
    }

    private void add(PlacementExplanation placement) {
        String name = service.getServiceName();
        if (placement.getHostsCount() == 0) {
            line("instance list --status all", "hosts that were there once");
            line("dev up", "make this machine one");
            return;
        }
        line("instance list", "what each host has left");
        boolean ports = placement.getHostsList().stream()
                .map(HostVerdict::getReason)
                .anyMatch(reason -> reason.startsWith("RESOURCE:PORTS"));
        if (ports && service.getDeploymentsCount() > 1) {
            line(
                    "service update " + name + " --min-healthy 0 --max 100",
                    "stop the older tasks, which have the port, before the new ones start");
        } else if (ports) {
            line("service scale " + name + " " + placement.getHostsCount(), "a fixed port: one task for each host");
        } else if (service.getRunningCount() > 0 && service.getDeploymentsCount() == 1) {
            line("service scale " + name + " " + service.getRunningCount(), "as many as fit");
        } else {
            revise("that needs less");
        }
    }

    private void revise(String how) {
        line("task-definition register -f FILE", "a revision " + how + "; then:");
        String family = definition.replaceFirst(":\\d+$", "");
        line("service update " + service.getServiceName() + " --task-definition " + family, "");
    }

    private void rollback() {
        if (service.getDeploymentsCount() > 1) {
            line("service rollback " + service.getServiceName(), "back to what ran before");
        }
    }

    private void line(String command, String why) {
        String cluster = service.getCluster();
        String option = cluster.isEmpty() || cluster.equals("default") ? "" : " --cluster " + cluster;
        lines.add(new Line("staithe " + command + option, why));
    }

    private List<String> aligned() {
        int width =
                lines.stream().mapToInt(line -> line.command().length()).max().orElse(0);
        return lines.stream()
                .map(line -> (line.command() + " ".repeat(width - line.command().length()) + "   " + line.why())
                        .stripTrailing())
                .toList();
    }
}
