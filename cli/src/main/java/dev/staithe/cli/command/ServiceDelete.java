package dev.staithe.cli.command;

import dev.staithe.cli.client.Refusal;
import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.Progress;
import dev.staithe.cli.render.Words;
import dev.staithe.proto.v1.DeleteServiceRequest;
import dev.staithe.proto.v1.Service;
import dev.staithe.proto.v1.ServicesGrpc;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.WatchServiceResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "delete",
        description = "Stops the tasks of a service, deletes it, and waits until the tasks have stopped.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe service delete web", "  staithe service delete web --force"})
final class ServiceDelete implements Verb {
    @Parameters(paramLabel = "NAME", description = "The service.")
    String name = "";

    @Option(names = "--force", description = "Also while its desired count is above 0.")
    boolean force;

    @Mixin
    WaitOptions wait = new WaitOptions();

    @Override
    public ExitCode run(Session session) {
        Duration limit = wait.limit();
        DeleteServiceRequest request = DeleteServiceRequest.newBuilder()
                .setCluster(session.cluster())
                .setService(name)
                .setForce(force)
                .build();
        Service deleted = session.controlPlane()
                .call(ServicesGrpc::newBlockingStub, api -> api.delete(request))
                .getService();
        Service last = wait.detach ? deleted : untilInactive(session, deleted, limit);
        session.output()
                .show(
                        last,
                        List.of(name),
                        () -> "service " + name + " is deleted" + (wait.detach ? "; its tasks are being stopped" : ""));
        return ExitCode.OK;
    }

    private static Service untilInactive(Session session, Service deleted, Duration limit) {
        Service last = deleted;
        String name = deleted.getServiceName();
        try (ServiceWatch watch = new ServiceWatch(session, name);
                Progress progress = new Progress(
                        session.notes(),
                        session.screen().live(),
                        session.environment().time(),
                        "service " + name)) {
            while (!last.getStatus().equals("INACTIVE")) {
                Duration left = limit.minus(progress.elapsed());
                if (left.isNegative() || left.isZero()) {
                    throw new CommandFailure(
                            ExitCode.TIMED_OUT,
                            "tasks of service " + name + " still run after " + Words.duration(limit),
                            "staithe service ps " + name + session.clusterOption());
                }
                boolean live = session.screen().live();
                Optional<WatchServiceResponse> view =
                        watch.next(live && left.compareTo(Progress.beat()) > 0 ? Progress.beat() : left);
                if (view.isEmpty()) {
                    progress.tick();
                    continue;
                }
                last = view.get().getService();
                if (!last.getStatus().equals("INACTIVE")) {
                    progress.show("stopping " + Words.count(left(view.get().getTasksList()), "task"));
                }
            }
            return last;
        } catch (Refusal e) {
            if (e.code().equals(ExitCode.NOT_FOUND)) {
                return last.toBuilder().setStatus("INACTIVE").build();
            }
            throw e;
        }
    }

    private static long left(List<Task> tasks) {
        return tasks.stream()
                .filter(task -> !task.getLastStatus().equals("STOPPED"))
                .count();
    }
}
