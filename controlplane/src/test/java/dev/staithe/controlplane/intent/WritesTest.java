package dev.staithe.controlplane.intent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.store.CommitResult;
import dev.staithe.controlplane.store.Txn;
import dev.staithe.proto.v1.UpdateServiceRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Races, lost answers and refusals of the store, seen through the services and task definitions that it keeps. */
final class WritesTest {
    private static final UpdateServiceRequest FORCE = UpdateServiceRequest.newBuilder()
            .setService("web")
            .setForceNewDeployment(true)
            .build();

    private final World world = new World();

    @BeforeEach
    void createService() throws IntentException {
        world.clusters.ensureDefault();
        world.created("web", 1);
    }

    @Test
    void keepsTheChangesOfTwoWritersOfOneService() throws IntentException {
        world.store.next(FaultyStore.after(() -> scale(7)));

        world.services.update(FORCE, world.state());

        assertThat(stored().desiredCount()).isEqualTo(7);
        assertThat(stored().generation()).isEqualTo(2);
    }

    @Test
    void givesTwoRegistrationsTwoRevisions() throws IntentException {
        world.store.next(FaultyStore.after(() -> register("web")));

        var mine = world.definitions.register(World.definition("web"));

        assertThat(mine.value().ref().revision()).isEqualTo(3);
    }

    @Test
    void appliesOnceWhatWasAppliedWithoutAnAnswer() throws IntentException {
        world.store.next(FaultyStore.APPLIED_UNSEEN);

        Written<Service> written = world.services.update(FORCE, world.state());

        assertThat(written.value().generation()).isEqualTo(2);
        assertThat(stored()).isEqualTo(written.value());
    }

    @Test
    void triesAgainWhatWasLost() throws IntentException {
        world.store.next(FaultyStore.LOST);

        Written<Service> written = world.services.update(FORCE, world.state());

        assertThat(stored()).isEqualTo(written.value());
    }

    @Test
    void appliesOnceWhatIsAppliedLateWhileItIsTriedAgain() throws IntentException {
        List<Txn> underWay = new ArrayList<>();
        world.store.next(
                (txn, store) -> {
                    underWay.add(txn);
                    return new CommitResult.Unknown("timed out after 5 s");
                },
                (txn, store) -> {
                    store.commit(underWay.getFirst());
                    return store.commit(txn);
                });

        world.services.update(FORCE, world.state());

        assertThat(stored().generation()).isEqualTo(2);
    }

    @Test
    void isNotRefusedBecauseOfItsOwnEarlierWrite() throws IntentException {
        world.store.next(FaultyStore.APPLIED_UNSEEN);

        Written<Service> written = world.services.create(World.service("api", "web", 2), world.state());

        assertThat(written.value().desiredCount()).isEqualTo(2);
        assertThat(world.state().service("default", "api")).contains(written.value());
    }

    @Test
    void countsOneRevisionForARegistrationWhoseAnswerWasLost() throws IntentException {
        world.store.next(FaultyStore.APPLIED_UNSEEN);

        assertThat(world.definitions
                        .register(World.definition("web"))
                        .value()
                        .ref()
                        .revision())
                .isEqualTo(2);
        assertThat(world.state().families().get("web")).hasSize(2);
    }

    @Test
    void saysThatNobodyKnowsWhenTheStoreNeverSays() {
        world.store.next(FaultyStore.LOST, FaultyStore.LOST, FaultyStore.LOST);

        IntentException refused = refused();

        assertThat(refused.reason()).isEqualTo(Reason.STORE_UNAVAILABLE);
        assertThat(refused)
                .hasMessage(
                        "the store did not say whether service web was changed: timed out after 5 s (look at it before"
                                + " you try again)");
    }

    @Test
    void saysThatTheStoreIsFull() {
        world.store.next(FaultyStore.FULL);

        IntentException refused = refused();

        assertThat(refused.reason()).isEqualTo(Reason.STORE_FULL);
        assertThat(refused)
                .hasMessage("service web was not changed, the store refuses to write: no space left on device");
    }

    @Test
    void saysThatTheStoreDoesNotAnswer() {
        var state = world.state();
        world.store.unreadable(true);

        IntentException refused =
                catchThrowableOfType(IntentException.class, () -> world.services.update(FORCE, state));

        assertThat(refused.reason()).isEqualTo(Reason.STORE_UNAVAILABLE);
        assertThat(refused).hasMessage("the store does not answer: no answer within 5 s (try again in a few seconds)");
    }

    @Test
    void givesUpWhenOthersAreAlwaysFirst() {
        for (int i = 0; i < 100; i++) {
            world.store.next((txn, store) -> new CommitResult.Conflict(1));
        }

        assertThat(refused().reason()).isEqualTo(Reason.CONFLICT);
    }

    private Service stored() {
        return world.state().service("default", "web").orElseThrow();
    }

    private IntentException refused() {
        return catchThrowableOfType(IntentException.class, () -> world.services.update(FORCE, world.state()));
    }

    private void scale(int count) {
        try {
            world.services.update(
                    UpdateServiceRequest.newBuilder()
                            .setService("web")
                            .setDesiredCount(count)
                            .build(),
                    world.state());
        } catch (IntentException e) {
            throw new AssertionError(e);
        }
    }

    private void register(String family) {
        try {
            world.definitions.register(World.definition(family));
        } catch (IntentException e) {
            throw new AssertionError(e);
        }
    }
}
