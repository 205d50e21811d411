package dev.staithe.agent.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.SimulatedWorld;
import dev.staithe.agent.model.Listener;
import dev.staithe.agent.traffic.fake.FakeGate;
import dev.staithe.runtime.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** How connections are counted for many tasks. What is refused for them is told in DrainStoryTest. */
class GatekeeperTest {
    private static final Duration REST = Duration.ofMillis(50);

    private final SimulatedWorld world = new SimulatedWorld();
    private final EventLoop loop = world.loop();
    private final FakeGate gate = new FakeGate();
    private final Gatekeeper gatekeeper = new Gatekeeper(world.environment(opened -> {}), loop, gate);
    private final List<String> answers = new ArrayList<>();

    @Test
    void whatIsAskedDuringACountIsTheNextOneTogether() {
        gate.counting(listener -> listener.ports().first());

        ask("a", 1);
        ask("b", 2);
        ask("c", 3, 4);
        world.run(REST);

        assertThat(answers).containsExactly("a: 1", "b: 2", "c: 7");
        assertThat(gate.counts()).isEqualTo(2);
        assertThat(gate.looks()).containsExactly("1", "2", "3", "4");
    }

    @Test
    void anAnswerIsNotOlderThanItsQuestion() {
        int[] connections = {0};
        gate.counting(listener -> {
            int found = connections[0];
            if (gate.counts() == 1) {
                connections[0] = 9;
                ask("late", 1);
            }
            return found;
        });

        ask("early", 1);
        world.run(REST);

        assertThat(answers).containsExactly("early: 0", "late: 9");
    }

    @Test
    void oneContainerThatCannotBeSeenBlindsItsTaskAlone() {
        gate.counting(listener -> listener.id().equals("3") ? FakeGate.UNSEEN : 1);

        ask("first", 9);
        ask("a", 1, 2);
        ask("b", 3, 4);
        ask("c", 5);
        world.run(REST);

        assertThat(answers).containsExactly("first: 1", "a: 2", "b: unseen", "c: 1");
    }

    @Test
    void thoseWhoLookAgainDoSoInOneRound() {
        gatekeeper.again(() -> ask("a", 1));
        world.run(REST.dividedBy(2));
        gatekeeper.again(() -> ask("b", 2));
        EventLoop.Timer given = gatekeeper.again(() -> ask("up", 3));
        gatekeeper.again(() -> ask("c", 4));
        given.cancel();

        world.run(REST.dividedBy(2).minusMillis(1));
        assertThat(gate.counts()).isZero();
        world.run(REST);

        assertThat(gate.counts()).isEqualTo(1);
        assertThat(answers).containsExactly("a: 0", "b: 0", "c: 0");
    }

    @Test
    void whoLooksAgainHoldsUpNobodyWhoLooksNow() {
        gatekeeper.again(() -> ask("again", 1));
        ask("now", 2);

        world.run(Duration.ofMillis(2));
        assertThat(answers).containsExactly("now: 0");
        world.run(REST);

        assertThat(answers).containsExactly("now: 0", "again: 0");
    }

    @Test
    void theLongerACountTakesTheLaterIsTheNextRound() {
        assertThat(restAfterACountOf(Duration.ZERO)).isEqualTo(REST);
        assertThat(restAfterACountOf(Duration.ofMillis(12))).isEqualTo(REST);
        assertThat(restAfterACountOf(Duration.ofMillis(13))).isEqualTo(Duration.ofMillis(52));
        assertThat(restAfterACountOf(Duration.ofMillis(240))).isEqualTo(Duration.ofMillis(960));
        assertThat(restAfterACountOf(Duration.ofSeconds(3))).isEqualTo(Duration.ofSeconds(1));
        assertThat(restAfterACountOf(Duration.ZERO)).isEqualTo(REST);
    }

    private Duration restAfterACountOf(Duration took) {
        gate.counting(listener -> {
            world.pass(took);
            return 1;
        });
        long[] asked = new long[1];
        long[] looked = new long[1];
        gatekeeper.count(List.of(listening(1)), found -> {
            asked[0] = world.nanos();
            gatekeeper.again(() -> looked[0] = world.nanos());
        });
        world.run(Duration.ofSeconds(10));
        return Duration.ofNanos(looked[0] - asked[0]);
    }

    private void ask(String who, int... containers) {
        List<Listening> listeners = new ArrayList<>();
        for (int container : containers) {
            listeners.add(listening(container));
        }
        gatekeeper.count(listeners, found -> answers.add(who + ": " + words(found)));
    }

    private static String words(OptionalInt found) {
        return found.isEmpty() ? "unseen" : Integer.toString(found.getAsInt());
    }

    private static Listening listening(int container) {
        TreeSet<Integer> ports = new TreeSet<>(List.of(container));
        return new Listening(new Listener(Integer.toString(container), ports, ports), container);
    }
}
