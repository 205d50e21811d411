package dev.staithe.agent.session;

import dev.staithe.runtime.Randomness;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Which control plane to try next, and when. Every one of the list is tried in turn; the first round goes fast, then the waits
 * grow to half a minute. A hint at the leader goes before the list, as long as hints do not go round in circles.
 */
final class Reconnect {
    private static final Duration FAST = Duration.ofMillis(50);
    private static final Duration FIRST = Duration.ofMillis(250);
    static final Duration LAST = Duration.ofSeconds(30);
    private static final double GROWTH = 1.5;
    private static final double JITTER = 0.2;
    private static final int MOST_HINTS = 3;

    private final List<String> addresses;
    private final Randomness randomness;
    private int next;
    private int failures;
    private int hintsFollowed;
    private Optional<String> hint = Optional.empty();

    Reconnect(List<String> addresses, Randomness randomness) {
        this.addresses = List.copyOf(addresses);
        this.randomness = randomness;
        // Hosts that start together do not all begin with the same one.
        this.next = randomness.nextInt(addresses.size());
    }

    String address() {
        if (hint.isPresent()) {
            String address = hint.get();
            hint = Optional.empty();
            return address;
        }
        return addresses.get(next++ % addresses.size());
    }

    /** A session stands: the next outage begins anew. */
    void succeeded(String address) {
        failures = 0;
        hintsFollowed = 0;
        hint = Optional.of(address);
    }

    /** How long to wait before the next try. */
    Duration failed() {
        int round = failures++ / addresses.size();
        double grown = (double) FIRST.toMillis() * Math.pow(GROWTH, Math.min(round - 1, 100));
        Duration delay = round == 0 ? FAST : Duration.ofMillis((long) Math.min(grown, (double) LAST.toMillis()));
        return randomness.jitter(delay, JITTER);
    }

    /** The control plane that was asked is not the leader, and says who is. */
    Duration redirected(String leader) {
        if (leader.isEmpty() || hintsFollowed >= MOST_HINTS) {
            hintsFollowed = 0;
            return failed();
        }
        hintsFollowed++;
        hint = Optional.of(leader);
        return Duration.ZERO;
    }
}
