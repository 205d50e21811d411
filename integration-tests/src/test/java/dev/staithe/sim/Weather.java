package dev.staithe.sim;

import java.time.Duration;
import java.util.TreeSet;

/**
 * How bad things are at the moment: who cannot reach whom, how slow and how unreliable everything is. The fault plan changes
 * it; store, network and hosts ask it. Calm at the beginning and at the end.
 */
final class Weather {
    private final TreeSet<String> cut = new TreeSet<>();
    private boolean rough;
    private boolean full;
    private double unknownCommits;
    private double lostMessages;
    private double repeatedMessages;
    private double emptySnapshots;

    /** From now on commits end unknown, messages vanish or come twice, with these probabilities. */
    void rough(double unknown, double lost, double repeated) {
        rough = true;
        unknownCommits = unknown;
        lostMessages = lost;
        repeatedMessages = repeated;
    }

    /** All is well: nothing is cut off, nothing gets lost. */
    void calm() {
        cut.clear();
        full = false;
        rough = false;
        unknownCommits = 0;
        lostMessages = 0;
        repeatedMessages = 0;
        emptySnapshots = 0;
    }

    /** The store has no room, or has again. */
    void full(boolean now) {
        full = now;
    }

    boolean full() {
        return full;
    }

    double unknownCommits() {
        return unknownCommits;
    }

    /** Snapshots name no tasks, with this probability: as those of a control plane that was restored badly would. */
    void forgetful(double probability) {
        emptySnapshots = probability;
    }

    double emptySnapshots() {
        return emptySnapshots;
    }

    double lostMessages() {
        return lostMessages;
    }

    double repeatedMessages() {
        return repeatedMessages;
    }

    /** Nothing gets through between the two places any more. */
    void cut(String one, String other) {
        cut.add(way(one, other));
    }

    void mend(String one, String other) {
        cut.remove(way(one, other));
    }

    boolean isCut(String one, String other) {
        return !cut.isEmpty() && cut.contains(way(one, other));
    }

    /** How long something under way takes: milliseconds as a rule, longer at times when the weather is rough. */
    Duration latency(SimRandom random) {
        int micros = 200 + random.nextInt(2_000);
        if (rough && random.chance(0.05)) {
            micros += random.nextInt(2_000_000);
        }
        return Duration.ofNanos(micros * 1000L);
    }

    private static String way(String one, String other) {
        return one.compareTo(other) < 0 ? one + "|" + other : other + "|" + one;
    }
}
