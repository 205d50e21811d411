package dev.staithe.controlplane.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.staithe.controlplane.intent.FaultyStore;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.intent.TaskCommands.RunTasks;
import dev.staithe.controlplane.intent.TaskCommands.StopTask;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import dev.staithe.proto.store.v1.LeaderRecord;
import java.time.Duration;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class LoopCommandsTest {
    private final LoopWorld here = new LoopWorld();
    private final Service service = here.world.created("web", 0);

    LoopCommandsTest() throws IntentException {}

    @Test
    void whereNobodyLeadsCommandsSayWhoDoes() {
        LoopCommands known = new LoopCommands(
                here.world.environment.effects(),
                here.loop,
                here.control,
                () -> Optional.of(
                        LeaderRecord.newBuilder().setAddress("cp2:7070").build()),
                Duration.ofSeconds(1));

        assertThat(refused(() -> here.commands.run(run(1))).reason()).isEqualTo(Reason.NO_LEADER);
        assertThat(refused(() -> known.leaderState()).reason()).isEqualTo(Reason.NOT_LEADER);
        assertThat(refused(() -> known.stop(new StopTask("x", "")))).hasMessageContaining("cp2:7070");
    }

    @Test
    void runsTasksAndAnswersOnceTheyAreStored() throws IntentException {
        here.lead();
        here.agent('1');

        var result = here.commands.run(run(3));

        assertThat(result.value().tasks()).hasSize(3);
        assertThat(result.value().failures()).isEmpty();
        assertThat(here.state().revision()).isGreaterThanOrEqualTo(result.revision());
        assertThat(here.state().tasks()).hasSize(3);
    }

    @Test
    void theSameCommandStartsNothingTwice() throws IntentException {
        here.lead();
        here.agent('1');

        var first = here.commands.run(run(2));
        var second = here.commands.run(run(2));

        assertThat(second.value()).isEqualTo(first.value());
        assertThat(here.state().tasks()).hasSize(2);
    }

    @Test
    void saysHostByHostWhyATaskFoundNoPlace() throws IntentException {
        here.lead();
        here.agent('1');
        here.agents.getFirst().hangsUp();
        here.pass(Duration.ofSeconds(12));

        var result = here.commands.run(run(1));

        assertThat(result.value().tasks()).isEmpty();
        assertThat(result.value().failures())
                .singleElement()
                .satisfies(f -> assertThat(f.getResource()).isEqualTo("1".repeat(32)));
    }

    @Test
    void stopsATaskOnceAndAnswersItAsItIs() throws IntentException {
        here.lead();
        here.agent('1');
        Task task = here.commands.run(run(1)).value().tasks().getFirst();

        Task stopping = here.commands.stop(new StopTask(task.id(), "enough")).value();
        Task again = here.commands.stop(new StopTask(task.id(), "again")).value();

        assertThat(stopping.stopWanted()).isTrue();
        assertThat(stopping.stopCode()).isEqualTo("UserInitiated");
        assertThat(again.stoppedReason()).isEqualTo("enough");
        assertThat(refused(() -> here.commands.stop(new StopTask("x", ""))).reason())
                .isEqualTo(Reason.TASK_NOT_FOUND);
    }

    @Test
    void theLeadersStateIsShownOnlyOnceItIsCurrent() throws IntentException {
        here.world.store.unreadable(true);
        long key = here.lead().epoch();
        assertThat(refused(() -> here.commands.leaderState()).reason()).isEqualTo(Reason.STORE_UNAVAILABLE);
        here.world.store.unreadable(false);

        // The barrier at least has been written since.
        assertThat(here.commands.leaderState().revision()).isGreaterThan(key);
    }

    @Test
    void aCommandThatTimedOutIsNotDoneLater() {
        here.agent('1');
        here.world.store.unreadable(true);
        here.lead();

        IntentException late = refused(() -> here.commands.run(run(1)));
        here.world.store.unreadable(false);
        here.pass(Duration.ofSeconds(30));

        assertThat(late.reason()).isEqualTo(Reason.STORE_UNAVAILABLE);
        assertThat(late).hasMessageContaining("no answer within 15 s");
        assertThat(here.control.idle()).isTrue();
        assertThat(here.state().tasks()).isEmpty();
    }

    @Test
    void aFullStoreIsSaid() {
        here.lead();
        here.agent('1');
        here.world.store.next(FaultyStore.FULL);

        assertThat(refused(() -> here.commands.run(run(1))).reason()).isEqualTo(Reason.STORE_FULL);
    }

    private RunTasks run(int count) {
        return here.runTask(service, "seed", count).command();
    }

    private static IntentException refused(ThrowingCallable call) {
        return catchThrowableOfType(IntentException.class, call);
    }
}
