package dev.staithe.agent.container.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.agent.model.HostPort;
import dev.staithe.agent.model.Listener;
import dev.staithe.agent.traffic.ConnectionGate;
import dev.staithe.agent.traffic.Listening;
import dev.staithe.agent.traffic.linux.Firewalls;
import dev.staithe.agent.traffic.linux.NeighbourHost;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whom a refused port turns away, on the real kernel, and whom it does not: by each way there is to a published port. */
final class PublishedPortTest {
    private static final String TASK = "0123456789abcdef0123456789abcdef";

    /** Each is room for one connection that nc has not accepted yet. */
    private static final String ROOM = "l".repeat(60);

    private final TestEngine engine = new TestEngine();
    private final String agent = engine.environment().ids().next();
    private final NeighbourHost neighbour = new NeighbourHost(agent);
    private final List<ConnectionGate> gates = new ArrayList<>();

    @AfterEach
    void cleanUp() throws IOException {
        for (ConnectionGate gate : gates) {
            gate.refuse(new TreeMap<>());
        }
        neighbour.close();
        engine.close();
    }

    @ParameterizedTest
    @EnumSource
    void turnsAwayWhoeverIsNewByWhicheverWay(Firewalls kind) throws IOException {
        ConnectionGate gate = gate(kind);
        InspectContainerResponse echo = echoContainer();
        int port = hostPort(echo);
        List<String> own = List.of("127.0.0.1", "::1", bridge(), neighbour.address4(), neighbour.address6());
        List<String> fromNeighbour = List.of(bridge(), neighbour.address4(), neighbour.address6());
        List<Socket> before = new ArrayList<>();
        for (String address : own) {
            before.add(connected(address, port));
        }
        List<NeighbourHost.Talk> talks = fromNeighbour.stream()
                .map(address -> neighbour.talk(address, port))
                .toList();
        talks.forEach(talk -> assertThat(talk.echo("good morning")).isEqualTo("good morning"));

        gate.refuse(only("tcp", port));

        for (String address : own) {
            assertThatThrownBy(() -> connected(address, port))
                    .as("from the host to %s", address)
                    .isInstanceOf(ConnectException.class);
        }
        for (String address : fromNeighbour) {
            assertThat(neighbour.connects(address, port))
                    .as("from another host to %s", address)
                    .isEqualTo(NeighbourHost.Answer.REFUSED);
        }
        assertThat(neighbour.connectsFrom(pid(echo), bridge(), port))
                .as("from a container to the host")
                .isEqualTo(NeighbourHost.Answer.REFUSED);
        for (Socket socket : before) {
            assertThat(echo(socket, "still there")).isEqualTo("still there");
            socket.close();
        }
        talks.forEach(talk -> assertThat(talk.echo("still here")).isEqualTo("still here"));
        talks.forEach(NeighbourHost.Talk::close);

        gate.refuse(new TreeMap<>());

        for (String address : own) {
            connected(address, port).close();
        }
        assertThat(neighbour.connects(neighbour.address4(), port)).isEqualTo(NeighbourHost.Answer.ACCEPTED);
        assertThat(kind.leftOnTheHost(agent)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void thePortOfAnotherHostStaysReachable(Firewalls kind) throws IOException {
        ConnectionGate gate = gate(kind);
        InspectContainerResponse echo = echoContainer();
        int port = hostPort(echo);
        neighbour.listen(port);

        gate.refuse(only("tcp", port));

        connected(neighbour.itsAddress4(), port).close();
        connected(neighbour.itsAddress6(), port).close();
        assertThat(neighbour.connectsFrom(pid(echo), neighbour.itsAddress4(), port))
                .isEqualTo(NeighbourHost.Answer.ACCEPTED);
        assertThat(neighbour.connects(bridge(), hostPort(echoContainer())))
                .as("another port of this host")
                .isEqualTo(NeighbourHost.Answer.ACCEPTED);
    }

    @ParameterizedTest
    @EnumSource
    void aServerInTheHostsNetworkIsRefusedToo(Firewalls kind) throws IOException {
        ConnectionGate gate = gate(kind);
        try (ServerSocket server = new ServerSocket(0)) {
            int port = server.getLocalPort();
            connected("127.0.0.1", port).close();

            gate.refuse(only("tcp", port));

            assertThatThrownBy(() -> connected("127.0.0.1", port)).isInstanceOf(ConnectException.class);
            assertThat(neighbour.connects(neighbour.address4(), port)).isEqualTo(NeighbourHost.Answer.REFUSED);
            assertThat(neighbour.connects(neighbour.address6(), port)).isEqualTo(NeighbourHost.Answer.REFUSED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void datagramsOfNewClientsAreRefused(Firewalls kind) throws IOException {
        ConnectionGate gate = gate(kind);
        try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                DatagramSocket known = client(server.getLocalPort());
                DatagramSocket fresh = client(server.getLocalPort())) {
            DatagramPacket hello = new DatagramPacket("hello".getBytes(StandardCharsets.UTF_8), 5);
            known.send(hello);
            DatagramPacket received = new DatagramPacket(new byte[5], 5);
            server.receive(received);
            server.send(new DatagramPacket("there".getBytes(StandardCharsets.UTF_8), 5, received.getSocketAddress()));
            known.receive(new DatagramPacket(new byte[5], 5));

            gate.refuse(only("udp", server.getLocalPort()));

            assertThatThrownBy(() -> {
                        fresh.send(hello);
                        fresh.receive(new DatagramPacket(new byte[5], 5));
                    })
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(SocketTimeoutException.class);
            known.send(hello);
            server.receive(received);
            assertThat(received.getPort()).isEqualTo(known.getLocalPort());
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsRefusedIsReplacedAsAWhole(Firewalls kind) throws IOException {
        ConnectionGate gate = gate(kind);
        try (ServerSocket one = new ServerSocket(0);
                ServerSocket other = new ServerSocket(0)) {
            gate.refuse(only("tcp", one.getLocalPort()));
            gate.refuse(only("tcp", one.getLocalPort()));
            ConnectionGate next = gate(kind);
            next.refuse(only("tcp", other.getLocalPort()));

            connected("127.0.0.1", one.getLocalPort()).close();
            assertThatThrownBy(() -> connected("127.0.0.1", other.getLocalPort()))
                    .isInstanceOf(ConnectException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anotherAgentsRefusalsStay(Firewalls kind) throws IOException {
        ConnectionGate gate = gate(kind);
        ConnectionGate others = gate(kind, engine.environment().ids().next());
        try (ServerSocket server = new ServerSocket(0)) {
            others.refuse(only("tcp", server.getLocalPort()));

            gate.refuse(only("tcp", 1));
            gate.refuse(new TreeMap<>());

            assertThatThrownBy(() -> connected("127.0.0.1", server.getLocalPort()))
                    .isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void countsTheConnectionsOfTheContainerThatIsMeant() throws IOException {
        ConnectionGate gate = gate(Firewalls.NFTABLES);
        InspectContainerResponse echo = echoContainer();
        InspectContainerResponse other = echoContainer();
        Listener listener = new Listener(echo.getId(), set(7), set(hostPort(echo)));

        assertThat(connections(gate, listener, pid(echo))).hasValue(0);
        NeighbourHost.Talk talk = neighbour.talk(bridge(), hostPort(echo));
        talk.echo("one");
        Socket busy = connected(bridge(), hostPort(other));
        assertThat(connections(gate, listener, pid(echo))).hasValue(1);
        talk.close();
        await().untilAsserted(
                        () -> assertThat(connections(gate, listener, pid(echo))).hasValue(0));
        busy.close();
        assertThat(connections(gate, listener, pid(other)))
                .as("not its process")
                .isEqualTo(OptionalInt.empty());
        assertThat(connections(gate, listener, 0)).isEqualTo(OptionalInt.empty());
    }

    /** The proxy on the way from 127.0.0.1 may hold what has left the container already. */
    @Test
    void aConnectionByWayOfTheProxyCountsOnBothOfItsSides() throws IOException {
        ConnectionGate gate = gate(Firewalls.NFTABLES);
        InspectContainerResponse echo = echoContainer();
        Listener listener = new Listener(echo.getId(), set(7), set(hostPort(echo)));

        try (Socket socket = connected("127.0.0.1", hostPort(echo))) {
            assertThat(echo(socket, "hello")).isEqualTo("hello");

            assertThat(connections(gate, listener, pid(echo))).hasValue(2);
        }
    }

    private static OptionalInt connections(ConnectionGate gate, Listener listener, int pid) {
        return gate.connections(List.of(new Listening(listener, pid))).getFirst();
    }

    private ConnectionGate gate(Firewalls kind) {
        return gate(kind, agent);
    }

    private ConnectionGate gate(Firewalls kind, String owner) {
        ConnectionGate gate = kind.open(owner, engine.environment().time());
        gates.add(gate);
        assertThat(gate.works()).isTrue();
        return gate;
    }

    /** Sends back what it gets, one connection after the other and several at a time. */
    private InspectContainerResponse echoContainer() throws IOException {
        // A dynamic port may be another one for IPv6 than for IPv4.
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        ExposedPort port = ExposedPort.tcp(7);
        String id = engine.client()
                .createContainerCmd(TestImages.busybox(engine.client()))
                .withCmd("nc", "-" + ROOM, "-p", "7", "-e", "cat")
                .withExposedPorts(port)
                .withLabels(Map.of(ContainerLabels.INSTANCE, engine.instance(), ContainerLabels.TASK, TASK))
                .withHostConfig(new HostConfig().withPortBindings(PortBinding.parse(free + ":7")))
                .exec()
                .getId();
        engine.client().startContainerCmd(id).exec();
        InspectContainerResponse shown = engine.client().inspectContainerCmd(id).exec();
        await().ignoreExceptions().until(() -> answers(hostPort(shown)));
        return shown;
    }

    private static int hostPort(InspectContainerResponse container) {
        Ports.Binding[] bindings =
                container.getNetworkSettings().getPorts().getBindings().get(ExposedPort.tcp(7));
        return Integer.parseInt(Objects.requireNonNull(bindings)[0].getHostPortSpec());
    }

    private static int pid(InspectContainerResponse container) {
        return Math.toIntExact(Objects.requireNonNull(container.getState().getPidLong()));
    }

    /** The host's address on the containers' network. */
    private String bridge() {
        return Objects.requireNonNull(engine.client()
                .inspectNetworkCmd()
                .withNetworkId("bridge")
                .exec()
                .getIpam()
                .getConfig()
                .getFirst()
                .getGateway());
    }

    private static Socket connected(String address, int port) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(address, port), 3000);
            socket.setSoTimeout(3000);
            return socket;
        } catch (IOException refused) {
            socket.close();
            throw refused;
        }
    }

    private static boolean answers(int port) throws IOException {
        try (Socket socket = connected("127.0.0.1", port)) {
            return echo(socket, "?").equals("?");
        }
    }

    private static String echo(Socket socket, String line) throws IOException {
        byte[] sent = line.getBytes(StandardCharsets.UTF_8);
        socket.getOutputStream().write(sent);
        return new String(socket.getInputStream().readNBytes(sent.length), StandardCharsets.UTF_8);
    }

    private static DatagramSocket client(int port) throws IOException {
        DatagramSocket socket = new DatagramSocket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout(3000);
        return socket;
    }

    private static SortedMap<HostPort, String> only(String protocol, int port) {
        return new TreeMap<>(Map.of(new HostPort(protocol, port), TASK));
    }

    private static SortedSet<Integer> set(int port) {
        return new TreeSet<>(List.of(port));
    }
}
