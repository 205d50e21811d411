package dev.staithe.controlplane.api.grpc;

import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.Secrets;
import dev.staithe.controlplane.intent.Written;
import dev.staithe.controlplane.model.Secret;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.DeleteSecretRequest;
import dev.staithe.proto.v1.DeleteSecretResponse;
import dev.staithe.proto.v1.ListSecretsRequest;
import dev.staithe.proto.v1.ListSecretsResponse;
import dev.staithe.proto.v1.ReencryptSecretsRequest;
import dev.staithe.proto.v1.ReencryptSecretsResponse;
import dev.staithe.proto.v1.SecretsGrpc;
import dev.staithe.proto.v1.SetSecretRequest;
import dev.staithe.proto.v1.SetSecretResponse;
import dev.staithe.proto.v1.StoredSecret;
import io.grpc.stub.StreamObserver;

/** The service {@code staithe.v1.Secrets}. Values go in, never out. */
final class SecretsEndpoint extends SecretsGrpc.SecretsImplBase {
    private final View view;
    private final Secrets secrets;

    SecretsEndpoint(View view, Secrets secrets) {
        this.view = view;
        this.secrets = secrets;
    }

    @Override
    public void set(SetSecretRequest request, StreamObserver<SetSecretResponse> caller) {
        Calls.answer(caller, () -> {
            Written<Secret> written = secrets.set(request, view.current());
            view.after(written.revision());
            return SetSecretResponse.newBuilder()
                    .setSecret(message(written.value()))
                    .build();
        });
    }

    @Override
    public void list(ListSecretsRequest request, StreamObserver<ListSecretsResponse> caller) {
        Calls.answer(caller, () -> {
            ClusterState state = view.current();
            String cluster = View.cluster(state, request.getCluster());
            var page = Paging.page(
                    state.secrets().stream()
                            .filter(secret -> secret.cluster().equals(cluster))
                            .toList(),
                    Secret::name,
                    false,
                    request.getMaxResults(),
                    request.getNextToken());
            ListSecretsResponse.Builder response =
                    ListSecretsResponse.newBuilder().setNextToken(page.nextToken());
            page.elements().forEach(secret -> response.addSecrets(message(secret)));
            return response.build();
        });
    }

    @Override
    public void delete(DeleteSecretRequest request, StreamObserver<DeleteSecretResponse> caller) {
        Calls.answer(caller, () -> {
            Written<Secret> written = secrets.delete(request, view.current());
            view.after(written.revision());
            return DeleteSecretResponse.newBuilder()
                    .setSecret(message(written.value()))
                    .build();
        });
    }

    @Override
    public void reencrypt(ReencryptSecretsRequest request, StreamObserver<ReencryptSecretsResponse> caller) {
        Calls.answer(caller, () -> {
            Secrets.Reencrypted done = reencrypted(request);
            return ReencryptSecretsResponse.newBuilder()
                    .setReencrypted(done.count())
                    .addAllUnreadable(done.unreadable())
                    .build();
        });
    }

    private Secrets.Reencrypted reencrypted(ReencryptSecretsRequest request) throws IntentException {
        dev.staithe.controlplane.intent.Hosts.checkFields(request);
        return secrets.reencrypt(view.current());
    }

    private static StoredSecret message(Secret secret) {
        return StoredSecret.newBuilder()
                .setName(secret.name())
                .setVersion(secret.version())
                .setSize(secret.value().size())
                .setCreatedAt(Requests.timestamp(secret.createdAtMillis()))
                .setUpdatedAt(Requests.timestamp(secret.updatedAtMillis()))
                .setKeyId(secret.value().keyId())
                .build();
    }
}
