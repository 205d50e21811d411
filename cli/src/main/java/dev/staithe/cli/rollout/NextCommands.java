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
        next.retreat();
        return next.aligned();
    }

    /** After tasks could not be placed. */
    static List<String> afterNoPlace(Service service, String definition, PlacementExplanation placement) {
        NextCommands next = new NextCommands(service, definition);
        next.add(placement);
        next.retreat();
        return next.aligned();
    }

    /** When the bounds of the deployment leave it no move. */
    static List<String> afterStuck(Service service, String definition) {
        NextCommands next = new NextCommands(service, definition);
        next.line("service update " + service.getServiceName() + " --max 200", "new tasks first, then the old ones");
        next.line("service update " + service.getServiceName() + " --min-healthy 50", "old tasks first, half of them");
        next.retreat();
        return next.aligned();
    }

    /** When the service itself is the place to look. */
    static List<String> look(Service service, String definition) {
        NextCommands next = new NextCommands(service, definition);
        next.line("service describe " + service.getServiceName(), "what it does now");
        next.line("service events " + service.getServiceName(), "what happened");
        return next.aligned();
    }

    private void add(Cause cause, Task task) {
        String logs = "task logs " + Words.shortId(task.getTaskId());
        String describe = "td describe " + definition;
        switch (cause) {
            case Cause.ImageNotPulled it -> {
                line(describe, "check the image's name and its registry");
                revise("with an image that exists");
            }
            case Cause.CommandNotRunnable it -> {
                line(describe, "check command and entryPoint");
                revise("with a command in the image");
            }
            case Cause.PortTaken it -> {
                lines.add(new Line("ss -ltnp", "on host " + task.getHostName() + ": who has it?"));
                revise("with another hostPort, or 0");
            }
            case Cause.MountFailed it -> {
                line(describe + " -o yaml", "check volumes and mountPoints");
                revise("with what the host has");
            }
            case Cause.NotStarted it -> {
                line(describe + " -o yaml", "check what the engine refused");
                revise("without it");
            }
            case Cause.OutOfMemory it -> {
                line(describe, "what it may use");
                revise("with more memory");
            }
            case Cause.Signalled it -> line(logs, "all that it wrote");
            case Cause.Exited it -> line(logs, "all that it wrote");
            case Cause.Unhealthy it -> {
                line(logs, "all that it wrote");
                line(describe + " -o yaml", "check its healthCheck");
            }
            case Cause.NotYetRunning it -> {
                if (!standalone()) {
                    line("service wait " + service.getServiceName() + " --timeout 30m", "wait longer: it goes on");
                }
                whatHappened(task);
            }
            case Cause.Other it -> whatHappened(task);
        }
    }

    private void add(PlacementExplanation placement) {
        String name = service.getServiceName();
        if (placement.getHostsCount() == 0) {
            line("instance list --status inactive", "hosts that were deregistered");
            line("dev up", "make this machine one");
            return;
        }
        line("service explain " + name, "what would make it fit");
        line("instance list", "what each host has left");
        boolean ports = placement.getHostsList().stream()
                .map(HostVerdict::getReason)
                .anyMatch(reason -> reason.startsWith("RESOURCE:PORTS"));
        if (ports && service.getDeploymentsCount() > 1) {
            line("service update " + name + " --min-healthy 0 --max 100", "frees the port first");
        } else if (ports) {
            line("service scale " + name + " " + placement.getHostsCount(), "one task a host");
        } else if (service.getRunningCount() > 0 && service.getDeploymentsCount() == 1) {
            line("service scale " + name + " " + service.getRunningCount(), "as many as fit");
        } else {
            revise("that needs less");
        }
    }

    private void revise(String how) {
        line("td register -f FILE", "a revision " + how + "; then:");
        String family = definition.replaceFirst(":\\d+$", "");
        line(
                standalone()
                        ? "task run " + family
                        : "service update " + service.getServiceName() + " --task-definition " + family,
                "");
    }

    private void whatHappened(Task task) {
        line(
                standalone()
                        ? "task describe " + Words.shortId(task.getTaskId())
                        : "service events " + service.getServiceName(),
                "what happened");
    }

    /** Whether the task is of no service. */
    private boolean standalone() {
        return service.getServiceName().isEmpty();
    }

    /** Back, while an older deployment is there and nobody else brings it back already; away, when this is the first. */
    private void retreat() {
        boolean underWay = service.getDeploymentsCount() > 0
                && service.getDeployments(0).getTaskDefinition().equals(definition);
        if (service.getDeploymentsCount() > 1 && underWay) {
            line("service rollback " + service.getServiceName(), "back to what ran before");
        } else if (service.getDeploymentsCount() == 1 && service.getRunningCount() == 0) {
            line("service delete " + service.getServiceName() + " --force", "give it up");
        }
    }

    private void line(String command, String why) {
        String cluster = service.getCluster();
        String option = cluster.isEmpty() || cluster.equals("default") ? "" : " --cluster " + cluster;
        lines.add(new Line("staithe " + command + option, why));
    }

    private List<String> aligned() {
        int width = lines.stream()
                .filter(line -> !line.why().isEmpty())
                .mapToInt(line -> line.command().length())
                .max()
                .orElse(0);

        return lines.stream()
                .map(line -> (line.command()
                                + " ".repeat(Math.max(0, width - line.command().length())) + "   " + line.why())
                        .stripTrailing())
                .toList();
    }
}
