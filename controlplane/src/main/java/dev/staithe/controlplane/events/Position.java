package dev.staithe.controlplane.events;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in the stream of events, the same on every replica: all replicas see the same transactions, and derive the same
 * events from each. What one replica alone has noted stands behind all that a transaction brought, and before the next one:
 * so whoever read it goes on at any other replica, which does not have it, without missing or repeating anything else.
 *
 * @param revision of the transaction that the event comes from
 * @param number of the event among those of the transaction, from 0
 * @param note of what was noted after the transaction, from 1; 0 = derived
 */
public record Position(long revision, int number, int note) implements Comparable<Position> {
    private static final int LAST = Integer.MAX_VALUE;
    private static final Pattern TEXT = Pattern.compile("(\\d{1,18})(?:([-+])(\\d{1,9}))?");
    private static final Comparator<Position> ORDER = Comparator.comparingLong(Position::revision)
            .thenComparingInt(Position::number)
            .thenComparingInt(Position::note);

    /** Of an event that a transaction brought. */
    public static Position of(long revision, int number) {
        return new Position(revision, number, 0);
    }

    /** Behind everything that the revision and those before it brought. */
    public static Position behind(long revision) {
        return new Position(revision, LAST, 0);
    }

    /** Where something is noted when the stream ends here. */
    Position noted() {
        return new Position(revision, LAST, number == LAST ? note + 1 : 1);
    }

    /** Reads what {@link #toString} has written; empty when it is no position. */
    public static Optional<Position> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long revision = Long.parseLong(matcher.group(1));
        String kind = matcher.group(2);
        if (kind == null) {
            return Optional.of(behind(revision));
        }
        int number = Integer.parseInt(matcher.group(3));
        return Optional.of(kind.equals("-") ? of(revision, number) : new Position(revision, LAST, number));
    }

    @Override
    public int compareTo(Position other) {
        return ORDER.compare(this, other);
    }

    /** "1234-0"; "1234" behind all of a revision; "1234+1" for what was noted then. */
    @Override
    public String toString() {
        return number != LAST ? revision + "-" + number : note == 0 ? Long.toString(revision) : revision + "+" + note;
    }
}
