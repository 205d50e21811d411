package dev.staithe.agent.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.model.Progress.Status;
import dev.staithe.agent.model.TaskDemand;
import dev.staithe.agent.reconcile.Admission.Answer;
import dev.staithe.agent.reconcile.Admission.Claimant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionTest {
    private static final Admission HOST =
            new Admission(1024, 1000, new TreeSet<>(List.of("22/tcp")), new TreeSet<>(List.of("GPU-1", "GPU-2")));

    /** A task of 256 units and 400 MiB, beside one that holds this. */
    @ParameterizedTest
    @CsvSource({
        "768, 600, ''",
        "769, 600, waits for 256 CPU units that task a (RUNNING) still holds",
        "768, 601, waits for 400 MiB of memory that task a (RUNNING) still holds",
    })
    void waitsForWhatAnotherHolds(long cpu, long memory, String waits) {
        Answer answer = HOST.answer(demand(256, 400), List.of(claimant("a", Status.RUNNING, demand(cpu, memory))));

        assertThat(answer).isEqualTo(waits.isEmpty() ? Admission.ADMITTED : new Answer.Waits(waits));
    }

    @Test
    void namesWhoIsOnItsWayOutRatherThanWhoStays() {
        Answer answer = HOST.answer(
                demand(0, 400),
                List.of(claimant("a", Status.RUNNING, demand(0, 500)), claimant("b", Status.STOPPING, demand(0, 500))));

        assertThat(answer)
                .isEqualTo(new Answer.Waits("waits for 400 MiB of memory that task b (STOPPING) still holds"));
    }

    @Test
    void waitsForPortsAndGpus() {
        TaskDemand wanted = new TaskDemand(0, 0, set("80/tcp"), set("GPU-2"));

        assertThat(HOST.answer(wanted, List.of(claimant("a", Status.STOPPING, ports("80/udp")))))
                .isEqualTo(Admission.ADMITTED);
        assertThat(HOST.answer(wanted, List.of(claimant("a", Status.STOPPING, ports("80/tcp")))))
                .isEqualTo(new Answer.Waits("waits for port 80/tcp that task a (STOPPING) still holds"));
        assertThat(HOST.answer(
                        wanted, List.of(claimant("a", Status.STOPPING, new TaskDemand(0, 0, set(), set("GPU-2"))))))
                .isEqualTo(new Answer.Waits("waits for GPU GPU-2 that task a (STOPPING) still holds"));
    }

    @Test
    void saysWhatCanNeverFit() {
        assertThat(HOST.answer(demand(1025, 0), List.of()))
                .isEqualTo(new Answer.Never("ResourceInitializationError: cpu: 1025 units (expected: at most 1024, all"
                        + " that this host has for tasks)"));
        assertThat(HOST.answer(ports("22/tcp"), List.of())).isInstanceOf(Answer.Never.class);
        assertThat(HOST.answer(new TaskDemand(0, 0, set(), set("GPU-9")), List.of()))
                .isInstanceOf(Answer.Never.class);
    }

    /** A task that asks for nothing is never held up, however full the host is. */
    @Test
    void whatAsksForNothingWaitsForNothing() {
        assertThat(HOST.answer(demand(0, 0), List.of(claimant("a", Status.RUNNING, demand(5000, 5000)))))
                .isEqualTo(Admission.ADMITTED);
    }

    /** Tasks come and go at random: nothing is given twice, and nobody who waits ever waits for one who came later. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void neverGivesTwiceAndNeverLetsALaterTaskDelayAnEarlierOne(long seed) {
        Random random = new Random(seed);
        List<Claimant> holding = new ArrayList<>();
        List<Claimant> waiting = new ArrayList<>();
        for (int moment = 0; moment < 2000; moment++) {
            if (random.nextBoolean() && waiting.size() < 12) {
                waiting.add(claimant("t" + moment, Status.PENDING, random(random)));
            } else if (!holding.isEmpty()) {
                holding.remove(random.nextInt(holding.size()));
            }
            for (int i = 0; i < waiting.size(); i++) {
                List<Claimant> before = new ArrayList<>(holding);
                before.addAll(waiting.subList(0, i));
                if (HOST.answer(waiting.get(i).demand(), before) instanceof Answer.Admitted) {
                    List<Boolean> fitted = fitting(holding, waiting.subList(0, i));
                    holding.add(waiting.remove(i));
                    i--;
                    assertThat(fitting(holding, waiting.subList(0, i + 1)))
                            .as("an earlier one fits as it did before")
                            .isEqualTo(fitted);
                }
            }
            assertThat(holding.stream().mapToLong(c -> c.demand().cpu()).sum()).isLessThanOrEqualTo(HOST.cpu());
            assertThat(holding.stream().mapToLong(c -> c.demand().memory()).sum())
                    .isLessThanOrEqualTo(HOST.memory());
            assertThat(holding.stream().flatMap(c -> c.demand().ports().stream()))
                    .doesNotHaveDuplicates();
            assertThat(holding.stream().flatMap(c -> c.demand().gpus().stream()))
                    .doesNotHaveDuplicates();
            assertThat(holding.isEmpty() && !waiting.isEmpty())
                    .as("an empty host lets the oldest in")
                    .isFalse();
        }
    }

    /** For each of those that wait, whether it would fit if all that holds but what is later stopped: served in order. */
    private static List<Boolean> fitting(List<Claimant> holding, List<Claimant> waiting) {
        List<Claimant> taken = new ArrayList<>(holding);
        List<Boolean> fits = new ArrayList<>();
        for (Claimant claimant : waiting) {
            fits.add(HOST.answer(claimant.demand(), taken) instanceof Answer.Admitted);
            taken.add(claimant);
        }
        return fits;
    }

    private static TaskDemand random(Random random) {
        return new TaskDemand(
                random.nextInt(700),
                random.nextInt(700),
                random.nextInt(4) == 0 ? set("80/tcp") : set(),
                random.nextInt(6) == 0 ? set("GPU-" + (1 + random.nextInt(2))) : set());
    }

    private static Claimant claimant(String id, Status status, TaskDemand demand) {
        return new Claimant(id, status, demand);
    }

    private static TaskDemand demand(long cpu, long memory) {
        return new TaskDemand(cpu, memory, set(), set());
    }

    private static TaskDemand ports(String port) {
        return new TaskDemand(0, 0, set(port), set());
    }

    private static SortedSet<String> set(String... values) {
        return new TreeSet<>(List.of(values));
    }
}
