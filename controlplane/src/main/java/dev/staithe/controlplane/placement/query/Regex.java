package dev.staithe.controlplane.placement.query;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** A pattern that is held against whole values. */
final class Regex {
    private final String text;
    private final Pattern pattern;

    private Regex(String text, Pattern pattern) {
        this.text = text;
        this.pattern = pattern;
    }

    static Regex compile(String text) throws PatternException {
        try {
            return new Regex(text, Pattern.compile(text));
        } catch (PatternSyntaxException bad) {
            throw new PatternException(bad.getDescription(), Math.max(0, bad.getIndex()));
        }
    }

    boolean matches(String value) {
        return pattern.matcher(value).matches();
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
