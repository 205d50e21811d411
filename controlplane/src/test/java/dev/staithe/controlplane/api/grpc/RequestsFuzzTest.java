package dev.staithe.controlplane.api.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.RequestFuzz;
import dev.staithe.controlplane.intent.World;
import dev.staithe.proto.v1.DescribeServicesRequest;
import dev.staithe.proto.v1.RegisterTaskDefinitionRequest;
import dev.staithe.proto.v1.RunTaskRequest;
import dev.staithe.proto.v1.UpdateServiceRequest;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever message is sent to whichever method of the API, it is answered or refused in words: nothing is ever INTERNAL, and
 * nothing hangs. A million messages: {@code -Dfuzz.requests=1000000}, which takes some minutes; others: {@code -Dfuzz.seed=7}.
 */
final class RequestsFuzzTest {
    private static final int INPUTS = Integer.getInteger("fuzz.requests", 60_000);
    private static final int INPUTS_OF_A_WORLD = 200;
    private static final long SEED = Long.getLong("fuzz.seed", 20_261_120);
    private static final long LONGEST_NANOS = 5_000_000_000L;

    /** Messages that need more than chance to be valid. */
    private static final Map<String, Message> VALID = Map.of(
            "RegisterTaskDefinitionRequest",
                    RegisterTaskDefinitionRequest.newBuilder()
                            .setTaskDefinition(World.definition("web"))
                            .build(),
            "CreateServiceRequest", World.service("new", "web", 1),
            "UpdateServiceRequest",
                    UpdateServiceRequest.newBuilder()
                            .setService("web")
                            .setDesiredCount(2)
                            .build(),
            "RunTaskRequest",
                    RunTaskRequest.newBuilder().setTaskDefinition("web").build(),
            "DescribeServicesRequest",
                    DescribeServicesRequest.newBuilder().addServices("web").build());

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final RequestFuzz fuzz = new RequestFuzz(SEED);
    private final Map<String, Map<Status.Code, Integer>> answers = new TreeMap<>();

    @Test
    @Timeout(1200)
    void answersOrRefusesEveryMessage() throws IntentException {
        List<ServerMethodDefinition<?, ?>> methods = List.of();
        for (int i = 0; i < INPUTS; i++) {
            if (i % INPUTS_OF_A_WORLD == 0) {
                methods = methods(new Edge(World.furnished()));
            }
            ServerMethodDefinition<?, ?> method = methods.get(random.nextInt(methods.size()));
            Message type = type(method.getMethodDescriptor());
            Message valid = VALID.get(type.getDescriptorForType().getName());
            Message request = valid == null || random.nextBoolean() ? fuzz.any(type) : fuzz.changed(valid);
            send(method, request, i);
        }

        // Not worth much if the messages never got behind the first check.
        int called = answers.size();
        answers.values().removeIf(codes -> codes.containsKey(Status.Code.OK));
        assertThat(answers).as("methods that never answered").hasSizeLessThan(called / 4);
    }

    private void send(ServerMethodDefinition<?, ?> method, Message request, int number) {
        String name = method.getMethodDescriptor().getFullMethodName();
        long begin = System.nanoTime();
        Status status;
        try {
            status = call(method, request);
        } catch (RuntimeException | StackOverflowError bug) {
            throw new AssertionError(said(name, request, number), bug);
        }
        if (System.nanoTime() - begin > LONGEST_NANOS) {
            throw new AssertionError("hangs: " + said(name, request, number));
        }
        if (status.getCode() == Status.Code.INTERNAL
                || status.getCode() == Status.Code.UNKNOWN
                || String.valueOf(status.getDescription()).contains("\n")) {
            throw new AssertionError(status + ": " + said(name, request, number), status.getCause());
        }
        answers.computeIfAbsent(name, n -> new TreeMap<>()).merge(status.getCode(), 1, Integer::sum);
    }

    private static String said(String method, Message request, int number) {
        return "seed " + SEED + ", input " + number + ", " + method + ":\n" + request;
    }

    private static List<ServerMethodDefinition<?, ?>> methods(Edge edge) {
        List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();
        edge.services().forEach(service -> methods.addAll(service.getMethods()));
        methods.sort(java.util.Comparator.comparing(m -> m.getMethodDescriptor().getFullMethodName()));
        return methods;
    }

    private static Message type(MethodDescriptor<?, ?> method) {
        return (Message)
                Objects.requireNonNull(((PrototypeMarshaller<?>) method.getRequestMarshaller()).getMessagePrototype());
    }

    /** How the call ends; a stream that goes on is left, and counts as well answered. */
    @SuppressWarnings("unchecked") // Every request of the API is a Message.
    private static Status call(ServerMethodDefinition<?, ?> method, Message request) {
        Call<Message> call = new Call<>((ServerMethodDefinition<Message, ?>) method);
        return call.send(request);
    }

    /** One call without a wire, which takes everything at once. */
    private static final class Call<Q> {
        private final ServerMethodDefinition<Q, ?> method;
        private Optional<Status> closed = Optional.empty();

        Call(ServerMethodDefinition<Q, ?> method) {
            this.method = method;
        }

        Status send(Q request) {
            ServerCall.Listener<Q> listener = start(method);
            listener.onReady();
            listener.onMessage(request);
            listener.onHalfClose();
            if (closed.isPresent()) {
                listener.onComplete();
            } else {
                listener.onCancel();
            }
            return closed.orElse(Status.OK);
        }

        private <R> ServerCall.Listener<Q> start(ServerMethodDefinition<Q, R> definition) {
            return definition.getServerCallHandler().startCall(new Answered<>(definition), new Metadata());
        }

        private final class Answered<R> extends ServerCall<Q, R> {
            private final ServerMethodDefinition<Q, R> definition;

            Answered(ServerMethodDefinition<Q, R> definition) {
                this.definition = definition;
            }

            @Override
            public void request(int messages) {}

            @Override
            public void sendHeaders(Metadata headers) {}

            @Override
            public void sendMessage(R message) {}

            @Override
            public void close(Status status, Metadata trailers) {
                closed = Optional.of(status);
            }

            @Override
            public boolean isCancelled() {
                return false;
            }

            @Override
            public boolean isReady() {
                return closed.isEmpty();
            }

            @Override
            public MethodDescriptor<Q, R> getMethodDescriptor() {
                return definition.getMethodDescriptor();
            }
        }
    }
}
