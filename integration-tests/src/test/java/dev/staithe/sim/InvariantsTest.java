package dev.staithe.sim;

import static dev.staithe.sim.Scribe.HOST;
import static dev.staithe.sim.Scribe.OTHER_HOST;
import static dev.staithe.sim.Scribe.TASK;
import static dev.staithe.sim.Scribe.instance;
import static dev.staithe.sim.Scribe.put;
import static dev.staithe.sim.Scribe.sequence;
import static dev.staithe.sim.Scribe.task;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.store.Guard;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each invariant sees what it is there to see: a check that never fails is none. */
final class InvariantsTest {
    private final Scribe scribe = new Scribe();

    @Test
    void seesARunKeyWrittenWithoutAFence() {
        scribe.elect();

        assertBroken("S1", () -> scribe.write(List.of(), List.of(sequence())));
    }

    @Test
    void seesARunKeyWrittenWhileNobodyLeads() {
        assertBroken("S1", () -> scribe.write(List.of(), List.of(sequence())));
    }

    @Test
    void seesALeaderThatWritesAnIntent() {
        long epoch = scribe.elect();

        assertBroken(
                "S7",
                () -> scribe.write(
                        List.of(new Guard.Held(Keys.LEADER, epoch)),
                        List.of(new Mutation.Put(Keys.cluster("default"), ByteString.EMPTY))));
    }

    @Test
    void seesATaskOnAHostThatHasNoRoomForIt() {
        long epoch = scribe.elect();
        scribe.lead(epoch, put(instance(HOST, 100)));

        assertBroken("S7", () -> scribe.lead(epoch, put(task(HOST, TaskStatus.PENDING, false, 1))));
    }

    @Test
    void seesATaskThatMoves() {
        long epoch = scribe.elect();
        scribe.lead(epoch, put(instance(HOST, 1000)), put(instance(OTHER_HOST, 1000)));
        scribe.lead(epoch, put(task(HOST, TaskStatus.PENDING, false, 1)));

        assertBroken("S3", () -> scribe.lead(epoch, put(task(OTHER_HOST, TaskStatus.PENDING, false, 2))));
    }

    @Test
    void seesATaskThatIsWantedAgainAfterItsStop() {
        long epoch = scribe.elect();
        scribe.lead(epoch, put(instance(HOST, 1000)));
        scribe.lead(epoch, put(task(HOST, TaskStatus.RUNNING, true, 1)));

        assertBroken("S4", () -> scribe.lead(epoch, put(task(HOST, TaskStatus.RUNNING, false, 2))));
    }

    @Test
    void seesATaskThatGoesBack() {
        long epoch = scribe.elect();
        scribe.lead(epoch, put(instance(HOST, 1000)));
        scribe.lead(epoch, put(task(HOST, TaskStatus.RUNNING, false, 1)));

        assertBroken("S4", () -> scribe.lead(epoch, put(task(HOST, TaskStatus.PENDING, false, 2))));
    }

    @Test
    void seesATaskThatIsForgottenWhileItRuns() {
        long epoch = scribe.elect();
        scribe.lead(epoch, put(instance(HOST, 1000)));
        scribe.lead(epoch, put(task(HOST, TaskStatus.RUNNING, false, 1)));

        assertBroken("S4", () -> scribe.lead(epoch, new Mutation.Delete(Keys.task("default", TASK))));
    }

    private static void assertBroken(String invariant, Runnable work) {
        assertThatThrownBy(work::run).isInstanceOf(SimulationFailure.class).hasMessageStartingWith(invariant);
    }
}
