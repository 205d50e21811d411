package dev.staithe.agent.traffic.linux;

import static dev.staithe.agent.traffic.linux.ProcTree.ESTABLISHED;
import static dev.staithe.agent.traffic.linux.ProcTree.FIN_WAIT2;
import static dev.staithe.agent.traffic.linux.ProcTree.HOST;
import static dev.staithe.agent.traffic.linux.ProcTree.LISTENS;
import static dev.staithe.agent.traffic.linux.ProcTree.SYN_RECV;
import static dev.staithe.agent.traffic.linux.ProcTree.TIME_WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.SimulatedWorld;
import dev.staithe.agent.model.Listener;
import dev.staithe.agent.traffic.Listening;
import dev.staithe.agent.traffic.linux.ProcTree.Family;
import dev.staithe.agent.traffic.linux.ProcTree.Socket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a table is read, and when a former count stands for it. A test changes a table behind the kernel's back to see which. */
class ConnectionsTest {
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final Duration STANDS = Duration.ofSeconds(1);
    private static final int FIRST = 1;
    private static final int SECOND = 2;
    private static final String CONTAINER = "1";
    private static final Socket LISTENER = new Socket(80, LISTENS);
    private static final Socket CONNECTION = new Socket(80, ESTABLISHED);

    @TempDir
    Path root;

    private final SimulatedWorld time = new SimulatedWorld();
    private ProcTree proc;
    private Connections connections;

    @BeforeEach
    void twoContainersThatListen() throws IOException {
        proc = new ProcTree(root);
        connections = new Connections(root, time);
        for (int pid : List.of(FIRST, SECOND)) {
            proc.container("c" + pid, pid);
            proc.sockets(Integer.toString(pid), Family.IPV4, List.of(LISTENER));
        }
        proc.sockets(HOST, Family.IPV4, List.of(new Socket(22, LISTENS)));
    }

    @ParameterizedTest
    @EnumSource
    void aTableInWhichNoSocketIsInUseIsNotRead(Family family) throws IOException {
        proc.table(CONTAINER, family, List.of(CONNECTION));
        proc.inUse(CONTAINER, family, 0);

        assertThat(count(FIRST)).isZero();
    }

    @Test
    void aQuietTableIsReadAtEachLook() throws IOException {
        assertThat(count(FIRST)).isZero();

        proc.table(CONTAINER, Family.IPV4, List.of(LISTENER, new Socket(80, SYN_RECV)));

        assertThat(count(FIRST)).as("let in, and not in use yet").isEqualTo(1);
    }

