package dev.staithe.bench.placement;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/** Runs the benchmarks and says, for people, what they found: tasks a second, one thread. */
final class PlacementBench {
    private static final int ITERATIONS = 9;

    private PlacementBench() {}

    private record Measured(Class<?> benchmark, String name, int tasks) {}

    public static void main(String[] arguments) throws RunnerException {
        System.out.printf(
                Locale.ROOT,
                "%-34s %7s %11s %11s %11s %9s%n",
                "tasks a second",
                "hosts",
                "min",
                "median",
                "max",
                "growth");
        for (Measured measured : List.of(
                new Measured(Services.class, "services of 100, zones, binpack", Services.TASKS),
                new Measured(Singles.class, "single tasks, distinctInstance", Singles.TASKS),
                new Measured(Passes.class, "whole passes, 50 services of 100", Passes.TASKS))) {
            print(measured, run(measured.benchmark()));
        }
    }

    private static Collection<RunResult> run(Class<?> benchmark) throws RunnerException {
        return new Runner(new OptionsBuilder()
                        .include(benchmark.getName().replace(".", "\\.") + "\\.")
                        .mode(Mode.SingleShotTime)
                        .timeUnit(TimeUnit.NANOSECONDS)
                        .warmupIterations(6)
                        .measurementIterations(ITERATIONS)
                        .measurementTime(TimeValue.seconds(1))
                        .forks(1)
                        .jvmArgsAppend("-Xms1g", "-Xmx2g", "-XX:+UseSerialGC")
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();
    }

    /** The growth is that of the median time for one task, from the fewest hosts to the most. */
    private static void print(Measured measured, Collection<RunResult> results) {
        List<RunResult> byHosts = results.stream()
                .sorted(Comparator.comparingInt(PlacementBench::hosts))
                .toList();
        double first = median(byHosts.getFirst());
        for (RunResult result : byHosts) {
            Statistics nanos = result.getPrimaryResult().getStatistics();
            System.out.printf(
                    Locale.ROOT,
                    "%-34s %,7d %,11.0f %,11.0f %,11.0f %8.2fx%n",
                    measured.name(),
                    hosts(result),
                    measured.tasks() * 1e9 / nanos.getMax(),
                    measured.tasks() * 1e9 / median(result),
                    measured.tasks() * 1e9 / nanos.getMin(),
                    median(result) / first);
        }
    }

    private static double median(RunResult result) {
        return result.getPrimaryResult().getStatistics().getPercentile(50);
    }

    private static int hosts(RunResult result) {
        return Integer.parseInt(result.getParams().getParam("hosts"));
    }
}
