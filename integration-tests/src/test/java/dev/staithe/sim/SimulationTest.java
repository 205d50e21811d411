package dev.staithe.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Runs the simulator over many seeds, every fifth twice: {@code -Dsim.seeds=N} for more or fewer of them, {@code -Dsim.from=N} to
 * begin elsewhere, {@code -Dsim.seed=N} for one alone, whose trace goes to {@code target/sim-N.trace}.
 */
final class SimulationTest {
    private static final int SEEDS = Integer.getInteger("sim.seeds", 1000);

    /** Every so many seeds, one runs twice: that a run repeats itself is a property of the code, hardly of the seed. */
    private static final int TWICE = 5;

    private static final long FROM = Long.getLong("sim.from", 1);

    @Test
    @DisabledIfSystemProperty(named = "sim.seed", matches = ".+")
    void everySeedKeepsTheInvariantsConvergesAndRepeatsItself() throws Exception {
        List<String> failures = new ArrayList<>();
        try (ExecutorService threads =
                Executors.newFixedThreadPool(Math.min(2, Runtime.getRuntime().availableProcessors()))) {
            List<Callable<String>> runs = new ArrayList<>();
            for (long seed = FROM; seed < FROM + SEEDS; seed++) {
                long mine = seed;
                runs.add(() -> problem(mine));
            }
            for (Future<String> run : threads.invokeAll(runs)) {
                if (!run.get().isEmpty()) {
                    failures.add(run.get());
                }
            }
        }

        assertThat(failures)
                .as(failures.size() + " of " + SEEDS + " seeds failed; the first one:\n"
                        + failures.stream().findFirst().orElse(""))
                .isEmpty();
    }

    @Test
    @EnabledIfSystemProperty(named = "sim.seed", matches = ".+")
    void oneSeed() {
        long seed = Long.getLong("sim.seed");

        Trace trace = Simulation.run(seed, lines -> write(Path.of("target", "sim-" + seed + ".trace"), lines));

        assertThat(Simulation.run(seed).lines()).isEqualTo(trace.lines());
    }

    /** In one process the order of a {@code Set.of} is always the same: only another one would show that it matters. */
    @Test
    void anotherProcessTakesTheSameWay() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Replay.class.getName(),
                        "7")
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said.lines().toList()).last().isEqualTo(Replay.summary(7));
    }

    /** Runs one seed and says what came of it, for a process of its own. */
    static final class Replay {
        public static void main(String[] arguments) {
            System.out.println(summary(Long.parseLong(arguments[0])));
        }

        static String summary(long seed) {
            Trace trace = Simulation.run(seed);
            return "seed " + seed + ": " + trace.lines().size() + " lines, digest " + trace.digest();
        }
    }

    /** What is wrong with the seed; empty when nothing is. */
    private static String problem(long seed) {
        try {
            List<String> first = Simulation.run(seed).lines();
            if (seed % TWICE != 0) {
                return "";
            }
            List<String> second = Simulation.run(seed).lines();
            for (int i = 0; i < Math.min(first.size(), second.size()); i++) {
                if (!first.get(i).equals(second.get(i))) {
                    return "seed " + seed + " took another way the second time:\n" + first.get(i) + "\n"
                            + second.get(i);
                }
            }
            return first.size() == second.size() ? "" : "seed " + seed + " came to another end the second time";
        } catch (AssertionError failure) {
            return String.valueOf(failure.getMessage());
        }
    }

    private static void write(Path file, List<String> lines) {
        try {
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
