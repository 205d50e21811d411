package dev.staithe.agent.stats;

import dev.staithe.proto.v1.ContainerStats;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Says what the running containers of this host use.
 *
 * <p>Looks when it is asked, at all of them at once, and at most every second however many ask. What share of a processor a
 * container uses lies between two looks: where there was none in the last ten seconds, a second one follows after half a second.
 * Confined to the loop; soft state of two looks.
 */
public final class Meter {
    private static final Duration FRESH = Duration.ofMillis(900);
    private static final Duration TELLING = Duration.ofSeconds(10);
    private static final Duration SECOND_LOOK = Duration.ofMillis(500);
    private static final double PERCENT = 100;

    private final Environment environment;
    private final EventLoop loop;
    private final UsageReader reader;
    private final Supplier<List<Subject>> running;
    private final List<Consumer<List<ContainerStats>>> waiting = new ArrayList<>();
    private @Nullable Look last;
    private List<ContainerStats> figures = List.of();
    private boolean looking;

    /** What was seen at one moment, by the engine's ids. */
    private record Look(long nanos, SortedMap<String, Usage> usages) {
        Look {
            usages = Collections.unmodifiableSortedMap(new TreeMap<>(usages));
        }
    }

    /** @param running the containers that run, asked on the loop */
    public Meter(Environment environment, EventLoop loop, UsageReader reader, Supplier<List<Subject>> running) {
        this.environment = environment;
        this.loop = loop;
        this.reader = reader;
        this.running = running;
    }

    /** Hands over what every running container uses, soon, on the loop. */
    public void measure(Consumer<List<ContainerStats>> then) {
        loop.assertInLoop();
        if (!looking && younger(FRESH)) {
            then.accept(figures);
            return;
        }
        waiting.add(then);
        if (!looking) {
            looking = true;
            look(false);
        }
    }

    private void look(boolean second) {
        List<Subject> subjects = running.get();
        long now = environment.time().nanos();
        environment.effects().run(loop, () -> reader.read(subjects), outcome -> {
            switch (outcome) {
                case Outcome.Done<SortedMap<String, Usage>> done ->
                    looked(subjects, new Look(now, done.value()), second);
                case Outcome.Failed<SortedMap<String, Usage>> failed -> {
                    environment.faults().unexpected("looking at what containers use", failed.cause());
                    answer();
                }
            }
        });
    }

    private void looked(List<Subject> subjects, Look look, boolean second) {
        Optional<Look> before = younger(TELLING) ? Optional.ofNullable(last) : Optional.empty();
        figures = figures(subjects, look, before);
        last = look;
        if (before.isEmpty() && !second && !look.usages().isEmpty()) {
            loop.after(SECOND_LOOK, () -> look(true));
        } else {
            answer();
        }
    }

    private void answer() {
        looking = false;
        List<Consumer<List<ContainerStats>>> told = List.copyOf(waiting);
        waiting.clear();
        told.forEach(each -> each.accept(figures));
    }

    private boolean younger(Duration age) {
        Look known = last;
        return known != null && environment.time().nanos() - known.nanos() < age.toNanos();
    }

    private List<ContainerStats> figures(List<Subject> subjects, Look look, Optional<Look> before) {
        long wall = environment.time().now().toEpochMilli();
        List<ContainerStats> all = new ArrayList<>();
        for (Subject subject : subjects) {
            String id = subject.view().id();
            Usage usage = look.usages().get(id);
            if (usage != null) {
                Optional<Usage> earlier = before.map(b -> b.usages().get(id));
                double percent = earlier.isPresent()
                        ? share(
                                usage,
                                earlier.get(),
                                look.nanos() - before.get().nanos())
                        : 0;
                all.add(message(subject, usage, wall, percent));
            }
        }
        return List.copyOf(all);
    }

    private static double share(Usage now, Usage before, long nanos) {
        return nanos <= 0 ? 0 : Math.max(0, now.cpuNanos() - before.cpuNanos()) * PERCENT / nanos;
    }

    private static ContainerStats message(Subject subject, Usage usage, long wall, double percent) {
        return ContainerStats.newBuilder()
                .setTaskId(subject.taskId())
                .setContainer(subject.container())
                .setTimeMs(wall)
                .setCpuNs(usage.cpuNanos())
                .setCpuPercent(percent)
                .setMemoryBytes(usage.memoryBytes())
                .setMemoryLimitBytes(usage.memoryLimitBytes())
                .setNetworkReceivedBytes(usage.receivedBytes())
                .setNetworkSentBytes(usage.sentBytes())
                .setBlockReadBytes(usage.blockReadBytes())
                .setBlockWrittenBytes(usage.blockWrittenBytes())
                .setProcesses(usage.processes())
                .build();
    }
}
