package dev.staithe.agent.ledger;

import static dev.staithe.agent.Tasks.id;
import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.SimulatedWorld;
import dev.staithe.agent.ledger.TaskLedger.Changes;
import dev.staithe.agent.ledger.TaskLedger.Identity;
import dev.staithe.agent.model.LocalTask;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LedgerWriterTest {
    private final SimulatedWorld world = new SimulatedWorld();
    private final Disk disk = new Disk();
    private final LedgerWriter writer = new LedgerWriter(
            disk,
            new Identity(id(9), 1, 0, 0),
            world.loop(),
            world.environment(loop -> {}).effects());
    private final List<String> told = new ArrayList<>();

    @Test
    void whatChangesInOneTurnIsWrittenAtOnce() {
        writer.put(task(1, 1), () -> told.add("one"));
        writer.put(task(2, 1), () -> told.add("two"));
        writer.identify(identity -> identity.at(5), () -> told.add("sequence"));
        world.run(Duration.ofMillis(10));

        assertThat(disk.writes).hasSize(1);
        assertThat(disk.writes.getFirst().tasks()).hasSize(2);
        assertThat(disk.writes.getFirst().identity()).hasValue(new Identity(id(9), 1, 0, 5));
        assertThat(told).containsExactly("one", "two", "sequence");
    }

    @Test
    void whatComesDuringAWriteGoesIntoTheNext() {
        writer.put(task(1, 1), () -> told.add("one"));
        world.run(Duration.ofNanos(100_000));
        writer.put(task(1, 2), () -> told.add("two"));
        writer.put(task(1, 3), () -> told.add("three"));
        assertThat(told).isEmpty();
        world.run(Duration.ofMillis(10));

        assertThat(disk.writes).hasSize(2);
        assertThat(disk.writes.getLast().tasks()).containsExactly(task(1, 3));
        assertThat(told).containsExactly("one", "two", "three");
    }

    @Test
    void afterAForgettingNothingIsLeft() {
        writer.put(task(1, 1), () -> {});
        writer.forget(id(1));
        world.run(Duration.ofMillis(10));

        assertThat(disk.writes.getFirst().tasks()).isEmpty();
        assertThat(disk.writes.getFirst().forgotten()).containsExactly(id(1));
    }

    @Test
    void aFullDiskHoldsEverythingBackUntilThereIsRoom() {
        disk.full = true;
        writer.put(task(1, 1), () -> told.add("one"));
        world.run(Duration.ofSeconds(3));
        writer.put(task(2, 1), () -> told.add("two"));
        writer.put(task(1, 2), () -> told.add("newer"));
        world.run(Duration.ofSeconds(3));
        assertThat(told).isEmpty();
        assertThat(writer.healthy()).isFalse();

        disk.full = false;
        world.run(Duration.ofSeconds(2));

        assertThat(told).containsExactlyInAnyOrder("one", "two", "newer");
        assertThat(disk.writes).hasSize(1);
        assertThat(disk.writes.getFirst().tasks()).containsExactly(task(1, 2), task(2, 1));
        assertThat(writer.healthy()).isTrue();
    }

    private static LocalTask task(int number, long observation) {
        return LocalTask.found(id(number), "boot", List.of()).observedAs(observation);
    }

    private static final class Disk implements TaskLedger {
        private final List<Changes> writes = new ArrayList<>();
        private boolean full;

        @Override
        public Contents load() {
            throw new AssertionError("not read here");
        }

        @Override
        public void write(Changes changes) throws IOException {
            if (full) {
                throw new IOException("No space left on device");
            }
            writes.add(changes);
        }

        @Override
        public ImageLedger images() {
            throw new AssertionError("not asked for here");
        }

        @Override
        public void close() {}
    }
}
