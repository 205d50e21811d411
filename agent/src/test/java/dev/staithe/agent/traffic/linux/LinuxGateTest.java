package dev.staithe.agent.traffic.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.staithe.agent.SimulatedWorld;
import dev.staithe.agent.host.Program;
import dev.staithe.agent.model.HostPort;
import dev.staithe.agent.model.Listener;
import dev.staithe.agent.traffic.Listening;
import dev.staithe.runtime.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinuxGateTest {
    private static final String CONTAINER = "c0ffee";
    private static final int PID = 4711;

    /** Of ::ffff:172.17.0.2 and of 172.17.0.2, to port 80 of the container or what is said. */
    private static String line6(int port, String state) {
        return ("   1: 0000000000000000FFFF0000020011AC:%04X 0000000000000000FFFF00000207630A:A522 %s"
                        + " 00000000:00000000 03:000016D9 00000000     0        0 0 3 0000000047734931")
                .formatted(port, state);
    }

    private static final String LINE4 = "   0: 020011AC:%04X 0207630A:A522 %s 00000000:00000000 00:00000000 00000000"
            + "     0        0 3002683 1 00000000eaf7d9ad 100 0 0 10 0";

    @TempDir
    Path proc;

    private final Time time = new SimulatedWorld();
    private final List<String> done = new ArrayList<>();

    @BeforeEach
    void aHostWithOneContainer() throws IOException {
        Files.createDirectories(proc.resolve(PID + "/net"));
        Files.createDirectories(proc.resolve("self/net"));
        Files.writeString(proc.resolve(PID + "/cgroup"), "9:pids:/docker/" + CONTAINER + "\n");
        sockets(PID + "/net/tcp", "");
        sockets("self/net/tcp", "");
    }

    @ParameterizedTest
    @CsvSource({
        "ESTABLISHED, 01, 1",
        "SYN_SENT,    02, 0",
        "SYN_RECV,    03, 1",
        "FIN_WAIT1,   04, 1",
        "FIN_WAIT2,   05, 0",
        "TIME_WAIT,   06, 0",
        "CLOSE,       07, 0",
        "CLOSE_WAIT,  08, 1",
        "LAST_ACK,    09, 1",
        "LISTEN,      0A, 0",
        "CLOSING,     0B, 1",
        "NEW_SYN_RECV, 0C, 1",
    })
    void countsWhatAnEndOfTheServerCouldBreak(String state, String code, int expected) throws IOException {
        sockets(PID + "/net/tcp", LINE4.formatted(80, code));
        assertThat(connections()).as(state).isEqualTo(expected);

        sockets(PID + "/net/tcp6", line6(80, code));
        assertThat(connections()).as("%s by IPv6 too", state).isEqualTo(2 * expected);
    }

    @Test
    void countsThePortsOfTheContainerInItsNetworkAndThoseOfTheHostInTheHosts() throws IOException {
        sockets(PID + "/net/tcp", LINE4.formatted(80, "01"), LINE4.formatted(32768, "01"), LINE4.formatted(81, "01"));
        sockets("self/net/tcp", LINE4.formatted(32768, "01"), LINE4.formatted(80, "01"), "nonsense");

        assertThat(connections()).isEqualTo(2);
    }

    @Test
    void doesNotLookIntoTheProcessOfSomethingElse() throws IOException {
        Files.writeString(proc.resolve(PID + "/cgroup"), "9:pids:/docker/another\n");

        assertThat(gate().connections(List.of(
                        new Listening(listener(), PID),
                        new Listening(listener(), PID + 1),
                        new Listening(listener(), 0))))
                .hasSize(3)
                .containsOnly(OptionalInt.empty());
    }

    @Test
    void takesTheFirstFirewallThatIsThere() throws IOException {
        LinuxGate gate = gate(new Noted("nftables", false), new Noted("iptables", true));

        assertThat(gate.works()).isTrue();
        gate.refuse(ports(8080));

        assertThat(done).containsExactly("iptables refuses [8080]");
    }

    @Test
    void withoutAFirewallNothingIsRefused() throws IOException {
        LinuxGate gate = gate(new Noted("nftables", false), new Noted("iptables", false));

        assertThat(gate.works()).isFalse();
        gate.refuse(ports(8080));

        assertThat(done).isEmpty();
    }

    @Test
    void aProgramThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> Program.run(List.of("staithe-no-such-program"), ""))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("staithe-no-such-program");
        assertThatThrownBy(() -> Program.run(List.of("sh", "-c", "echo 'no such table'; exit 3"), "ignored"))
                .isInstanceOf(IOException.class)
                .hasMessage("sh: no such table (status 3)");
    }

    @Test
    void theTableNamesTheTaskOfEachPort() {
        String script = new NftFirewall("0123456789ab").script(ports(8080));

        assertThat(script)
                .startsWith("add table inet staithe_0123456789ab\ndelete table inet staithe_0123456789ab\n")
                .contains("set tcp_ports { type inet_service; elements = { 8080 comment \"task t1\" } }")
                .contains("set udp_ports { type inet_service;  }");
        assertThat(new NftFirewall("0123456789ab").script(new TreeMap<>()))
                .isEqualTo("add table inet staithe_0123456789ab\ndelete table inet staithe_0123456789ab\n");
    }

    @Test
    void anInstanceIsNamedByDigitsAlone() {
        assertThatThrownBy(() -> LinuxGate.of("x; drop everything", time))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("instanceId: x; drop everything (expected: hexadecimal digits)");
    }

    private int connections() {
        return gate().connections(List.of(new Listening(listener(), PID)))
                .getFirst()
                .orElseThrow();
    }

    private LinuxGate gate(Firewall... known) {
        return LinuxGate.with(proc, time, known);
    }

    private static Listener listener() {
        return new Listener(CONTAINER, new TreeSet<>(List.of(80)), new TreeSet<>(List.of(32768)));
    }

    private static SortedMap<HostPort, String> ports(int port) {
        SortedMap<HostPort, String> ports = new TreeMap<>();
        ports.put(new HostPort(HostPort.TCP, port), "t1");
        return ports;
    }

    private void sockets(String table, String... lines) throws IOException {
        Files.writeString(proc.resolve(table), "  sl  local_address rem_address   st\n" + String.join("\n", lines));
    }

    private final class Noted implements Firewall {
        private final String name;
        private final boolean usable;

        Noted(String name, boolean usable) {
            this.name = name;
            this.usable = usable;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void check() throws IOException {
            if (!usable) {
                throw new IOException(name + ": not here");
            }
        }

        @Override
        public void refuse(SortedMap<HostPort, String> ports) {
            done.add(name + " refuses "
                    + ports.keySet().stream().map(HostPort::number).toList());
        }
    }
}
