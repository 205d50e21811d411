package dev.staithe.controlplane.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.World;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.store.Guard;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import org.junit.jupiter.api.Test;

class DraftTest {
    private static final String STORED = "a".repeat(32);
    private static final String NEW = "b".repeat(32);

    private final ClusterState read;
    private final Draft draft;

    DraftTest() {
        World world = new World();
        world.put(World.instance(STORED, "default", "stored"));
        read = world.state();
        draft = new Draft(read);
    }

    @Test
    void showsItsOwnWritesAndLeavesWhatWasReadAlone() {
        draft.put(World.instance(NEW, "default", "new"));
        draft.put(read.instance(STORED).orElseThrow().connected(false, true));

        assertThat(draft.state().instance(NEW)).isPresent();
        assertThat(draft.state().instance(STORED).orElseThrow().agentConnected())
                .isFalse();
        assertThat(read.instance(NEW)).isEmpty();
    }

    @Test
    void guardsEveryKeyAsItWasRead() {
        draft.put(World.instance(NEW, "default", "new"));
        draft.put(read.instance(STORED).orElseThrow().connected(false, true));

        assertThat(draft.writes())
                .extracting(Draft.Write::guard)
                .containsExactly(
                        new Guard.Absent(key(NEW)), new Guard.Unchanged(key(STORED), read.revisionOf(key(STORED))));
    }

    @Test
    void aKeyThatIsWrittenTwiceIsWrittenOnceAtTheEndWithItsFirstGuard() {
        ContainerInstance stored = read.instance(STORED).orElseThrow();
        draft.put(stored.connected(false, true));
        draft.put(World.instance(NEW, "default", "new"));
        draft.put(stored.connected(false, false));

        assertThat(draft.writes()).extracting(w -> w.mutation().key()).containsExactly(key(NEW), key(STORED));
        assertThat(draft.writes().getLast().guard())
                .isEqualTo(new Guard.Unchanged(key(STORED), read.revisionOf(key(STORED))));
        assertThat(draft.state().instance(STORED).orElseThrow().engineHealthy()).isFalse();
    }

    @Test
    void whatIsMadeAndDeletedLeavesNoTrace() {
        draft.put(World.instance(NEW, "default", "new"));
        draft.delete(key(NEW));

        assertThat(draft.isEmpty()).isTrue();
        assertThat(draft.state().instance(NEW)).isEmpty();
    }

    @Test
    void deletesWhatIsStored() {
        draft.delete(key(STORED));

        assertThat(draft.writes())
                .containsExactly(new Draft.Write(
                        new Guard.Unchanged(key(STORED), read.revisionOf(key(STORED))),
                        new Mutation.Delete(key(STORED)),
                        0));
        assertThat(draft.state().instance(STORED)).isEmpty();
    }

    @Test
    void takesRunKeysOnly() throws IntentException {
        Draft intent = new Draft(World.withDefaultCluster().state());

        assertThatThrownBy(() -> intent.delete(Keys.cluster("default")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: a key under /staithe/run/");
    }

    private static String key(String instance) {
        return Keys.instance("default", instance);
    }
}
