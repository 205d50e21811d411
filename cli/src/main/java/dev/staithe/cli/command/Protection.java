package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.FailureView;
import dev.staithe.cli.render.ProtectionView;
import dev.staithe.proto.v1.ProtectedTask;
import dev.staithe.proto.v1.TasksGrpc;
import dev.staithe.proto.v1.UpdateTaskProtectionRequest;
import dev.staithe.proto.v1.UpdateTaskProtectionResponse;
import java.util.List;

/** Protects tasks, or ends that, and shows the outcome. */
final class Protection {
    private Protection() {}

    /**
     * Sends the request for the tasks that a user named.
     *
     * @return an error when it was not done for one of them
     */
    static ExitCode update(Session session, List<String> names, UpdateTaskProtectionRequest.Builder request) {
        request.setCluster(session.cluster());
        names.forEach(name -> request.addTasks(Lookup.taskId(session, name)));
        UpdateTaskProtectionResponse response =
                session.controlPlane().call(TasksGrpc::newBlockingStub, api -> api.updateProtection(request.build()));
        session.output()
                .show(
                        response,
                        response.getProtectedTasksList().stream()
                                .map(ProtectedTask::getTaskId)
                                .toList(),
                        () -> ProtectionView.table(response.getProtectedTasksList()));
        if (response.getFailuresCount() == 0) {
            return ExitCode.OK;
        }
        session.screen().err().println(FailureView.text(response.getFailuresList()));
        return ExitCode.ERROR;
    }
}
