package dev.staithe.controlplane.api.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.World;
import dev.staithe.proto.v1.ServiceDeployment;
import dev.staithe.proto.v1.ServicesGrpc;
import dev.staithe.proto.v1.StopServiceDeploymentRequest;
import dev.staithe.proto.v1.UpdateServiceRequest;
import org.junit.jupiter.api.Test;

final class ServicesEndpointTest {
    @Test
    void stopsADeploymentThatTheLeaderHasNotSeenYet() throws IntentException {
        try (Edge edge = new Edge(World.furnished())) {
            var services = Edge.patient(ServicesGrpc.newBlockingStub(edge.channel()));
            services.update(UpdateServiceRequest.newBuilder()
                    .setService("web")
                    .setForceNewDeployment(true)
                    .build());

            ServiceDeployment stopped = services.stopDeployment(StopServiceDeploymentRequest.newBuilder()
                            .setService("web")
                            .build())
                    .getServiceDeployment();

            assertThat(stopped.getStatus()).isEqualTo("STOPPED");
            assertThat(stopped.getStatusReason()).isEqualTo("it was given up before anything of it had begun");
            assertThat(stopped.getId()).startsWith("ecs-svc/");
        }
    }
}
