package dev.staithe.agent.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.SimulatedWorld;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.ContainerView.Health;
import dev.staithe.agent.container.ContainerView.Presence;
import dev.staithe.agent.container.ContainerView.State;
import dev.staithe.agent.container.fake.FakeContainerRuntime;
import dev.staithe.agent.container.fake.FakeEngine;
import dev.staithe.agent.session.Asks.Wire;
import dev.staithe.proto.agent.v1.Answer;
import dev.staithe.proto.agent.v1.Ask;
import dev.staithe.proto.agent.v1.StatsAsk;
import dev.staithe.proto.v1.ContainerStats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MeterTest {
    private static final String ID = "4f5e2c0a9b1d";

    @TempDir
    Path kernel;

    private final SimulatedWorld world = new SimulatedWorld();
    private final List<Subject> running = new ArrayList<>(List.of(new Subject("t1", "app", view(ID, 17))));
    private final List<List<ContainerStats>> answers = new ArrayList<>();
    private Meter meter;

    @BeforeEach
    void aContainerOfVersionTwo() throws IOException {
        write("proc/17/cgroup", "0::/docker-" + ID + ".scope\n");
        write("proc/17/net/dev", "a|b\nface|\n eth0: 70 1 0 0 0 0 0 0 30 1 0 0 0 0 0 0\n");
        cpuIs(1_000_000);
        write(group("memory.current"), "10485760\n");
        write(group("memory.stat"), "inactive_file 485760\n");
        write(group("memory.max"), "max\n");
        write(group("io.stat"), "8:0 rbytes=5 wbytes=6 rios=1 wios=1\n");
        write(group("pids.current"), "3\n");
        var environment = world.environment(loop -> {});
        var runtime = new FakeContainerRuntime(new FakeEngine(world, world.loop()), "instance");
        meter = new Meter(
                environment,
                environment.loop("test"),
                new UsageReader(kernel.resolve("proc"), kernel.resolve("groups"), runtime),
                () -> List.copyOf(running));
    }

    @Test
    void saysWhatTheKernelCounts() {
        ContainerStats seen = measured().getFirst();

        assertThat(seen.getTaskId()).isEqualTo("t1");
        assertThat(seen.getContainer()).isEqualTo("app");
        assertThat(seen.getCpuNs()).isEqualTo(1_000_000_000);
        assertThat(seen.getMemoryBytes()).isEqualTo(10_000_000);
        assertThat(seen.getMemoryLimitBytes()).isZero();
        assertThat(seen.getNetworkReceivedBytes()).isEqualTo(70);
        assertThat(seen.getNetworkSentBytes()).isEqualTo(30);
        assertThat(seen.getBlockReadBytes()).isEqualTo(5);
        assertThat(seen.getBlockWrittenBytes()).isEqualTo(6);
        assertThat(seen.getProcesses()).isEqualTo(3);
    }

    @Test
    void looksTwiceWhenNothingTellsWhatLiesBetween() throws IOException {
        meter.measure(answers::add);
        world.run(Duration.ofMillis(100));
        assertThat(answers).isEmpty();
        cpuIs(1_250_000);
        world.run(Duration.ofSeconds(1));

        assertThat(answers.getFirst().getFirst().getCpuPercent()).isBetween(49.0, 51.0);
    }

    @Test
    void takesTheLookBeforeWhereThereIsOne() throws IOException {
        measured();
        cpuIs(3_000_000);
        world.run(Duration.ofSeconds(1));

        assertThat(measured().getFirst().getCpuPercent()).isBetween(80.0, 140.0);
    }

    @Test
    void anAverageOverTenMinutesIsNotWhatItUsesNow() throws IOException {
        measured();
        world.run(Duration.ofMinutes(10));
        cpuIs(600_000_000);

        assertThat(measured().getFirst().getCpuPercent()).isZero();
    }

    @Test
    void looksOnceForAllWhoAsk() throws IOException {
        measured();
        int before = answers.size();
        cpuIs(9_000_000);
        meter.measure(answers::add);
        meter.measure(answers::add);

        assertThat(answers).hasSize(before + 2);
        assertThat(answers.getLast().getFirst().getCpuNs()).isEqualTo(1_000_000_000);
    }

    @Test
    void whatHasEndedIsLeftOut() throws IOException {
        running.add(new Subject("t2", "app", view("0000", 18)));
        write("proc/18/cgroup", "0::/docker-other.scope\n");

        assertThat(measured()).hasSize(1);
    }

    @Test
    void answersForTheTasksThatAreAskedFor() {
        List<Answer> sent = new ArrayList<>();
        StatsAnswers asked = new StatsAnswers(meter);

        asked.asked(ask(1), wire(sent));
        asked.asked(ask(2, "t2"), wire(sent));
        asked.asked(ask(3, "t1"), wire(sent));
        asked.asked(Ask.newBuilder().setId(3).setCancel(true).build(), wire(sent));
        world.run(Duration.ofSeconds(2));

        assertThat(sent)
                .extracting(Answer::getId, Answer::getStatsCount, Answer::getEnd)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(1L, 1, true),
                        org.assertj.core.groups.Tuple.tuple(2L, 0, true));
    }

    @Test
    void whoseSessionIsOverIsToldNothing() {
        List<Answer> sent = new ArrayList<>();
        StatsAnswers asked = new StatsAnswers(meter);

        asked.asked(ask(1), wire(sent));
        asked.disconnected();
        world.run(Duration.ofSeconds(2));

        assertThat(sent).isEmpty();
    }

    private List<ContainerStats> measured() {
        meter.measure(answers::add);
        world.run(Duration.ofSeconds(1));
        return answers.getLast();
    }

    private static Ask ask(long id, String... tasks) {
        return Ask.newBuilder()
                .setId(id)
                .setStats(StatsAsk.newBuilder().addAllTaskIds(List.of(tasks)))
                .build();
    }

    private static Wire wire(List<Answer> sent) {
        return new Wire() {
            @Override
            public boolean ready() {
                return true;
            }

            @Override
            public void send(Answer answer) {
                sent.add(answer);
            }
        };
    }

    private void cpuIs(long micros) throws IOException {
        write(group("cpu.stat"), "usage_usec " + micros + "\n");
    }

    private static String group(String file) {
        return "groups/docker-" + ID + ".scope/" + file;
    }

    private void write(String file, String text) throws IOException {
        Path path = kernel.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private static ContainerView view(String id, int pid) {
        return new ContainerView(
                id,
                "staithe-" + id,
                Map.of(),
                "sha256:1",
                State.RUNNING,
                OptionalInt.empty(),
                false,
                "",
                1,
                0,
                Health.NONE,
                "",
                List.of(),
                new Presence(1, pid, "bridge", List.of()));
    }
}
