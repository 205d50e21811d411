package dev.staithe.agent.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.staithe.agent.host.Program;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** On this host's own loopback device and tables, with an address that nobody else uses. Needs root, ip and nft. */
final class MetadataAddressTest {
    /** Of this process alone, so that runs beside each other do not meet. */
    private static final String ADDRESS = "169.254.%d.%d"
            .formatted(
                    171 + ProcessHandle.current().pid() / 250 % 80,
                    1 + ProcessHandle.current().pid() % 250);

    private static final InetSocketAddress WANTED = new InetSocketAddress(ADDRESS, 80);

    @AfterEach
    void nothingIsLeft() throws IOException {
        Program.end(List.of("ip", "addr", "del", ADDRESS + "/32", "dev", "lo"), "");
        Program.end(List.of("nft", "delete", "table", "ip", table()), "");
    }

    @Test
    void givesTheHostTheAddressAndTakesItBack() throws IOException {
        try (MetadataAddress opened = MetadataAddress.open(WANTED)) {
            assertThat(isHere()).isTrue();
            assertThat(opened.authority()).isEqualTo(ADDRESS);
            assertThat(ask(80)).startsWith("HTTP/1.1 503").contains("the agent is starting");
        }

        assertThat(isHere()).isFalse();
        assertThat(Program.end(List.of("nft", "list", "table", "ip", table()), "")
                        .status())
                .isNotZero();
    }

    @Test
    void leavesPortEightyOfTheHostToTasks() throws IOException {
        try (MetadataAddress opened = MetadataAddress.open(WANTED);
                ServerSocket published = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"))) {
            assertThat(opened.ports()).containsExactly(51679);
            try (ServerSocket eighty = new ServerSocket()) {
                eighty.bind(new InetSocketAddress(ADDRESS, 80));
                assertThat(ask(80)).startsWith("HTTP/1.1 503");
            }
            assertThat(published.isBound()).isTrue();
        }
    }

    @Test
    void takesOverWhatAKilledAgentLeft() throws IOException {
        MetadataAddress killed = MetadataAddress.open(WANTED);
        killed.listener().close();

        try (MetadataAddress next = MetadataAddress.open(WANTED)) {
            assertThat(ask(80)).startsWith("HTTP/1.1 503");
            assertThat(next.authority()).isEqualTo(ADDRESS);
        }

        assertThat(isHere()).isFalse();
    }

    @Test
    void leavesAloneWhatAnotherAgentHolds() throws IOException {
        try (MetadataAddress first = MetadataAddress.open(WANTED)) {
            assertThatThrownBy(() -> MetadataAddress.open(WANTED))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(ADDRESS + ":51679: Address already in use");

            assertThat(first.authority()).isEqualTo(ADDRESS);
            assertThat(ask(80)).startsWith("HTTP/1.1 503");
        }
    }

    @Test
    void keepsAnAddressThatTheHostHadBefore() throws IOException {
        Program.run(List.of("ip", "addr", "add", ADDRESS + "/32", "dev", "lo"), "");

        MetadataAddress.open(WANTED).close();

        assertThat(isHere()).isTrue();
    }

    @Test
    void givesTheHostNoAddressOfSomebodyElse() {
        assertThatThrownBy(() -> MetadataAddress.open(new InetSocketAddress("192.0.2.1", 80)))
                .isInstanceOf(IOException.class)
                .hasMessage("192.0.2.1 is not an address of this host, nor one of 169.254.0.0/16 that it can be given");
    }

    private static boolean isHere() throws IOException {
        return NetworkInterface.getByInetAddress(WANTED.getAddress()) != null;
    }

    private static String table() {
        return "staithe_metadata_" + ADDRESS.replace('.', '_');
    }

    private static String ask(int port) throws IOException {
        try (Socket socket = new Socket(ADDRESS, port)) {
            socket.getOutputStream()
                    .write(("GET / HTTP/1.1\r\nHost: " + ADDRESS + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
