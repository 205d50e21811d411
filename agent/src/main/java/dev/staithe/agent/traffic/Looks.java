package dev.staithe.agent.traffic;

import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * Counts connections for all tasks that drain, as many of them at a time as there are: a count reads tables of the whole host.
 *
 * <p>One count is under way at a time. What is asked meanwhile is the next one together, so that no answer is older than its
 * question. Those who know of connections look again in rounds, all at once, and the longer the last count took, the later:
 * rounds take a fifth of a core at most, unless one takes so long that the next would come too late. Used by the
 * {@link Gatekeeper} alone; confined to the loop.
 */
final class Looks {
    private static final Duration SHORTEST_REST = Duration.ofMillis(50);
    private static final Duration LONGEST_REST = Duration.ofSeconds(1);

    /** For each part of the time that is spent looking, so many are not. */
    private static final int REST = 4;

    private final Environment environment;
    private final EventLoop loop;
    private final ConnectionGate gate;
    private final List<Turn> round = new ArrayList<>();
    private List<Question> asked = new ArrayList<>();
    private Duration rest = SHORTEST_REST;
    private boolean counting;
    private boolean gathering;

    private record Question(List<Listening> listeners, Consumer<OptionalInt> then) {}

    private static final class Turn {
        private final Runnable look;
        private boolean cancelled;

        Turn(Runnable look) {
            this.look = look;
        }
    }

    /** What was found, in the order of what was asked. */
    private record Answers(List<OptionalInt> found, Duration took) {}

    Looks(Environment environment, EventLoop loop, ConnectionGate gate) {
        this.environment = environment;
        this.loop = loop;
        this.gate = gate;
    }

    /** Counts as soon as no other count is under way; for {@code then} see {@link Gatekeeper#count}. */
    void count(List<Listening> listeners, Consumer<OptionalInt> then) {
        asked.add(new Question(List.copyOf(listeners), then));
        begin();
    }

    /** Has it look in the next round; see {@link Gatekeeper#again}. */
    EventLoop.Timer again(Runnable look) {
        Turn turn = new Turn(look);
        if (round.isEmpty()) {
            loop.after(rest, this::round);
        }
        round.add(turn);
        return () -> turn.cancelled = true;
    }

    private void round() {
        List<Turn> turns = List.copyOf(round);
        round.clear();
        gathering = true;
        turns.stream().filter(turn -> !turn.cancelled).forEach(turn -> turn.look.run());
        gathering = false;
        begin();
    }

    private void begin() {
        if (counting || gathering || asked.isEmpty()) {
            return;
        }
        counting = true;
        List<Question> batch = asked;
        asked = new ArrayList<>();
        environment.effects().run(loop, connections(batch), outcome -> {
            counting = false;
            switch (outcome) {
                case Outcome.Done<Answers> done -> {
                    rest = restAfter(done.value().took());
                    answer(batch, done.value().found());
                }
                case Outcome.Failed<Answers> failed -> {
                    environment.faults().unexpected("counting connections", failed.cause());
                    batch.forEach(question -> question.then().accept(OptionalInt.empty()));
                }
            }
            begin();
        });
    }

    private Callable<Answers> connections(List<Question> batch) {
        List<Listening> all = batch.stream()
                .flatMap(question -> question.listeners().stream())
                .toList();
        return () -> {
            long since = environment.time().nanos();
            List<OptionalInt> found = gate.connections(all);
            if (found.size() != all.size()) {
                throw new IllegalStateException(
                        "answers of the gate: " + found.size() + " (expected: " + all.size() + ")");
            }
            return new Answers(found, Duration.ofNanos(environment.time().nanos() - since));
        };
    }

    private static void answer(List<Question> batch, List<OptionalInt> found) {
        int next = 0;
        for (Question question : batch) {
            int end = next + question.listeners().size();
            question.then().accept(sum(found.subList(next, end)));
            next = end;
        }
    }

    private static OptionalInt sum(List<OptionalInt> found) {
        return found.stream().allMatch(OptionalInt::isPresent)
                ? OptionalInt.of(found.stream().mapToInt(OptionalInt::getAsInt).sum())
                : OptionalInt.empty();
    }

    private static Duration restAfter(Duration took) {
        Duration wanted = took.multipliedBy(REST);
        if (wanted.compareTo(SHORTEST_REST) < 0) {
            return SHORTEST_REST;
        }
        return wanted.compareTo(LONGEST_REST) < 0 ? wanted : LONGEST_REST;
    }
}
