package dev.staithe.controlplane.placement.query;

import dev.staithe.controlplane.placement.query.PatternNode.AnyOf;
import dev.staithe.controlplane.placement.query.PatternNode.Edge;
import dev.staithe.controlplane.placement.query.PatternNode.Repeat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a pattern in the syntax of {@link Pattern}. What a regular language cannot say is refused by name: look-around, back
 * references, possessive and atomic groups. So are a few rarities whose only use would be to surprise.
 *
 * <p>Confined to one call.
 */
final class PatternParser {
    private static final int DEEPEST = 30;
    private static final int LARGEST_BOUND = 1000;
    private static final Pattern BOUNDS = Pattern.compile("\\{([0-9]{1,4})(,)?([0-9]{1,4})?\\}");
    private static final Pattern FLAGS = Pattern.compile("\\(\\?([isu]*)(?:-([isu]+))?([:)])");
    private static final Pattern NAME = Pattern.compile("\\(\\?<[A-Za-z][A-Za-z0-9]*>");
    private static final Pattern HEX =
            Pattern.compile("\\\\x(?:[0-9A-Fa-f]{2}|\\{[0-9A-Fa-f]{1,6}\\})|\\\\u[0-9A-Fa-f]{4}");
    private static final Pattern PROPERTY = Pattern.compile("\\\\[pP](?:[A-Za-z]|\\{[A-Za-z0-9_=^ -]{1,64}\\})");

    private final String text;
    private final Map<String, AnyOf> classes = new TreeMap<>();
    private int at;
    private int depth;
    private int flags;

    private PatternParser(String text) {
        this.text = text;
    }

    static PatternNode parse(String text) throws PatternException {
        PatternParser parser = new PatternParser(text);
        PatternNode node = parser.choice();
        if (parser.at < text.length()) {
            throw parser.problem("this ) closes nothing");
        }
        return node;
    }

    private PatternNode choice() throws PatternException {
        List<PatternNode> options = new ArrayList<>();
        options.add(sequence());
        while (take("|")) {
            options.add(sequence());
        }
        return options.size() == 1 ? options.getFirst() : new PatternNode.Choice(options);
    }

    private PatternNode sequence() throws PatternException {
        List<PatternNode> parts = new ArrayList<>();
        while (at < text.length() && !next("|") && !next(")")) {
            if (next("*") || next("+") || next("?") || next("{")) {
                throw problem("nothing to repeat before " + text.charAt(at));
            }
            int before = parts.size();
            atom(parts);
            if (parts.size() > before && at < text.length()) {
                parts.add(repeated(parts.removeLast()));
            }
        }
        return parts.size() == 1 ? parts.getFirst() : new PatternNode.Sequence(parts);
    }

    /** Adds what is next: one part, none for a change of flags, several for a quotation. */
    private void atom(List<PatternNode> parts) throws PatternException {
        switch (text.charAt(at)) {
            case '(' -> group(parts);
            case '[' -> parts.add(characterClass());
            case '\\' -> escape(parts);
            case '.' -> parts.add(classOf(at + 1));
            case '^' -> parts.add(edge(Edge.START, 1));
            case '$' -> parts.add(edge(Edge.END, 1));
            default -> parts.add(literal());
        }
    }

    private PatternNode literal() throws PatternException {
        int codePoint = text.codePointAt(at);
        int length = Character.charCount(codePoint);
        if ((flags & Pattern.CASE_INSENSITIVE) == 0) {
            at += length;
            return new PatternNode.Single(codePoint);
        }
        return classOf(Pattern.quote(text.substring(at, at + length)), at + length);
    }

    private PatternNode repeated(PatternNode part) throws PatternException {
        int least;
        int most;
        Matcher bounds = BOUNDS.matcher(text).region(at, text.length());
        if (take("*")) {
            least = 0;
            most = Repeat.UNLIMITED;
        } else if (take("+")) {
            least = 1;
            most = Repeat.UNLIMITED;
        } else if (take("?")) {
            least = 0;
            most = 1;
        } else if (!next("{")) {
            return part;
        } else if (bounds.lookingAt() && (bounds.group(2) != null || bounds.group(3) == null)) {
            least = Integer.parseInt(bounds.group(1));
            most = bounds.group(2) == null
                    ? least
                    : bounds.group(3) == null ? Repeat.UNLIMITED : Integer.parseInt(bounds.group(3));
            if (most < least || least > LARGEST_BOUND || (most > LARGEST_BOUND && most != Repeat.UNLIMITED)) {
                throw problem("the bounds must rise, up to " + LARGEST_BOUND);
            }
            at = bounds.end();
        } else {
            throw problem("expected bounds such as {2}, {2,} or {2,5}; a brace itself is \\{");
        }
        if (next("+")) {
            throw problem("possessive repetition is not supported");
        }
        // Whether few or many are tried first is all the same when the whole value must match.
        take("?");
        return new Repeat(part, least, most);
    }

