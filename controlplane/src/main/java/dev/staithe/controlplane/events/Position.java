package dev.staithe.controlplane.events;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in the stream of events, the same on every replica: all replicas see the same transactions, and derive the same
 * events from each.
 *
 * @param revision of the transaction that the event comes from
 * @param number of the event among those of the transaction, from 0
 */
public record Position(long revision, int number) implements Comparable<Position> {
    private static final int LAST = Integer.MAX_VALUE;
    private static final Pattern TEXT = Pattern.compile("(\\d{1,18})(?:-(\\d{1,9}))?");

    /** Behind everything that the revision and those before it brought. */
    public static Position behind(long revision) {
        return new Position(revision, LAST);
    }

    /** Reads what {@link #toString} has written; empty when it is no position. */
    public static Optional<Position> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long revision = Long.parseLong(matcher.group(1));
        String number = matcher.group(2);
        return Optional.of(number == null ? behind(revision) : new Position(revision, Integer.parseInt(number)));
    }

    @Override
    public int compareTo(Position other) {
        int byRevision = Long.compare(revision, other.revision);
        return byRevision != 0 ? byRevision : Integer.compare(number, other.number);
    }

    /** "1234-0"; "1234" behind all of a revision. */
    @Override
    public String toString() {
        return number == LAST ? Long.toString(revision) : revision + "-" + number;
    }
}
