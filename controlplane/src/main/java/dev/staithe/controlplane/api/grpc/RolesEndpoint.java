package dev.staithe.controlplane.api.grpc;

import dev.staithe.controlplane.intent.Roles;
import dev.staithe.controlplane.intent.Written;
import dev.staithe.controlplane.model.Role;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.DeleteRoleRequest;
import dev.staithe.proto.v1.DeleteRoleResponse;
import dev.staithe.proto.v1.ListRolesRequest;
import dev.staithe.proto.v1.ListRolesResponse;
import dev.staithe.proto.v1.RolesGrpc;
import dev.staithe.proto.v1.SetRoleRequest;
import dev.staithe.proto.v1.SetRoleResponse;
import io.grpc.stub.StreamObserver;

/** The service {@code staithe.v1.Roles}. Keys go in, never out. */
final class RolesEndpoint extends RolesGrpc.RolesImplBase {
    private final View view;
    private final Roles roles;

    RolesEndpoint(View view, Roles roles) {
        this.view = view;
        this.roles = roles;
    }

    @Override
    public void set(SetRoleRequest request, StreamObserver<SetRoleResponse> caller) {
        Calls.answer(caller, () -> {
            Written<Role> written = roles.set(request, view.current());
            view.after(written.revision());
            return SetRoleResponse.newBuilder()
                    .setRole(message(written.value()))
                    .build();
        });
    }

    @Override
    public void list(ListRolesRequest request, StreamObserver<ListRolesResponse> caller) {
        Calls.answer(caller, () -> {
            ClusterState state = view.current();
            String cluster = View.cluster(state, request.getCluster());
            var page = Paging.page(
                    state.roles().stream()
                            .filter(role -> role.cluster().equals(cluster))
                            .toList(),
                    Role::name,
                    false,
                    request.getMaxResults(),
                    request.getNextToken());
            ListRolesResponse.Builder response = ListRolesResponse.newBuilder().setNextToken(page.nextToken());
            page.elements().forEach(role -> response.addRoles(message(role)));
            return response.build();
        });
    }

    @Override
    public void delete(DeleteRoleRequest request, StreamObserver<DeleteRoleResponse> caller) {
        Calls.answer(caller, () -> {
            Written<Role> written = roles.delete(request, view.current());
            view.after(written.revision());
            return DeleteRoleResponse.newBuilder()
                    .setRole(message(written.value()))
                    .build();
        });
    }

    private static dev.staithe.proto.v1.Role message(Role role) {
        var message = dev.staithe.proto.v1.Role.newBuilder()
                .setName(role.name())
                .setVersion(role.version())
                .setCreatedAt(Requests.timestamp(role.createdAtMillis()))
                .setUpdatedAt(Requests.timestamp(role.updatedAtMillis()));
        switch (role.credentials()) {
            case Role.Credentials.Made made -> message.setCommand(made.command());
            case Role.Credentials.Fixed fixed -> message.setAccessKeyId(fixed.accessKeyId());
        }
        return message.build();
    }
}
