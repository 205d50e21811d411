package dev.staithe.agent.session.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.session.Dialer;
import dev.staithe.agent.session.Link;
import dev.staithe.proto.agent.v1.AgentMessage;
import dev.staithe.proto.agent.v1.AgentSessionGrpc;
import dev.staithe.proto.agent.v1.ControlMessage;
import dev.staithe.proto.agent.v1.Hello;
import dev.staithe.proto.agent.v1.Welcome;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GrpcDialerTest {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final Dialer dialer = new GrpcDialer();
    private Server server = NettyServerBuilder.forPort(0).build();

    @BeforeEach
    void aControlPlane() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(new Echo())
                .build()
                .start();
    }

    @AfterEach
    void end() {
        server.shutdownNow();
    }

    @Test
    void carriesMessagesBothWays() throws Exception {
        Link link = dial(server.getPort());

        link.send(hello("default"));

        assertThat(next()).isEqualTo("writable");
        assertThat(next()).isEqualTo("welcome default");
        assertThat(link.ready()).isTrue();
        link.close();
        assertThat(next()).isEqualTo("closed by this side");
        assertThat(link.ready()).isFalse();
    }

    @Test
    void saysThatTheControlPlaneEnded() throws Exception {
        Link link = dial(server.getPort());

        link.send(hello("bye"));

        assertThat(next()).isEqualTo("writable");
        assertThat(next()).isEqualTo("the control plane ended the session");
    }

    @Test
    void saysThatNobodyAnswers() throws Exception {
        int port = server.getPort();
        server.shutdownNow().awaitTermination();

        Link link = dial(port);
        link.send(hello("default"));

        assertThat(next()).startsWith("UNAVAILABLE").contains("refused");
    }

    private Link dial(int port) {
        return dialer.dial("127.0.0.1:" + port, new Dialer.Listener() {
            @Override
            public void received(ControlMessage message) {
                heard.add("welcome " + message.getWelcome().getSessionId());
            }

            @Override
            public void writable() {
                heard.add("writable");
            }

            @Override
            public void closed(String why) {
                heard.add(why);
            }
        });
    }

    private String next() throws InterruptedException {
        return String.valueOf(heard.poll(20, TimeUnit.SECONDS));
    }

    private static AgentMessage hello(String cluster) {
        return AgentMessage.newBuilder()
                .setHello(Hello.newBuilder().setCluster(cluster))
                .build();
    }

    private static final class Echo extends AgentSessionGrpc.AgentSessionImplBase {
        @Override
        public StreamObserver<AgentMessage> connect(StreamObserver<ControlMessage> responses) {
            return new StreamObserver<>() {
                @Override
                public void onNext(AgentMessage message) {
                    if (message.getHello().getCluster().equals("bye")) {
                        responses.onCompleted();
                        return;
                    }
                    responses.onNext(ControlMessage.newBuilder()
                            .setWelcome(Welcome.newBuilder()
                                    .setSessionId(message.getHello().getCluster()))
                            .build());
                }

                @Override
                public void onError(Throwable cause) {}

                @Override
                public void onCompleted() {}
            };
        }
    }
}
