package dev.staithe.cli.command;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.proto.v1.ContainerInstance;
import dev.staithe.proto.v1.ContainerInstancesGrpc;
import dev.staithe.proto.v1.Failure;
import dev.staithe.proto.v1.UpdateContainerInstancesStateRequest;
import dev.staithe.proto.v1.UpdateContainerInstancesStateResponse;

/** Sets whether a host takes tasks. */
final class HostState {
    private HostState() {}

    /** The host, with the state that is wanted: ACTIVE or DRAINING. */
    static ContainerInstance set(Session session, String name, String wanted) {
        UpdateContainerInstancesStateRequest request = UpdateContainerInstancesStateRequest.newBuilder()
                .setCluster(session.cluster())
                .addContainerInstances(name)
                .setStatus(wanted)
                .build();
        UpdateContainerInstancesStateResponse response =
                session.controlPlane().call(ContainerInstancesGrpc::newBlockingStub, api -> api.updateState(request));
        if (response.getContainerInstancesCount() > 0) {
            return response.getContainerInstances(0);
        }
        boolean inactive =
                response.getFailuresList().stream().map(Failure::getReason).anyMatch("INACTIVE"::equals);
        throw inactive
                ? new CommandFailure(
                        ExitCode.ERROR,
                        "host " + name + " was deregistered: it is INACTIVE until its agent is started again",
                        "staithe instance list --status inactive" + session.clusterOption())
                : missing(session, name);
    }

    /** There is no such host. */
    static CommandFailure missing(Session session, String name) {
        return new CommandFailure(
                ExitCode.NOT_FOUND,
                "there is no container instance " + name + " in cluster " + session.cluster(),
                "staithe instance list" + session.clusterOption());
    }
}