    @Test
    void aQuietHostIsReadAtEachLookAtAQuietContainer() throws IOException {
        assertThat(count(FIRST)).isZero();

        proc.table(HOST, Family.IPV4, List.of(new Socket(8001, ESTABLISHED)));

        assertThat(count(FIRST)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void connectionsStandForASecondWhileTheNumberOfSocketsStaysTheSame(Family family) throws IOException {
        proc.sockets(CONTAINER, family, List.of(LISTENER, CONNECTION));
        assertThat(count(FIRST)).isEqualTo(1);
        proc.table(CONTAINER, family, List.of(LISTENER, new Socket(80, FIN_WAIT2)));

        time.pass(STANDS.minusNanos(1));
        assertThat(count(FIRST)).isEqualTo(1);
        time.pass(Duration.ofNanos(1));

        assertThat(count(FIRST)).isZero();
    }

    @Test
    void anotherNumberOfSocketsIsLookedIntoAtOnce() throws IOException {
        proc.sockets(CONTAINER, Family.IPV4, List.of(LISTENER, CONNECTION));
        assertThat(count(FIRST)).isEqualTo(1);

        proc.sockets(CONTAINER, Family.IPV4, List.of(LISTENER, CONNECTION, CONNECTION));
        assertThat(count(FIRST)).isEqualTo(2);
        proc.sockets(CONTAINER, Family.IPV4, List.of(LISTENER, new Socket(80, TIME_WAIT)));

        assertThat(count(FIRST)).isZero();
    }

    @Test
    void aNumberThatComesBackSaysNothing() throws IOException {
        proc.sockets(CONTAINER, Family.IPV4, List.of(LISTENER, CONNECTION));
        assertThat(count(FIRST)).isEqualTo(1);
        proc.sockets(CONTAINER, Family.IPV4, List.of());
        assertThat(count(FIRST)).isZero();

        proc.sockets(CONTAINER, Family.IPV4, List.of(LISTENER, new Socket(81, ESTABLISHED)));

        assertThat(count(FIRST)).isZero();
    }

    @Test
    void whileOneTableHasConnectionsAnotherMayHaveHadNone() throws IOException {
        proc.sockets(CONTAINER, Family.IPV6, List.of(LISTENER, CONNECTION));
        assertThat(count(FIRST)).isEqualTo(1);

        proc.table(CONTAINER, Family.IPV4, List.of(CONNECTION, CONNECTION));
        proc.table(HOST, Family.IPV4, List.of(new Socket(8001, ESTABLISHED)));
        assertThat(count(FIRST)).as("neither was read").isEqualTo(1);
        proc.sockets(CONTAINER, Family.IPV6, List.of(LISTENER));

        assertThat(count(FIRST)).as("the one table is quiet, so both count").isEqualTo(2);
    }

    @Test
    void theHostIsReadOnceForAll() throws IOException {
        proc.table(HOST, Family.IPV4, List.of(new Socket(8001, ESTABLISHED), new Socket(8002, ESTABLISHED)));

        assertThat(connections.count(List.of(listening(FIRST), listening(SECOND))))
                .containsExactly(OptionalInt.of(1), OptionalInt.of(1));
        proc.table(HOST, Family.IPV4, List.of());

        assertThat(count(FIRST)).as("what was read for both stands for one").isEqualTo(1);
        assertThat(count(SECOND)).isEqualTo(1);
    }

    @Test
    void aPortThatWasNotLookedForIsLookedFor() throws IOException {
        proc.table(HOST, Family.IPV4, List.of(new Socket(8001, ESTABLISHED), new Socket(8002, ESTABLISHED)));

        assertThat(count(FIRST)).isEqualTo(1);

        assertThat(count(SECOND)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "TCP: inuse", "TCP: inuse many", "TCP: orphan 0", "UDP: inuse 2"})
    void withoutTheNumberTheTableIsRead(String line) throws IOException {
        proc.table(CONTAINER, Family.IPV4, List.of(LISTENER, CONNECTION));
        proc.usage(CONTAINER, Family.IPV4, line);
        assertThat(count(FIRST)).isEqualTo(1);

        proc.table(CONTAINER, Family.IPV4, List.of(LISTENER));
        assertThat(count(FIRST)).isZero();
        proc.noUsage(CONTAINER, Family.IPV4);
        proc.table(CONTAINER, Family.IPV4, List.of(LISTENER, CONNECTION));

        assertThat(count(FIRST)).isEqualTo(1);
    }

    @Test
    void whatCannotBeSeenDoesNotHideTheRest() {
        Listening another = new Listening(listening(FIRST).listener(), SECOND);

        assertThat(connections.count(List.of(another, listening(FIRST))))
                .containsExactly(OptionalInt.empty(), OptionalInt.of(0));
    }

    /** On any history of sockets: none means none, and what has not changed for a second is counted as it is. */
    @Test
    void answersAsAFullReadingDoes() throws IOException {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            List<History> tables = new ArrayList<>();
            for (String process : List.of(CONTAINER, HOST)) {
                for (Family family : Family.values()) {
                    tables.add(new History(process, family, process.equals(HOST) ? 8001 : 80));
                }
            }
            connections = new Connections(root, time);
            for (int step = 0; step < 200; step++) {
                for (History each : tables) {
                    each.change(random);
                }
                time.pass(LOOK.multipliedBy(1 + random.nextInt(6)));

                int full = new Connections(root, time)
                        .count(List.of(listening(FIRST)))
                        .getFirst()
                        .orElseThrow();
                int answer = count(FIRST);

                String when = "seed %d, step %d".formatted(seed, step);
                assertThat(full)
                        .as(when)
                        .isEqualTo(tables.stream().mapToInt(History::count).sum());
                if (answer != full) {
                    assertThat(answer).as(when).isPositive();
                    assertThat(tables).as(when).anyMatch(History::changedUnseen);
                }
            }
        }
    }

    /** One table as it changes. */
    private final class History {
        private final String process;
        private final Family family;
        private final int port;
        private List<Socket> sockets = List.of();
        private long unseenUntil;

        History(String process, Family family, int port) throws IOException {
            this.process = process;
            this.family = family;
            this.port = port;
            unseenUntil = time.nanos();
            proc.sockets(process, family, sockets);
        }

        void change(Random random) throws IOException {
            if (random.nextInt(3) > 0) {
                return;
            }
            List<Socket> next = new ArrayList<>();
            if (random.nextInt(4) > 0) {
                next.add(new Socket(port, LISTENS));
                List<String> states = List.of(ESTABLISHED, ESTABLISHED, SYN_RECV, FIN_WAIT2, TIME_WAIT);
                for (int i = random.nextInt(4); i > 0; i--) {
                    next.add(new Socket(port + random.nextInt(2), states.get(random.nextInt(states.size()))));
                }
            }
            if (!next.equals(sockets) && inUse(next) == inUse(sockets)) {
                unseenUntil = time.nanos() + STANDS.toNanos();
            }
            sockets = next;
            proc.sockets(process, family, next);
        }

        int count() {
            return (int) sockets.stream()
                    .filter(each -> each.port() == port
                            && List.of(ESTABLISHED, SYN_RECV).contains(each.state()))
                    .count();
        }

        /** Within the last second something came for something that went. */
        boolean changedUnseen() {
            return time.nanos() < unseenUntil;
        }

        private long inUse(List<Socket> some) {
            return some.stream().filter(Socket::inUse).count();
        }
    }

    private int count(int pid) {
        return connections.count(List.of(listening(pid))).getFirst().orElseThrow();
    }

    private static Listening listening(int pid) {
        TreeSet<Integer> ports = new TreeSet<>(List.of(80));
        return new Listening(new Listener("c" + pid, ports, new TreeSet<>(List.of(8000 + pid))), pid);
    }
}
