package dev.staithe.controlplane.intent;

import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.intent.IntentException.Violation;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects all that is wrong with one request, so that the user hears of everything at once. What is not supported comes
 * first: as long as it is there, the rest does not matter.
 *
 * <p>Confined to one call.
 */
final class Problems {
    /** Nobody reads more, and an answer has a size limit. */
    private static final int MOST = 100;

    /** Longer values are cut where they are shown. */
    private static final int SHOWN = 60;

    private final List<Violation> unsupported = new ArrayList<>();
    private final List<Violation> invalid = new ArrayList<>();

    /** The field has a value that it may not have. */
    void invalid(String field, Object value, String expected) {
        say(field, shown(value) + " (expected: " + expected + ")");
    }

    /** Something is wrong that the description says in full. */
    void say(String field, String description) {
        add(invalid, new Violation(field, description));
    }

    /** The field is known and not honoured by this release. */
    void unsupported(String field) {
        add(unsupported, new Violation(field, field + " is not supported yet"));
    }

    /** The field is honoured, but not with this value. */
    void unsupported(String field, Object value, String expected) {
        add(unsupported, new Violation(field, shown(value) + " is not supported yet (expected: " + expected + ")"));
    }

    /** The request has a field that this release does not even know. */
    void unknown(String where, int number) {
        String field = where.isEmpty() ? "request" : where;
        add(
                unsupported,
                new Violation(
                        field,
                        "field number " + number + " is not known here (expected: a client that is not newer than the"
                                + " control plane)"));
    }

    void throwIfAny() throws IntentException {
        List<Violation> all = new ArrayList<>(unsupported);
        all.addAll(invalid);
        if (!all.isEmpty()) {
            Reason reason = unsupported.isEmpty() ? Reason.INVALID_ARGUMENT : Reason.UNSUPPORTED_FIELD;
            throw IntentException.invalid(reason, all);
        }
    }

    private static void add(List<Violation> to, Violation violation) {
        if (to.size() < MOST) {
            to.add(violation);
        }
    }

    /** The value on one line, cut when it is long; "empty" for an empty text. */
    static String shown(Object value) {
        String text = value.toString();
        if (text.isEmpty()) {
            return "empty";
        }
        StringBuilder line = new StringBuilder();
        text.codePoints()
                .limit(SHOWN)
                .map(c -> Character.isISOControl(c) || c == '\u2028' || c == '\u2029' ? '?' : c)
                .forEach(line::appendCodePoint);
        return text.codePointCount(0, text.length()) > SHOWN ? line + "..." : line.toString();
    }
}
