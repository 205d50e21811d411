package dev.staithe.cli;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import dev.staithe.proto.v1.ClustersGrpc;
import dev.staithe.proto.v1.ContainerInstancesGrpc;
import dev.staithe.proto.v1.EventsGrpc;
import dev.staithe.proto.v1.ExecGrpc;
import dev.staithe.proto.v1.LogsGrpc;
import dev.staithe.proto.v1.PlansGrpc;
import dev.staithe.proto.v1.RolesGrpc;
import dev.staithe.proto.v1.SecretsGrpc;
import dev.staithe.proto.v1.ServicesGrpc;
import dev.staithe.proto.v1.StatsGrpc;
import dev.staithe.proto.v1.TagsGrpc;
import dev.staithe.proto.v1.TaskDefinitionsGrpc;
import dev.staithe.proto.v1.TasksGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * A control plane that says what a test tells it to say, over a real connection. A call that no test scripted is
 * answered as by a control plane that does not know it.
 */
public final class FakeControlPlane implements AutoCloseable {
    private final Map<String, BiConsumer<Message, StreamObserver<Message>>> scripts = new ConcurrentHashMap<>();
    private final List<Message> requests = new CopyOnWriteArrayList<>();
    private final Server server;

    public FakeControlPlane() {
        NettyServerBuilder builder =
                NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        for (ServiceDescriptor service : List.of(
                ClustersGrpc.getServiceDescriptor(),
                TaskDefinitionsGrpc.getServiceDescriptor(),
                ServicesGrpc.getServiceDescriptor(),
                TasksGrpc.getServiceDescriptor(),
                TagsGrpc.getServiceDescriptor(),
                SecretsGrpc.getServiceDescriptor(),
                RolesGrpc.getServiceDescriptor(),
                ContainerInstancesGrpc.getServiceDescriptor(),
                EventsGrpc.getServiceDescriptor(),
                PlansGrpc.getServiceDescriptor(),
                ExecGrpc.getServiceDescriptor(),
                LogsGrpc.getServiceDescriptor(),
                StatsGrpc.getServiceDescriptor())) {
            builder.addService(scripted(service));
        }
        try {
            server = builder.build().start();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** HOST:PORT. */
    public String address() {
        return "127.0.0.1:" + server.getPort();
    }

    /** Everything that was asked, in order. */
    public List<Message> requests() {
        return List.copyOf(requests);
    }

    /** The last request of this type. */
    public <Q extends Message> Q last(Class<Q> type) {
        return requests.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .reduce((first, second) -> second)
                .orElseThrow(() -> new AssertionError("no " + type.getSimpleName() + " among " + requests));
    }

    /** Scripts a call with one answer; the function may throw {@link #refusal}. */
    @SuppressWarnings("unchecked") // A method carries the types of its messages.
    public <Q extends Message, R extends Message> FakeControlPlane answer(
            MethodDescriptor<Q, R> method, Function<Q, R> script) {
        return stream(method, (request, answers) -> {
            answers.onNext(script.apply(request));
            answers.onCompleted();
        });
    }

    /** Scripts a call with a stream of answers. */
    @SuppressWarnings("unchecked") // A method carries the types of its messages.
    public <Q extends Message, R extends Message> FakeControlPlane stream(
            MethodDescriptor<Q, R> method, BiConsumer<Q, StreamObserver<R>> script) {
        scripts.put(
                method.getFullMethodName(), (BiConsumer<Message, StreamObserver<Message>>) (BiConsumer<?, ?>) script);
        return this;
    }

    /** An error as the control plane gives it. */
    public static StatusRuntimeException refusal(
            Status.Code code, String reason, String message, Map<String, String> metadata, String... violations) {
        com.google.rpc.Status.Builder status = com.google.rpc.Status.newBuilder()
                .setCode(code.value())
                .setMessage(message)
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(reason)
                        .setDomain("staithe.dev")
                        .putAllMetadata(metadata)
                        .build()));
        if (violations.length > 0) {
            BadRequest.Builder bad = BadRequest.newBuilder();
            for (int i = 0; i < violations.length; i += 2) {
                bad.addFieldViolationsBuilder().setField(violations[i]).setDescription(violations[i + 1]);
            }
            status.addDetails(Any.pack(bad.build()));
        }
        return StatusProto.toStatusRuntimeException(status.build());
    }

    /** The usual error: a reason and a message. */
    public static StatusRuntimeException refusal(Status.Code code, String reason, String message) {
        return refusal(code, reason, message, Map.of());
    }

    private ServerServiceDefinition scripted(ServiceDescriptor service) {
        ServerServiceDefinition.Builder definition = ServerServiceDefinition.builder(service);
        service.getMethods().forEach(method -> addMethod(definition, method));
        return definition.build();
    }

    @SuppressWarnings("unchecked") // Every message of the API is a Message.
    private void addMethod(ServerServiceDefinition.Builder definition, MethodDescriptor<?, ?> method) {
        String name = method.getFullMethodName();
        definition.addMethod(
                (MethodDescriptor<Message, Message>) method,
                method.getType() == MethodDescriptor.MethodType.BIDI_STREAMING
                        ? ServerCalls.asyncBidiStreamingCall(answers -> new Each(name, answers))
                        : ServerCalls.asyncServerStreamingCall((request, answers) -> play(name, request, answers)));
    }

    private void play(String method, Message request, StreamObserver<Message> answers) {
        requests.add(request);
        BiConsumer<Message, StreamObserver<Message>> script = scripts.get(method);
        if (script == null) {
            answers.onError(Status.UNIMPLEMENTED.asRuntimeException());
            return;
        }
        try {
            script.accept(request, answers);
        } catch (StatusRuntimeException e) {
            answers.onError(e);
        }
    }

    /** A stream on which both sides speak: the script is played for each message. */
    private final class Each implements StreamObserver<Message> {
        private final String method;
        private final StreamObserver<Message> answers;

        Each(String method, StreamObserver<Message> answers) {
            this.method = method;
            this.answers = answers;
        }

        @Override
        public void onNext(Message request) {
            play(method, request, answers);
        }

        @Override
        public void onError(Throwable gone) {}

        @Override
        public void onCompleted() {}
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
