package dev.staithe.controlplane.placement.query;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * A pattern that is held against whole values: it answers what {@link java.util.regex.Matcher#matches} answers, in a time
 * that is proportional to pattern and value. (But for one oddity: Java ends a repetition at its first empty turn even below
 * its lower bound, and says that {@code (|a){2}} does not match "a"; here it does.) Equal when its text is equal.
 */
final class Regex {
    private final String text;
    private final Automaton automaton;

    private Regex(String text, Automaton automaton) {
        this.text = text;
        this.automaton = automaton;
    }

    /**
     * @param mostSteps what it may need, a step being about a character of the pattern with its repetitions written out
     */
    static Regex compile(String text, int mostSteps) throws PatternException {
        PatternNode node = PatternParser.parse(text);
        try {
            // Not used; but nothing is a pattern here that is none in Java.
            Pattern.compile(text);
        } catch (PatternSyntaxException bad) {
            throw new PatternException(bad.getDescription(), Math.max(0, bad.getIndex()));
        }
        Automaton automaton = Automaton.of(node, mostSteps)
                .orElseThrow(() -> new PatternException("too large when its repetitions are written out", 0));
        return new Regex(text, automaton);
    }

    boolean matches(String value) {
        return automaton.matches(value);
    }

    /** What it needs. */
    int steps() {
        return automaton.size();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Regex regex && text.equals(regex.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
