package dev.staithe.multinode;

import dev.staithe.cli.client.ApiError;
import dev.staithe.cli.client.ControlPlane;
import dev.staithe.proto.v1.ContainerInstance;
import dev.staithe.proto.v1.ContainerInstancesGrpc;
import dev.staithe.proto.v1.CreateServiceRequest;
import dev.staithe.proto.v1.DescribeServicesRequest;
import dev.staithe.proto.v1.DescribeTaskDefinitionRequest;
import dev.staithe.proto.v1.DescribeTasksRequest;
import dev.staithe.proto.v1.ListContainerInstancesRequest;
import dev.staithe.proto.v1.ListTasksRequest;
import dev.staithe.proto.v1.RegisterTaskDefinitionRequest;
import dev.staithe.proto.v1.RunTaskRequest;
import dev.staithe.proto.v1.RunTaskResponse;
import dev.staithe.proto.v1.Service;
import dev.staithe.proto.v1.ServicesGrpc;
import dev.staithe.proto.v1.StopTaskRequest;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskDefinitionsGrpc;
import dev.staithe.proto.v1.TasksGrpc;
import dev.staithe.proto.v1.UpdateServiceRequest;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.AbstractBlockingStub;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A patient client: asks one control plane after the other until one answers, follows redirects to the leader, and fails
 * only for what a control plane refuses or when a minute has passed. Used by one thread.
 */
final class Api implements AutoCloseable {
    private static final Duration CALL_LIMIT = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final List<String> addresses;
    private final Map<String, ManagedChannel> channels = new TreeMap<>();
    private int next;

    /** @param addresses HOST:PORT of each control plane */
    Api(List<String> addresses) {
        this.addresses = List.copyOf(addresses);
    }

    /** Registers a revision; answers FAMILY:REVISION. Tried again after a crash, it may have made one more. */
    String register(TaskDefinition definition) {
        TaskDefinition made = call(
                        TaskDefinitionsGrpc::newBlockingStub,
                        api -> api.register(RegisterTaskDefinitionRequest.newBuilder()
                                .setTaskDefinition(definition)
                                .build()))
                .getTaskDefinition();
        return made.getFamily() + ":" + made.getRevision();
    }

    TaskDefinition definition(String name) {
        return call(
                        TaskDefinitionsGrpc::newBlockingStub,
                        api -> api.describe(DescribeTaskDefinitionRequest.newBuilder()
                                .setTaskDefinition(name)
                                .build()))
                .getTaskDefinition();
    }

    Service createService(String name, String definition, int count) {
        return call(
                        ServicesGrpc::newBlockingStub,
                        api -> api.create(CreateServiceRequest.newBuilder()
                                .setServiceName(name)
                                .setTaskDefinition(definition)
                                .setDesiredCount(count)
                                .setClientToken("create-" + name)
                                .build()))
                .getService();
    }

    Service scale(String name, int count) {
        return call(ServicesGrpc::newBlockingStub, api -> api.update(scaleTo(name, count)))
                .getService();
    }

    static UpdateServiceRequest scaleTo(String name, int count) {
        return UpdateServiceRequest.newBuilder()
                .setService(name)
                .setDesiredCount(count)
                .build();
    }

    Service service(String name) {
        return call(
                        ServicesGrpc::newBlockingStub,
                        api -> api.describe(DescribeServicesRequest.newBuilder()
                                .addServices(name)
                                .build()))
                .getServicesList()
                .stream()
                .findFirst()
                .orElseThrow(() -> new AssertionError("service " + name + " is not there"));
    }

    /** The tasks of the service whose desired status is RUNNING or STOPPED, or ALL. */
    List<Task> tasks(String service, String desired) {
        return call(
                        TasksGrpc::newBlockingStub,
                        api -> api.list(ListTasksRequest.newBuilder()
                                .setServiceName(service)
                                .setDesiredStatus(desired)
                                .build()))
                .getTasksList();
    }

    Task task(String id) {
        return call(
                        TasksGrpc::newBlockingStub,
                        api -> api.describe(
                                DescribeTasksRequest.newBuilder().addTasks(id).build()))
                .getTasksList()
                .stream()
                .findFirst()
                .orElseThrow(() -> new AssertionError("task " + id + " is not there"));
    }

    RunTaskResponse run(String definition, String token) {
        return call(TasksGrpc::newBlockingStub, api -> api.run(runRequest(definition, token)));
    }

    static RunTaskRequest runRequest(String definition, String token) {
        return RunTaskRequest.newBuilder()
                .setTaskDefinition(definition)
                .setClientToken(token)
                .build();
    }

    Task stop(String task) {
        return call(
                        TasksGrpc::newBlockingStub,
                        api -> api.stop(
                                StopTaskRequest.newBuilder().setTask(task).build()))
                .getTask();
    }

    List<ContainerInstance> instances() {
        return call(
                        ContainerInstancesGrpc::newBlockingStub,
                        api -> api.list(ListContainerInstancesRequest.getDefaultInstance()))
                .getContainerInstancesList();
    }

    /** Makes the call, as patiently as the class says. */
    <S extends AbstractBlockingStub<S>, T> T call(Function<Channel, S> stub, Function<S, T> call) {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        Optional<String> redirect = Optional.empty();
        while (true) {
            String target = redirect.orElseGet(() -> addresses.get(next % addresses.size()));
            try {
                return once(target, stub, call);
            } catch (StatusRuntimeException e) {
                ApiError error = ApiError.of(e);
                boolean again = error.unreachable()
                        || error.leaderless()
                        || error.leader().isPresent()
                        || error.reason().equals("STORE_UNAVAILABLE");
                if (!again || System.nanoTime() > giveUp) {
                    throw new AssertionError(target + " refused: " + error.reason() + " " + error.message(), e);
                }
                redirect = redirect.isPresent() ? Optional.empty() : error.leader();
                if (redirect.isEmpty()) {
                    next++;
                    ControlPlane.pause(PAUSE);
                }
            }
        }
    }

    /** Makes the call once, at that control plane; what it refuses is thrown as it comes. */
    <S extends AbstractBlockingStub<S>, T> T once(String address, Function<Channel, S> stub, Function<S, T> call) {
        ManagedChannel channel = channels.computeIfAbsent(address, Api::connect);
        // Whoever asks again soon does not want to wait for the channel's own pause between two attempts.
        channel.resetConnectBackoff();
        return call.apply(stub.apply(channel).withDeadlineAfter(CALL_LIMIT.toMillis(), TimeUnit.MILLISECONDS));
    }

    private static ManagedChannel connect(String address) {
        int colon = address.lastIndexOf(':');
        return NettyChannelBuilder.forAddress(new InetSocketAddress(
                        address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))))
                .usePlaintext()
                .disableRetry()
                .build();
    }

    @Override
    public void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
    }
}
