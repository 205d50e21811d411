package dev.staithe.controlplane.store.local;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.fixture.ManualEnvironment;
import dev.staithe.controlplane.store.CommitResult;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Txn;
import java.nio.file.Path;
import java.util.List;

/** A process that commits as fast as it can and says so after each answer, until it is killed. */
final class CommitLoop {
    static final String COUNTER = Keys.ROOT + "test/counter";
    static final int SLOTS = 50;

    private CommitLoop() {}

    static String slot(long number) {
        return Keys.ROOT + "test/slot" + number % SLOTS;
    }

    public static void main(String[] args) throws Exception {
        LocalStore store = LocalStore.open(Path.of(args[0]), new ManualEnvironment().environment());
        long from = store.get(COUNTER)
                .map(entry -> Long.parseLong(entry.value().toStringUtf8()))
                .orElse(0L);
        for (long i = from + 1; ; i++) {
            ByteString value = ByteString.copyFromUtf8(Long.toString(i));
            CommitResult result = store.commit(
                    new Txn(List.of(), List.of(new Mutation.Put(COUNTER, value), new Mutation.Put(slot(i), value))));
            if (!(result instanceof CommitResult.Committed committed)) {
                throw new AssertionError(result.toString());
            }
            System.out.println(i + " " + committed.revision());
            System.out.flush();
        }
    }
}
