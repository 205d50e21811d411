package dev.staithe.controlplane.api.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.World;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.proto.v1.ContainerInstance;
import dev.staithe.proto.v1.ContainerInstancesGrpc;
import dev.staithe.proto.v1.DeleteAttributesRequest;
import dev.staithe.proto.v1.DeregisterContainerInstanceRequest;
import dev.staithe.proto.v1.Failure;
import dev.staithe.proto.v1.InstanceAttribute;
import dev.staithe.proto.v1.ListAttributesRequest;
import dev.staithe.proto.v1.ListAttributesResponse;
import dev.staithe.proto.v1.ListContainerInstancesRequest;
import dev.staithe.proto.v1.PutAttributesRequest;
import dev.staithe.proto.v1.UpdateContainerInstancesStateRequest;
import dev.staithe.proto.v1.UpdateContainerInstancesStateResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ContainerInstancesEndpointTest {
    private final Edge edge;
    private final ContainerInstancesGrpc.ContainerInstancesBlockingStub instances;

    ContainerInstancesEndpointTest() throws Exception {
        edge = new Edge();
        instances = Edge.patient(ContainerInstancesGrpc.newBlockingStub(edge.channel()));
        edge.world.put(World.instance("1".repeat(32), "default", "host-a"));
        edge.world.put(World.instance("2".repeat(32), "default", "host-b"));
    }

    @AfterEach
    void close() {
        edge.close();
    }

    private UpdateContainerInstancesStateResponse update(String status, String... names) {
        return instances.updateState(UpdateContainerInstancesStateRequest.newBuilder()
                .addAllContainerInstances(List.of(names))
                .setStatus(status)
                .build());
    }

    private static InstanceAttribute attribute(String host, String name, String value) {
        return InstanceAttribute.newBuilder()
                .setContainerInstance(host)
                .setName(name)
                .setValue(value)
                .build();
    }

    private List<String> listed(String filter) {
        return instances
                .list(ListContainerInstancesRequest.newBuilder()
                        .setFilter(filter)
                        .build())
                .getContainerInstancesList()
                .stream()
                .map(ContainerInstance::getHostName)
                .toList();
    }

    @Test
    void listsWhatTheFilterSelects() throws IntentException {
        edge.world.put(World.task(edge.world.created("web", 1), "7".repeat(32), TaskStatus.PENDING));
        instances.putAttributes(PutAttributesRequest.newBuilder()
                .addAttributes(attribute("host-b", "disk", "ssd"))
                .build());

        assertThat(listed("")).containsExactly("host-a", "host-b");
        assertThat(listed("attribute:disk == ssd")).containsExactly("host-b");
        assertThat(listed("not attribute:disk == ssd")).containsExactly("host-a");
        assertThat(listed("task:group == service:web")).containsExactly("host-a");
        assertThat(listed("task:group =~ service:.* or runningTasksCount > 1")).containsExactly("host-a");
        assertThat(listed("runningTasksCount == 0")).containsExactly("host-b");
        assertThat(listed("ec2InstanceId == " + "2".repeat(32))).containsExactly("host-b");
        assertThat(listed("agentConnected == true and agentVersion >= 0.1.0 and registeredAt < 1970-01-02"))
                .containsExactly("host-a", "host-b");
        assertThat(refused(() -> listed("attribute:disk ==")).getMessage())
                .isEqualTo("INVALID_ARGUMENT: filter: expected a value after ==, column 18");
    }

    @Test
    void drainsWhatItFindsAndSaysWhatIsMissingOrInactive() {
        ContainerInstance gone = instances
                .deregister(DeregisterContainerInstanceRequest.newBuilder()
                        .setContainerInstance("host-b")
                        .build())
                .getContainerInstance();

        UpdateContainerInstancesStateResponse response = update("DRAINING", "1111", "host-b", "host-c");

        assertThat(gone.getStatus()).isEqualTo("INACTIVE");
        assertThat(response.getContainerInstancesList()).singleElement().satisfies(instance -> {
            assertThat(instance.getHostName()).isEqualTo("host-a");
            assertThat(instance.getStatus()).isEqualTo("DRAINING");
        });
        assertThat(response.getFailuresList())
                .extracting(Failure::getResource, Failure::getReason)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("host-b", "INACTIVE"),
                        org.assertj.core.groups.Tuple.tuple("host-c", "MISSING"));
        assertThat(update("ACTIVE", "host-a").getContainerInstances(0).getStatus())
                .isEqualTo("ACTIVE");
    }

    @Test
    void takesNoOtherStateAndNoMoreThanTenInstances() {
        assertThat(refused(() -> update("INACTIVE", "host-a")).getMessage())
                .isEqualTo("INVALID_ARGUMENT: status: INACTIVE (expected: ACTIVE or DRAINING)");
        assertThat(refused(() -> update("ACTIVE", new String[] {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"}))
                        .getMessage())
                .isEqualTo("INVALID_ARGUMENT: containerInstances: 11 names (expected: at most 10)");
    }

    @Test
    void setsListsAndDeletesAttributes() {
        instances.putAttributes(PutAttributesRequest.newBuilder()
                .addAttributes(attribute("host-a", "stack", "prod"))
                .addAttributes(attribute("2222", "stack", "test"))
                .build());

        ListAttributesResponse first = instances.listAttributes(
                ListAttributesRequest.newBuilder().setMaxResults(1).build());
        ListAttributesResponse second = instances.listAttributes(ListAttributesRequest.newBuilder()
                .setMaxResults(1)
                .setNextToken(first.getNextToken())
                .build());

        assertThat(first.getAttributesList()).containsExactly(attribute("1".repeat(32), "stack", "prod"));
        assertThat(second.getAttributesList()).containsExactly(attribute("2".repeat(32), "stack", "test"));
        assertThat(second.getNextToken()).isEmpty();
        assertThat(instances
                        .listAttributes(ListAttributesRequest.newBuilder()
                                .setAttributeName("stack")
                                .setAttributeValue("test")
                                .build())
                        .getAttributesList())
                .containsExactly(attribute("2".repeat(32), "stack", "test"));
        instances.deleteAttributes(DeleteAttributesRequest.newBuilder()
                .addAttributes(attribute("host-a", "stack", ""))
                .build());
        assertThat(instances
                        .listAttributes(ListAttributesRequest.getDefaultInstance())
                        .getAttributesList())
                .containsExactly(attribute("2".repeat(32), "stack", "test"));
        assertThat(refused(() -> instances.deleteAttributes(DeleteAttributesRequest.newBuilder()
                                .addAttributes(attribute("host-a", "stack", ""))
                                .build()))
                        .getStatus()
                        .getCode())
                .isEqualTo(Status.Code.NOT_FOUND);
    }

    private static StatusRuntimeException refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call);
    }
}
