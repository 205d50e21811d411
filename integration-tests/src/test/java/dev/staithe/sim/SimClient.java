package dev.staithe.sim;

import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.runtime.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Sends one request after the other, as a careful client would: to any replica, again when there is no answer, and once more
 * when an earlier try may still come true. What it was answered in the end is certain.
 */
final class SimClient {
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    /** After this time without a try under way nothing of earlier tries can come true any more. */
    private static final Duration SETTLED = Duration.ofSeconds(8);

    private static final Duration FOR_EVER = Duration.ofDays(1);

    /** How a request ended. */
    sealed interface Answer<T> {
        /** Done, and nothing of earlier tries can undo it. */
        record Acknowledged<T>(T value) implements Answer<T> {}

        /**
         * Refused.
         *
         * @param doubtful an earlier try may have been the reason
         */
        record Refused<T>(IntentException why, boolean doubtful) implements Answer<T> {}

        /** Not known: it was asked for as long as that makes sense. */
        record GivenUp<T>() implements Answer<T> {}
    }

    private final Simulation simulation;
    private final String name;
    private final SimRandom random;
    private final List<Attempt> underway = new ArrayList<>();
    private Optional<String> leader = Optional.empty();

    private static final class Attempt {
        private final Optional<SimProcess> process;
        private boolean ended;

        Attempt(Optional<SimProcess> process) {
            this.process = process;
        }

        boolean over() {
            return ended || process.map(SimProcess::dead).orElse(true);
        }
    }

    /** One request until its answer. */
    private final class Errand<T> {
        private final String what;
        private final SimControlPlane.Call<T> call;
        private final Consumer<Answer<T>> then;
        private final long givesUpAt;
        private boolean doubtful;
        private int tries;

        Errand(String what, Duration longest, SimControlPlane.Call<T> call, Consumer<Answer<T>> then) {
            this.what = what;
            this.givesUpAt = simulation.scheduler().nanos() + longest.toNanos();
            this.call = call;
            this.then = then;
        }

        void attempt() {
            int mine = ++tries;
            if (simulation.scheduler().nanos() > givesUpAt) {
                settle(() -> answer(new Answer.GivenUp<>()));
                return;
            }
            SimControlPlane target = target();
            Attempt[] attempt = new Attempt[1];
            Optional<SimProcess> reached = target.call(call, outcome -> {
                attempt[0].ended = true;
                if (mine == tries) {
                    // Nobody waits for this try any more.
                    tries++;
                    heard(outcome);
                }
            });
            attempt[0] = new Attempt(reached);
            if (reached.isEmpty()) {
                later(Duration.ofMillis(300), this::attempt);
                return;
            }
            underway.add(attempt[0]);
            later(PATIENCE, () -> {
                if (mine == tries) {
                    doubtful = true;
                    attempt();
                }
            });
        }

        private void heard(Outcome<T> outcome) {
            switch (outcome) {
                case Outcome.Done<T> done -> {
                    if (doubtful) {
                        settle(() -> {
                            doubtful = false;
                            attempt();
                        });
                    } else {
                        answer(new Answer.Acknowledged<>(done.value()));
                    }
                }
                case Outcome.Failed<T> failed -> {
                    if (!(failed.cause() instanceof IntentException refused)) {
                        throw new SimulationFailure(what + " failed: " + failed.cause(), failed.cause());
                    }
                    refused(refused);
                }
            }
        }

        private void refused(IntentException refused) {
            switch (refused.reason()) {
                case STORE_UNAVAILABLE -> {
                    doubtful = true;
                    again();
                }
                case NO_LEADER, STORE_FULL, CONFLICT -> again();
                case NOT_LEADER -> {
                    leader = Optional.ofNullable(refused.metadata().get("leader"));
                    again();
                }
                default -> {
                    if (doubtful) {
                        settle(() -> answer(new Answer.Refused<>(refused, true)));
                    } else {
                        answer(new Answer.Refused<>(refused, false));
                    }
                }
            }
        }

        private void again() {
            later(random.between(Duration.ofMillis(200), Duration.ofSeconds(1)), this::attempt);
        }

        private void answer(Answer<T> answer) {
            simulation.trace(name, what + " -> " + Answers.brief(answer));
            then.accept(answer);
        }
    }

    SimClient(Simulation simulation, String name) {
        this.simulation = simulation;
        this.name = name;
        this.random = new SimRandom(simulation.seed(), "client " + name);
    }

    /** Sends the request, and hands over its answer once there is a certain one. */
    <T> void send(String what, SimControlPlane.Call<T> call, Consumer<Answer<T>> then) {
        send(what, FOR_EVER, call, then);
    }

    /** The same, until this time is over. */
    <T> void send(String what, Duration longest, SimControlPlane.Call<T> call, Consumer<Answer<T>> then) {
        simulation.trace(name, what);
        new Errand<>(what, longest, call, then).attempt();
    }

    /** Goes on when nothing that was sent before can have an effect any more. */
    private void settle(Runnable then) {
        underway.removeIf(Attempt::over);
        if (underway.isEmpty()) {
            later(SETTLED, then);
        } else {
            later(Duration.ofSeconds(1), () -> settle(then));
        }
    }

    private SimControlPlane target() {
        Optional<SimControlPlane> hinted = leader.flatMap(address -> simulation.controlPlanes().stream()
                .filter(c -> c.address().equals(address))
                .findFirst());
        leader = Optional.empty();
        return hinted.orElseGet(() -> random.one(simulation.controlPlanes()));
    }

    private void later(Duration delay, Runnable work) {
        simulation.scheduler().after(simulation.world(), delay, name, work);
    }

    /** Answers in a line of the trace. */
    private static final class Answers {
        static String brief(Answer<?> answer) {
            return switch (answer) {
                case Answer.Acknowledged<?> acknowledged -> "acknowledged";
                case Answer.GivenUp<?> givenUp -> "given up";
                case Answer.Refused<?> refused ->
                    "refused, " + refused.why().reason() + (refused.doubtful() ? " (in doubt)" : "");
            };
        }
    }
}
