package dev.staithe.controlplane.store.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.fixture.ManualEnvironment;
import dev.staithe.controlplane.store.CommitResult;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Txn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded store on a small file system that really is full. Needs the right to mount one. */
final class LocalStoreFullDiskTest {
    @TempDir
    private Path mountPoint;

    private boolean mounted;

    @BeforeEach
    void mount() throws Exception {
        mounted = run("mount", "-t", "tmpfs", "-o", "size=1m", "staithe-test", mountPoint.toString()) == 0;
        assumeTrue(mounted, "no right to mount a file system here");
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertThat(run("umount", mountPoint.toString())).isZero();
        }
    }

    @Test
    void refusesChangesOnAFullFileSystemAndGoesOnWhenThereIsSpaceAgain() throws Exception {
        Path ballast = Files.write(mountPoint.resolve("ballast"), new byte[300_000]);
        Path directory = mountPoint.resolve("store");
        int kept = 0;
        try (LocalStore store = LocalStore.open(directory, new ManualEnvironment().environment())) {
            while (put(store, kept) instanceof CommitResult.Committed) {
                kept++;
            }
            assertThat(put(store, kept)).isInstanceOf(CommitResult.Refused.class);
            assertThat(store.load().entries()).hasSize(kept);

            Files.delete(ballast);
            assertThat(put(store, kept)).isInstanceOf(CommitResult.Committed.class);
        }

        try (LocalStore store = LocalStore.open(directory, new ManualEnvironment().environment())) {
            assertThat(store.load().entries()).hasSize(kept + 1);
        }
    }

    private static CommitResult put(LocalStore store, int number) {
        Mutation mutation = new Mutation.Put(Keys.ROOT + "test/" + number, ByteString.copyFrom(new byte[20_000]));
        return store.commit(new Txn(List.of(), List.of(mutation)));
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
    }
}
