package dev.staithe.bench;

import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.CreateServiceRequest;
import dev.staithe.proto.v1.DeleteServiceRequest;
import dev.staithe.proto.v1.PortMapping;
import dev.staithe.proto.v1.RegisterTaskDefinitionRequest;
import dev.staithe.proto.v1.Service;
import dev.staithe.proto.v1.ServicesGrpc;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskDefinitionsGrpc;
import dev.staithe.proto.v1.UpdateServiceRequest;
import dev.staithe.proto.v1.WatchServiceRequest;
import dev.staithe.proto.v1.WatchServiceResponse;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Services of one small task definition, as a user has them. */
final class BenchServices {
    static final String FAMILY = "bench";
    static final String FAMILY_LABEL = "dev.staithe.family";

    private final ServicesGrpc.ServicesBlockingStub services;
    private final String definition;

    BenchServices(ManagedChannel channel, String image) {
        services = ServicesGrpc.newBlockingStub(channel);
        TaskDefinition registered = TaskDefinitionsGrpc.newBlockingStub(channel)
                .withDeadlineAfter(30, TimeUnit.SECONDS)
                .register(RegisterTaskDefinitionRequest.newBuilder()
                        .setTaskDefinition(definition(image))
                        .build())
                .getTaskDefinition();
        definition = registered.getFamily() + ":" + registered.getRevision();
    }

    /** {@link RawEngine#run} makes the same container. */
    private static TaskDefinition definition(String image) {
        return TaskDefinition.newBuilder()
                .setFamily(FAMILY)
                .addContainerDefinitions(ContainerDefinition.newBuilder()
                        .setName("main")
                        .setImage(image)
                        .setCpu(RawEngine.CPU)
                        .setMemory(RawEngine.MEMORY_MIB)
                        .setStopTimeout(2)
                        .addPortMappings(PortMapping.newBuilder().setContainerPort(RawEngine.PORT)))
                .build();
    }

    void create(String name, int count) {
        var unused = services.withDeadlineAfter(30, TimeUnit.SECONDS)
                .create(CreateServiceRequest.newBuilder()
                        .setServiceName(name)
                        .setTaskDefinition(definition)
                        .setDesiredCount(count)
                        .build());
    }

    void scale(String name, int count) {
        var unused = services.withDeadlineAfter(30, TimeUnit.SECONDS)
                .update(UpdateServiceRequest.newBuilder()
                        .setService(name)
                        .setDesiredCount(count)
                        .build());
    }

    void delete(String name) {
        var unused = services.withDeadlineAfter(30, TimeUnit.SECONDS)
                .delete(DeleteServiceRequest.newBuilder()
                        .setService(name)
                        .setForce(true)
                        .build());
        await(name, r -> r.getService().getStatus().equals("INACTIVE"));
    }

    /** The engine's id of the container of a service of one task, once that is steady. */
    String container(String name) {
        return await(name, up(1)).getTasksList().stream()
                .filter(t -> t.getLastStatus().equals("RUNNING"))
                .map(t -> t.getContainers(0).getRuntimeId())
                .findFirst()
                .orElseThrow();
    }

    void awaitUp(String name, int count) {
        await(name, up(count));
    }

    /** Steady as the scheduler has said: a task that dies before it was healthy is one that did not come up, and waits. */
    private static Predicate<WatchServiceResponse> up(int count) {
        return r -> {
            Service service = r.getService();
            return service.getDeploymentsCount() == 1
                    && service.getRunningCount() == count
                    && service.getEventsCount() > 0
                    && service.getEvents(0).getMessage().endsWith("has reached a steady state.")
                    && r.getTasksList().stream().map(Task::getLastStatus).noneMatch("STOPPING"::equals);
        };
    }

    private WatchServiceResponse await(String name, Predicate<WatchServiceResponse> condition) {
        try (Context.CancellableContext call = Context.current().withCancellation()) {
            Context before = call.attach();
            try {
                Iterator<WatchServiceResponse> states = services.withDeadlineAfter(5, TimeUnit.MINUTES)
                        .watch(WatchServiceRequest.newBuilder().setService(name).build());
                while (true) {
                    WatchServiceResponse state = states.next();
                    if (condition.test(state)) {
                        return state;
                    }
                }
            } finally {
                call.detach(before);
            }
        }
    }
}
