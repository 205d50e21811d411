package dev.staithe.controlplane.store.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.fixture.ManualEnvironment;
import dev.staithe.controlplane.fixture.Recorder;
import dev.staithe.controlplane.store.Store;
import dev.staithe.controlplane.store.StoreContract;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

final class MemoryStoreTest extends StoreContract {
    private final ManualEnvironment world = new ManualEnvironment();
    private final MemoryStore store = new MemoryStore(world.time(), world.loop("store"));

    @Test
    void asksALiveFollowerThatIsBehindToRestartWhenItsChangesAreCompactedAway() {
        Recorder recorder = new Recorder();
        follow(revision(), recorder);
        world.run();
        put(A, "1");
        compact(put(A, "2"));
        put(A, "3");
        world.run();
        assertThat(recorder.restarts).hasSize(1);
        assertThat(recorder.batches).isEmpty();
    }

    @Override
    protected Store store() {
        return store;
    }

    @Override
    protected void await(BooleanSupplier condition) {
        world.run();
        assertThat(condition.getAsBoolean()).isTrue();
    }

    @Override
    protected void settle() {
        world.run();
    }

    @Override
    protected void pass(Duration duration) {
        world.advance(duration);
    }

    @Override
    protected void compact(long revision) {
        store.compact(revision);
    }

    @Override
    protected Duration shortestLease() {
        return Duration.ofSeconds(2);
    }
}
