package dev.staithe.controlplane.store.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.staithe.controlplane.fixture.ManualEnvironment;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded store in a process of its own, which is killed while it commits. */
final class LocalStoreKillTest {
    private static final int ROUNDS = 4;

    @TempDir
    private Path temporary;

    @Test
    void losesNothingThatWasAcknowledgedWhenItsProcessIsKilled() throws Exception {
        Path directory = temporary.resolve("store");
        for (int round = 1; round <= ROUNDS; round++) {
            Process process = commitLoop(directory);
            String acknowledged = "";
            try (BufferedReader output = process.inputReader()) {
                for (int line = 0; line < 37 * round; line++) {
                    acknowledged = String.valueOf(output.readLine());
                }
                // Not Process.destroyForcibly(): it closes the stream, and with it the last acknowledgements.
                process.toHandle().destroyForcibly();
                for (String line = output.readLine(); line != null; line = output.readLine()) {
                    // Cut off in the middle of a line, it says nothing; whole lines are acknowledged.
                    acknowledged = line.contains(" ") && line.length() >= acknowledged.length() ? line : acknowledged;
                }
            }
            process.waitFor();

            assertKept(directory, acknowledged);
        }
    }

    @Test
    void refusesTheDirectoryOfARunningProcessAndNamesIt() throws Exception {
        Path directory = temporary.resolve("store");
        Process process = commitLoop(directory);
        try (BufferedReader output = process.inputReader()) {
            assertThat(output.readLine()).isNotNull();

            assertThatThrownBy(() -> LocalStore.open(directory, new ManualEnvironment().environment()))
                    .isInstanceOf(UnusableStoreException.class)
                    .hasMessageContaining("process " + process.pid());
        } finally {
            process.destroyForcibly();
        }
        process.waitFor();
    }

    private static void assertKept(Path directory, String acknowledged) throws Exception {
        assertThat(acknowledged).matches("\\d+ \\d+");
        int space = acknowledged.indexOf(' ');
        long number = Long.parseLong(acknowledged.substring(0, space));
        long revision = Long.parseLong(acknowledged.substring(space + 1));
        try (LocalStore store = LocalStore.open(directory, new ManualEnvironment().environment())) {
            String counter = store.get(CommitLoop.COUNTER).orElseThrow().value().toStringUtf8();
            long kept = Long.parseLong(counter);

            assertThat(kept).isGreaterThanOrEqualTo(number);
            assertThat(store.load().revision()).isGreaterThanOrEqualTo(revision);
            for (long i = Math.max(1, kept - CommitLoop.SLOTS + 1); i <= kept; i++) {
                assertThat(store.get(CommitLoop.slot(i)).orElseThrow().value().toStringUtf8())
                        .isEqualTo(Long.toString(i));
            }
        }
    }

    private static Process commitLoop(Path directory) throws Exception {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CommitLoop.class.getName(),
                        directory.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