    private void group(List<PatternNode> parts) throws PatternException {
        int start = at;
        int outer = flags;
        Matcher change = FLAGS.matcher(text).region(at, text.length());
        Matcher name = NAME.matcher(text).region(at, text.length());
        if (change.lookingAt()) {
            flags = (flags | flags(change.group(1))) & ~flags(change.group(2));
            at = change.end();
            if (change.group(3).equals(")")) {
                return;
            }
        } else if (name.lookingAt()) {
            at = name.end();
        } else if (next("(?")) {
            throw problem(refusal(text.substring(at)));
        } else {
            at++;
        }
        depth++;
        if (depth > DEEPEST) {
            throw problem("more than " + DEEPEST + " groups inside each other");
        }
        parts.add(choice());
        depth--;
        if (!take(")")) {
            throw new PatternException("this ( is never closed", start);
        }
        flags = outer;
    }

    private static String refusal(String group) {
        if (group.startsWith("(?=") || group.startsWith("(?!")) {
            return "look-ahead is not supported (use !~, or not)";
        }
        if (group.startsWith("(?<=") || group.startsWith("(?<!")) {
            return "look-behind is not supported (use !~, or not)";
        }
        if (group.startsWith("(?>")) {
            return "atomic groups are not supported";
        }
        return "unknown kind of group, expected (?:...), (?<name>...) or flags out of i, s and u";
    }

    private static int flags(@Nullable String letters) {
        int flags = 0;
        for (char letter : (letters == null ? "" : letters).toCharArray()) {
            flags |= switch (letter) {
                case 'i' -> Pattern.CASE_INSENSITIVE;
                case 's' -> Pattern.DOTALL;
                default -> Pattern.UNICODE_CASE;
            };
        }
        return flags;
    }

    private PatternNode characterClass() throws PatternException {
        int open = 0;
        int end = at;
        do {
            if (end >= text.length()) {
                throw problem("this [ is never closed");
            }
            switch (text.charAt(end)) {
                case '[' -> {
                    open++;
                    boolean quirk = text.startsWith("]", end + 1) || text.startsWith("^]", end + 1);
                    if (quirk || open > DEEPEST) {
                        throw problem(
                                quirk
                                        ? "a ] at the beginning of a class must be \\]"
                                        : "too many classes inside each other");
                    }
                }
                case ']' -> open--;
                case '\\' -> {
                    end++;
                    if (end < text.length() && "QEN".indexOf(text.charAt(end)) >= 0) {
                        throw new PatternException("\\" + text.charAt(end) + " is not supported in a class", end - 1);
                    }
                }
                default -> {}
            }
            end++;
        } while (open > 0);
        return classOf(end);
    }

    private void escape(List<PatternNode> parts) throws PatternException {
        if (at + 1 == text.length()) {
            throw problem("a \\ at the end escapes nothing");
        }
        char escaped = text.charAt(at + 1);
        switch (escaped) {
            case 'd', 'D', 'w', 'W', 's', 'S', 'h', 'H', 'v', 'V', 't', 'n', 'r', 'f', 'a', 'e' ->
                parts.add(classOf(at + 2));
            case 'p', 'P' -> parts.add(classOf(end(PROPERTY, "\\p{NAME}")));
            case 'x', 'u' -> parts.add(classOf(end(HEX, "\\xHH, \\uHHHH or \\x{H...H}")));
            case 'A' -> parts.add(edge(Edge.START, 2));
            case 'Z' -> parts.add(edge(Edge.END, 2));
            case 'z' -> parts.add(edge(Edge.VERY_END, 2));
            case 'b' -> parts.add(edge(Edge.WORD_BOUNDARY, 2));
            case 'B' -> parts.add(edge(Edge.NO_WORD_BOUNDARY, 2));
            case 'Q' -> quotation(parts);
            case 'k', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> throw problem("back references are not supported");
            default -> {
                if (escaped < 128 && Character.isLetterOrDigit(escaped)) {
                    throw problem("\\" + escaped + " is not supported");
                }
                at++;
                parts.add(literal());
            }
        }
    }

    private void quotation(List<PatternNode> parts) throws PatternException {
        at += 2;
        int end = text.indexOf("\\E", at);
        int last = end < 0 ? text.length() : end;
        while (at < last) {
            parts.add(literal());
        }
        at = end < 0 ? last : end + 2;
    }

    private int end(Pattern form, String expected) throws PatternException {
        Matcher matcher = form.matcher(text).region(at, text.length());
        if (!matcher.lookingAt()) {
            throw problem("expected " + expected);
        }
        return matcher.end();
    }

    private PatternNode edge(Edge edge, int length) throws PatternException {
        at += length;
        if (edge == Edge.WORD_BOUNDARY && next("{")) {
            throw problem("\\b{...} is not supported");
        }
        return edge;
    }

    /** The class that the text from here to the end stands for, in Java's words. */
    private PatternNode classOf(int end) throws PatternException {
        return classOf(text.substring(at, end), end);
    }

    private PatternNode classOf(String pattern, int end) throws PatternException {
        String key = flags + " " + pattern;
        try {
            AnyOf known = classes.get(key);
            AnyOf node = known == null ? AnyOf.of(Pattern.compile(pattern, flags)) : known;
            classes.put(key, node);
            at = end;
            return node;
        } catch (PatternSyntaxException bad) {
            throw new PatternException(bad.getDescription(), at + Math.max(0, bad.getIndex()));
        }
    }

    private boolean next(String symbol) {
        return text.startsWith(symbol, at);
    }

    private boolean take(String symbol) {
        boolean there = next(symbol);
        at += there ? symbol.length() : 0;
        return there;
    }

    private PatternException problem(String problem) {
        return new PatternException(problem, at);
    }
}
