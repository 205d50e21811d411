package dev.staithe.controlplane.api.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.dispatch.AgentSessions;
import dev.staithe.controlplane.dispatch.Receipt;
import dev.staithe.controlplane.fixture.RealTime;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.World;
import dev.staithe.controlplane.leader.Leadership;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.proto.agent.v1.AgentMessage;
import dev.staithe.proto.agent.v1.AgentSessionGrpc;
import dev.staithe.proto.agent.v1.ControlMessage;
import dev.staithe.proto.agent.v1.ControlMessage.KindCase;
import dev.staithe.proto.agent.v1.Hello;
import dev.staithe.proto.agent.v1.HostFacts;
import dev.staithe.proto.agent.v1.TaskReport;
import dev.staithe.runtime.EventLoop;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AgentEndpointTest {
    private static final String HOST = "1".repeat(32);

    private final RealTime time = new RealTime();
    private final EventLoop loop = time.environment().loop("control");
    private final List<String> facts = new CopyOnWriteArrayList<>();
    private final AgentSessions sessions;
    private final Server server;
    private final ManagedChannel channel;
    private final Wire wire = new Wire();

    AgentEndpointTest() throws IOException, IntentException {
        World world = World.withDefaultCluster();
        ContainerInstance instance = World.instance(HOST, "default", "host-1");
        world.put(instance);
        sessions = new AgentSessions(
                loop,
                Duration.ofSeconds(2),
                world::state,
                Optional::empty,
                new Facts(),
                (host, question, answer) -> {});
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(new AgentEndpoint(sessions))
                .build()
                .start();
        channel = NettyChannelBuilder.forAddress(server.getListenSockets().getFirst())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void close() {
        channel.shutdownNow();
        server.shutdownNow();
        loop.close();
    }

    @Test
    void aRefusalEndsTheStream() {
        StreamObserver<AgentMessage> agent = AgentSessionGrpc.newStub(channel).connect(wire);

        agent.onNext(hello());

        time.await(() -> wire.ends.contains("completed"));
        assertThat(wire.kinds()).containsExactly(KindCase.REFUSED);
    }

    @Test
    void anAgentThatSaysGoodbyeIsAnsweredInKind() {
        StreamObserver<AgentMessage> agent = connected();

        agent.onCompleted();

        time.await(() -> wire.ends.contains("completed"));
        time.await(() -> facts.contains("silent"));
        assertThat(facts.stream().filter("silent"::equals)).hasSize(1);
    }

    @Test
    void anAgentThatVanishesIsSilentOnce() {
        StreamObserver<AgentMessage> agent = connected();

        agent.onError(Status.CANCELLED.asRuntimeException());

        time.await(() -> facts.contains("silent"));
        loop.execute(() -> sessions.refresh(HOST));
        assertThat(facts.stream().filter("silent"::equals)).hasSize(1);
    }

    @Test
    void demotionEndsTheStream() {
        connected();

        loop.execute(() -> sessions.stop("demoted"));

        time.await(() -> wire.ends.contains("completed"));
        assertThat(wire.kinds()).endsWith(KindCase.REFUSED);
    }

    private StreamObserver<AgentMessage> connected() {
        loop.execute(() -> sessions.start(new Leadership(1), () -> {}));
        StreamObserver<AgentMessage> agent = AgentSessionGrpc.newStub(channel).connect(wire);
        agent.onNext(hello());
        time.await(() -> facts.contains("registered"));
        loop.execute(() -> sessions.refresh(HOST));
        time.await(() -> wire.kinds().contains(KindCase.SNAPSHOT));
        return agent;
    }

    private static AgentMessage hello() {
        return AgentMessage.newBuilder()
                .setHello(Hello.newBuilder()
                        .setMinProtocol(1)
                        .setMaxProtocol(1)
                        .setCluster("default")
                        .setInstanceId(HOST)
                        .setIncarnation(1)
                        .setFacts(HostFacts.newBuilder().setHostName("host-1")))
                .build();
    }

    /** The agent's end. */
    private static final class Wire implements StreamObserver<ControlMessage> {
        private final List<ControlMessage> received = new CopyOnWriteArrayList<>();
        private final List<String> ends = new CopyOnWriteArrayList<>();

        List<KindCase> kinds() {
            return received.stream().map(ControlMessage::getKindCase).toList();
        }

        @Override
        public void onNext(ControlMessage message) {
            received.add(message);
        }

        @Override
        public void onError(Throwable cause) {
            ends.add("failed");
        }

        @Override
        public void onCompleted() {
            ends.add("completed");
        }
    }

    private final class Facts implements AgentSessions.Facts {
        @Override
        public void registered(Hello hello) {
            facts.add("registered");
        }

        @Override
        public void reported(String instanceId, Receipt receipt, List<TaskReport> tasks) {}

        @Override
        public void heard(String instanceId, boolean engineHealthy) {}

        @Override
        public void silent(String instanceId) {
            facts.add("silent");
        }
    }
}
