package dev.staithe.controlplane.api.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.staithe.controlplane.api.grpc.Edge.Refusal;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.proto.v1.ClustersGrpc;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.CreateServiceRequest;
import dev.staithe.proto.v1.KeyValuePair;
import dev.staithe.proto.v1.ListClustersRequest;
import dev.staithe.proto.v1.LoadBalancer;
import dev.staithe.proto.v1.RegisterTaskDefinitionRequest;
import dev.staithe.proto.v1.ServicesGrpc;
import dev.staithe.proto.v1.StopTaskRequest;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskDefinitionsGrpc;
import dev.staithe.proto.v1.TasksGrpc;
import dev.staithe.proto.v1.UpdateServiceRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ErrorsTest {
    private final Edge edge;
    private final ServicesGrpc.ServicesBlockingStub services;
    private final TasksGrpc.TasksBlockingStub tasks;
    private final TaskDefinitionsGrpc.TaskDefinitionsBlockingStub definitions;

    ErrorsTest() throws Exception {
        edge = new Edge();
        services = Edge.patient(ServicesGrpc.newBlockingStub(edge.channel()));
        tasks = Edge.patient(TasksGrpc.newBlockingStub(edge.channel()));
        definitions = Edge.patient(TaskDefinitionsGrpc.newBlockingStub(edge.channel()));
    }

    @AfterEach
    void close() {
        edge.close();
    }

    @Test
    void tellsMachinesTheReason() {
        Refusal refused = Refusal.of(failure(() -> services.update(
                UpdateServiceRequest.newBuilder().setService("web").build())));

        assertThat(refused.code()).isEqualTo("NOT_FOUND");
        assertThat(refused.message()).isEqualTo("Service not found: web in cluster default");
        assertThat(refused.info().getReason()).isEqualTo("SERVICE_NOT_FOUND");
        assertThat(refused.info().getDomain()).isEqualTo("staithe.dev");
        assertThat(refused.fields()).isEmpty();
    }

    @Test
    void namesEveryFieldThatIsWrong() {
        Refusal refused = Refusal.of(failure(() -> services.create(CreateServiceRequest.newBuilder()
                .setServiceName("web")
                .setTaskDefinition("web")
                .setDesiredCount(-1)
                .addLoadBalancers(LoadBalancer.getDefaultInstance())
                .build())));

        assertThat(refused.code()).isEqualTo("INVALID_ARGUMENT");
        assertThat(refused.message()).isEqualTo("loadBalancers is not supported yet (and 1 more)");
        assertThat(refused.info().getReason()).isEqualTo("UNSUPPORTED_FIELD");
        assertThat(refused.fields()).containsExactly("loadBalancers", "desiredCount");
    }

    @Test
    void namesAsManyFieldsAsFitIntoAnAnswer() {
        ContainerDefinition.Builder container =
                ContainerDefinition.newBuilder().setName("x".repeat(255)).setImage("€".repeat(200));
        for (int i = 0; i < 1000; i++) {
            container.addEnvironment(KeyValuePair.newBuilder().setName("=" + "€".repeat(10)));
        }

        Refusal refused = Refusal.of(failure(() -> definitions.register(RegisterTaskDefinitionRequest.newBuilder()
                .setTaskDefinition(TaskDefinition.newBuilder().setFamily("web").addContainerDefinitions(container))
                .build())));

        assertThat(refused.info().getReason()).isEqualTo("INVALID_ARGUMENT");
        assertThat(refused.fields()).startsWith("containerDefinitions[0].image");
    }

    @Test
    void saysWhereTheLeaderIs() {
        edge.leader.failsWith(IntentException.notLeader("10.0.0.2:7070"));

        Refusal refused = Refusal.of(failure(() -> tasks.stop(StopTaskRequest.getDefaultInstance())));

        assertThat(refused.info().getReason()).isEqualTo("NOT_LEADER");
        assertThat(refused.info().getMetadataMap()).containsEntry("leader", "10.0.0.2:7070");
    }

    @Test
    void keepsBugsFromCallers() {
        edge.leader.failsWith(new IllegalStateException("a secret detail"));

        StatusRuntimeException failure = failure(() -> tasks.stop(StopTaskRequest.getDefaultInstance()));

        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(failure.getStatus().getDescription())
                .matches("internal error [0-9a-f]{12} \\(the control plane's log has more under this id\\)");
    }

    @Test
    void refusesARequestThatIsTooLarge() {
        Refusal refused = Refusal.of(failure(() -> services.update(UpdateServiceRequest.newBuilder()
                .setService("x".repeat(ApiServices.MOST_REQUEST_BYTES))
                .build())));

        assertThat(refused.message()).matches("request: \\d+ bytes \\(expected: at most 1048576\\)");
    }

    @Test
    void answersNoReadsBeforeTheStateIsLoaded() {
        edge.view.notLoaded();

        Refusal refused = Refusal.of(failure(() -> Edge.patient(ClustersGrpc.newBlockingStub(edge.channel()))
                .list(ListClustersRequest.getDefaultInstance())));

        assertThat(refused.code()).isEqualTo("UNAVAILABLE");
        assertThat(refused.info().getReason()).isEqualTo("STORE_UNAVAILABLE");
    }

    private static StatusRuntimeException failure(ThrowingCallable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call);
    }
}
