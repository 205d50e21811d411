package dev.staithe.cli.command;

import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.SecretView;
import dev.staithe.proto.v1.ListRolesRequest;
import dev.staithe.proto.v1.ListRolesResponse;
import dev.staithe.proto.v1.Role;
import dev.staithe.proto.v1.RolesGrpc;
import java.util.List;
import picocli.CommandLine.Command;

@Command(
        name = "list",
        description = "Lists the roles of a cluster, and where their credentials come from.",
        footerHeading = "%nExamples:%n",
        footer = {"  staithe role list", "  staithe role list -o json"})
final class RoleList implements Verb {
    @Override
    public ExitCode run(Session session) {
        List<Role> roles = Pages.all(token -> page(session, token), ListRolesResponse::getNextToken).stream()
                .flatMap(page -> page.getRolesList().stream())
                .toList();
        session.output()
                .show(
                        ListRolesResponse.newBuilder().addAllRoles(roles).build(),
                        roles.stream().map(Role::getName).toList(),
                        () -> SecretView.roles(roles, session.now()));
        return ExitCode.OK;
    }

    private static ListRolesResponse page(Session session, String token) {
        ListRolesRequest request = ListRolesRequest.newBuilder()
                .setCluster(session.cluster())
                .setNextToken(token)
                .build();
        return session.controlPlane().call(RolesGrpc::newBlockingStub, api -> api.list(request));
    }
}
