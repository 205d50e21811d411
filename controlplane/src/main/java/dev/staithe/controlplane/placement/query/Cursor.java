package dev.staithe.controlplane.placement.query;

import java.util.function.IntPredicate;

/**
 * The text of an expression and how far it has been read. Cuts it into words, symbols and values; where a word ends depends
 * on what is expected there, so the parser asks for what it wants. White space between them is skipped.
 *
 * <p>Confined to one call.
 */
final class Cursor {
    /** Characters of the user's text in a message. */
    private static final int SHOWN = 40;

    private final String text;
    private int at;

    Cursor(String text) {
        this.text = text;
    }

    /**
     * An argument.
     *
     * @param start the offset of its first character, a quote included
     */
    record Value(String text, int start, boolean quoted) {
        /** The offset in the expression of the character of the value; a quote in quotes is written twice. */
        int offset(int index) {
            long quotes =
                    quoted ? text.chars().limit(index).filter(c -> c == '\'').count() : 0;
            return start + index + (int) quotes + (quoted ? 1 : 0);
        }
    }

    /** The offset of the next character that is no space. */
    int next() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    boolean atEnd() {
        return next() == text.length();
    }

    /** Takes the symbol if it is next. */
    boolean take(String symbol) {
        next();
        if (!text.startsWith(symbol, at)) {
            return false;
        }
        at += symbol.length();
        return true;
    }

    /** Takes the word if it is next, as a whole. */
    boolean takeWord(String word) {
        int start = next();
        if (!text.startsWith(word, start) || end(start, Cursor::ofSubject) != start + word.length()) {
            return false;
        }
        at += word.length();
        return true;
    }

    /** Takes what may be the name of a subject; empty when nothing like that is next. */
    String takeSubject() {
        return takeTo(end(next(), Cursor::ofSubject));
    }

    /** Takes what may be an operator; a single character that begins none as well. Empty only at the end. */
    String takeOperator() {
        int start = next();
        int word = start < text.length() && text.charAt(start) == '!' ? start + 1 : start;
        int end = end(word, Cursor::ofOperator);
        if (end > word || start == text.length()) {
            return takeTo(end);
        }
        boolean two = start + 2 <= text.length()
                && Operator.spelled(text.substring(start, start + 2)).isPresent();
        return takeTo(two ? start + 2 : text.offsetByCodePoints(start, 1));
    }

    /** Takes a value, bare or in quotes. */
    Value takeValue(String after) throws QuerySyntaxException {
        return takeValue(after, c -> c == ',' || c == ']');
    }

    /** Takes a pattern, bare or in quotes. Bare, it may have brackets and commas. */
    Value takePattern(String after) throws QuerySyntaxException {
        return takeValue(after, c -> false);
    }

    private Value takeValue(String after, IntPredicate alsoEnds) throws QuerySyntaxException {
        int start = next();
        if (text.startsWith("'", start)) {
            return takeQuoted();
        }
        while (at < text.length() && !ends(alsoEnds)) {
            char c = text.charAt(at);
            boolean odd = c == '(' || c == '\'' || c == '"' || (c == '[' && alsoEnds.test(']'));
            if (odd || (at == start && "=<>~!&|".indexOf(c) >= 0)) {
                throw problem("a value with " + c + " here must be in quotes: '...'", at);
            }
            at++;
        }
        String value = text.substring(start, at);
        if (value.isEmpty() || Spelling.reserved(value)) {
            throw problem("expected a value after " + after, start);
        }
        return new Value(value, start, false);
    }

    private boolean ends(IntPredicate alsoEnds) {
        char c = text.charAt(at);
        return c == ')'
                || Character.isWhitespace(c)
                || alsoEnds.test(c)
                || text.startsWith("&&", at)
                || text.startsWith("||", at);
    }

    private Value takeQuoted() throws QuerySyntaxException {
        int start = at;
        StringBuilder value = new StringBuilder();
        at++;
        while (true) {
            int quote = text.indexOf('\'', at);
            if (quote < 0) {
                throw problem("this ' is never closed", start);
            }
            value.append(text, at, quote);
            at = quote + 1;
            if (!text.startsWith("'", at)) {
                break;
            }
            value.append('\'');
            at++;
        }
        if (value.isEmpty()) {
            throw problem("the value is empty", start);
        }
        return new Value(value.toString(), start, true);
    }

    /** What is wrong here. */
    QuerySyntaxException problem(String problem) {
        return problem(problem, next());
    }

    QuerySyntaxException problem(String problem, int offset) {
        return new QuerySyntaxException(problem, column(offset));
    }

    /** Counted from 1; spaces at the end do not count. */
    int column(int offset) {
        int end = Math.min(offset, text.length());
        if (end == text.length()) {
            end = text.stripTrailing().length();
        }
        return text.codePointCount(0, end) + 1;
    }

    /** A word of the user's, fit for a message: on one line, and cut when it is long. */
    static String shown(String word) {
        StringBuilder shown = new StringBuilder();
        word.codePoints()
                .limit(SHOWN)
                .map(c -> Character.isISOControl(c) || c == '\u2028' || c == '\u2029' ? '?' : c)
                .forEach(shown::appendCodePoint);
        return word.codePointCount(0, word.length()) > SHOWN ? shown + "..." : shown.toString();
    }

    private String takeTo(int end) {
        String taken = text.substring(at, end);
        at = end;
        return taken;
    }

    private int end(int from, IntPredicate of) {
        int end = from;
        while (end < text.length() && of.test(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static boolean ofSubject(int c) {
        return letterOrDigit(c) || "_.-/\\:".indexOf(c) >= 0;
    }

    private static boolean ofOperator(int c) {
        return letterOrDigit(c) || c == '_';
    }

    private static boolean letterOrDigit(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
}
