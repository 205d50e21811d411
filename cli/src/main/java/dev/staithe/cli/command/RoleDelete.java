package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.proto.v1.DeleteRoleRequest;
import dev.staithe.proto.v1.Role;
import dev.staithe.proto.v1.RolesGrpc;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "delete",
        description = "Deletes a role, unless a service or a task needs it.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe role delete uploader", "  staithe role delete uploader --force"})
final class RoleDelete implements Verb {
    @Parameters(paramLabel = "NAME", description = "The role.")
    String name = "";

    @Option(names = "--force", description = "Also while it is needed: its tasks get no more credentials.")
    boolean force;

    @Override
    public ExitCode run(Session session) {
        DeleteRoleRequest request = DeleteRoleRequest.newBuilder()
                .setCluster(session.cluster())
                .setName(name)
                .setForce(force)
                .build();
        Role deleted = session.controlPlane()
                .call(RolesGrpc::newBlockingStub, api -> api.delete(request))
                .getRole();
        session.output().show(deleted, List.of(name), () -> "role " + name + " is deleted");
        return ExitCode.OK;
    }
}
