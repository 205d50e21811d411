package dev.staithe.controlplane.placement.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Patterns answer as Java's do, but never take long. */
final class RegexTest {
    private static final long SEED = 20_261_120;
    private static final int MOST_STEPS = 2000;

    /** As long as a group may be. */
    private static final int LONGEST_VALUE = 255;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(a+)+$",
                "(a|aa)+",
                "(a|a)*b",
                "(.*)*x",
                "(a*)*b",
                "((a+)+)+c",
                "(a|aa|aaa|aaaa)+b",
                "(.*.*.*.*.*.*.*.*.*.*)=",
                "(a?){100}a{100}",
                "(x+x+)+y",
                "([a-z]+)*[0-9]",
                "(()*)*b",
                "(||){100}b",
                "(|a|){300}b",
                "(\\b|a)*c",
                "(a*b?){1,50}c",
                "((((((a?)?)?)?)?)?)*b",
            })
    @Timeout(60)
    void answersEveryPatternThatWouldExplodeWhenTriedByGoingBack(String pattern) throws PatternException {
        Regex regex = Regex.compile(pattern, MOST_STEPS);

        for (int length = 1; length <= LONGEST_VALUE; length++) {
            regex.matches("a".repeat(length));
            regex.matches("a".repeat(length) + "!");
            regex.matches("é".repeat(length) + "!");
        }
    }

    @Test
    @Timeout(60)
    void answersLongAlternations() throws PatternException {
        String ofAll = "a|".repeat(990) + "b";
        Regex regex = Regex.compile("(" + ofAll + ")*c", MOST_STEPS);

        for (int i = 0; i < 100; i++) {
            assertThat(regex.matches("a".repeat(LONGEST_VALUE))).isFalse();
        }
        assertThat(regex.matches("aab".repeat(80) + "c")).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    (?=a)b      | 0 | look-ahead is not supported (use !~, or not)
                    a(?!b)      | 1 | look-ahead is not supported (use !~, or not)
                    (?<=a)b     | 0 | look-behind is not supported (use !~, or not)
                    (?<!a)b     | 0 | look-behind is not supported (use !~, or not)
                    (?>a)b      | 0 | atomic groups are not supported
                    (a)\\1      | 3 | back references are not supported
                    a++         | 2 | possessive repetition is not supported
                    (?x)a       | 0 | unknown kind of group, expected (?:...), (?<name>...) or flags out of i, s and u
                    a)          | 1 | this ) closes nothing
                    (a          | 0 | this ( is never closed
                    a[b         | 1 | this [ is never closed
                    []a]        | 0 | a ] at the beginning of a class must be \\]
                    *a          | 0 | nothing to repeat before *
                    a**         | 2 | nothing to repeat before *
                    a{2,1}      | 1 | the bounds must rise, up to 1000
                    a{2000}     | 1 | the bounds must rise, up to 1000
                    a{x}        | 1 | expected bounds such as {2}, {2,} or {2,5}; a brace itself is \\{
                    a\\         | 1 | a \\ at the end escapes nothing
                    a\\y        | 1 | \\y is not supported
                    \\p{Wrong}  | 8 | Unknown character property name {Wrong}
                    [b-a]       | 3 | Illegal character range
                    (a{100}){21} | 0 | too large when its repetitions are written out
                    ((){999}){999} | 0 | too large when its repetitions are written out
                    """)
    void refusesWhatItCannotAnswer(String pattern, int index, String problem) {
        String text = pattern.replace("\\\\", "\\");
        try {
            Regex.compile(text, MOST_STEPS);
        } catch (PatternException refused) {
            assertThat(refused.problem()).isEqualTo(problem.replace("\\\\", "\\"));
            assertThat(refused.index()).isEqualTo(index);
            return;
        }
        throw new AssertionError("accepted: " + text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    t2.*              | t2.small      | true
                    t2.*              | xt2.small     | false
                    ^t2[.].*$         | t2.small      | true
                    (?i)T2.SMALL      | t2.small      | true
                    (?i:T2).small     | T2.SMALL      | false
                    m[45]\\.x?large   | m5.xlarge     | true
                    \\Qa.b\\E+        | a.bbb         | true
                    \\Qa.b\\E         | axb           | false
                    .*\\bprod\\b.*    | my prod zone  | true
                    .*\\bprod\\b.*    | my production | false
                    \\p{Lu}\\p{L}+    | Ärmel         | true
                    [a-z&&[^b]]+      | abc           | false
                    (?<z>a[b]?){2,3}? | aba           | true
                    \\x61\\u0062      | ab            | true
                    """)
    void matchesWholeValues(String pattern, String value, boolean matches) throws PatternException {
        String text = pattern.replace("\\\\", "\\");

        assertThat(Regex.compile(text, MOST_STEPS).matches(value)).isEqualTo(matches);
        assertThat(Pattern.matches(text, value)).isEqualTo(matches);
    }

    @Test
    void answersAsJavaDoes() {
        SplittableRandom random = new SplittableRandom(SEED);
        int compared = 0;
        int matched = 0;
        for (int i = 0; i < 20_000; i++) {
            String pattern = pattern(random, 3);
            Regex regex;
            try {
                regex = Regex.compile(pattern, MOST_STEPS);
            } catch (PatternException refused) {
                continue;
            }
            Pattern java = Pattern.compile(pattern);
            for (int j = 0; j < 8; j++) {
                String value = value(random);
                boolean expected = java.matcher(value).matches();
                assertThat(regex.matches(value))
                        .as("%s on '%s'", pattern, value)
                        .isEqualTo(expected);
                compared++;
                matched += expected ? 1 : 0;
            }
        }
        assertThat(compared).isGreaterThan(100_000);
        assertThat(matched).isGreaterThan(5_000);
    }

    @Test
    void refusesGarbageOrAnswersAsJavaDoes() {
        List<String> pieces = List.of(
                "[",
                "]",
                "^",
                "-",
                "&&",
                "a",
                "b",
                "z",
                "\\",
                "\\d",
                "\\p{",
                "}",
                "=",
                "sc",
                "blk",
                "Is",
                "In",
                "L",
                "\\x{",
                "110000",
                "61",
                "\\u",
                "0061",
                "d83d",
                "\\c",
                "(",
                "(?",
                "i",
                ")",
                "|",
                "*",
                "+",
                "?",
                "{",
                "1",
                ",",
                "2",
                ".",
                "$",
                "\\b",
                "\\Q",
                "\\E",
                "\\]",
                "#",
                " ",
                "é",
                "😀",
                "\ud83d",
                "\n",
                "\\h",
                "\\0",
                "(?<n>",
                "(?i)",
                "[^",
                "[a-z",
                "[\\w&&[^a]]",
                "&",
                "script=",
                "Greek",
                "javaLowerCase");
        List<String> values =
                List.of("", "a", "b", "z", "1", "]", "[", "^", "-", "&", "A", "é", "😀", "\n", "aa", "ab", "a1");
        SplittableRandom random = new SplittableRandom(SEED);
        int accepted = 0;
        for (int i = 0; i < 60_000; i++) {
            StringBuilder pattern = new StringBuilder();
            for (int left = random.nextInt(9); left >= 0; left--) {
                pattern.append(pieces.get(random.nextInt(pieces.size())));
            }
            Regex regex;
            try {
                regex = Regex.compile(pattern.toString(), MOST_STEPS);
            } catch (PatternException refused) {
                assertThat(refused.index()).isBetween(0, pattern.length());
                continue;
            }
            accepted++;
            Pattern java = Pattern.compile(pattern.toString());
            for (String value : values) {
                assertThat(regex.matches(value))
                        .as("%s on '%s'", pattern, value)
                        .isEqualTo(java.matcher(value).matches());
            }
        }
        assertThat(accepted).isGreaterThan(10_000);
    }

    private static String value(SplittableRandom random) {
        StringBuilder value = new StringBuilder();
        int length = random.nextInt(9);
        for (int i = 0; i < length; i++) {
            value.append(pick(random, "a", "a", "b", "c", "A", "-", ".", "1", " ", "é", "😀", "\n"));
        }
        return value.toString();
    }

    private static String pattern(SplittableRandom random, int depth) {
        StringBuilder pattern = new StringBuilder();
        int parts = 1 + random.nextInt(3);
        for (int i = 0; i < parts; i++) {
            String part = part(random, depth);
            pattern.append(part).append(random.nextInt(3) > 0 ? "" : repetition(random, part));
        }
        return pattern.toString();
    }

    /**
     * Bounds of groups are left out: Java ends a repetition at its first empty turn, also below the lower bound, and so does
     * not find that (|a){2} matches a.
     */
    private static String repetition(SplittableRandom random, String part) {
        return part.startsWith("(") || part.startsWith("^") || part.startsWith("\\")
                ? pick(random, "*", "+", "?", "*?", "+?", "??")
                : pick(random, "*", "+", "?", "{2}", "{0,2}", "{1,}", "*?", "+?", "??", "{1,2}?", "{0}");
    }

    private static String part(SplittableRandom random, int depth) {
        int kind = random.nextInt(depth == 0 ? 4 : 6);
        return switch (kind) {
            case 0, 1 -> pick(random, "a", "b", "c", "A", "-", "1", "é", "😀", "\\.", "\\Qa.\\E", "\\x61", "\\-");
            case 2 ->
                pick(
                        random,
                        ".",
                        "[ab]",
                        "[^a]",
                        "[a-c1]",
                        "\\w",
                        "\\W",
                        "\\d",
                        "\\s",
                        "\\p{L}",
                        "\\P{Lu}",
                        "[\\w&&[^b]]",
                        "[é-ü]",
                        "[.-]",
                        "\\S");
            case 3 -> pick(random, "^", "$", "\\b", "\\B", "\\z", "\\Z", "\\A", "(?i)", "(?s)", "(?-i)", "(?iu)");
            case 4 -> {
                List<String> open = List.of("(", "(?:", "(?i:", "(?s-i:");
                yield open.get(random.nextInt(open.size())) + pattern(random, depth - 1) + ")";
            }
            default -> "(" + pattern(random, depth - 1) + "|" + pattern(random, depth - 1) + ")";
        };
    }

    private static String pick(SplittableRandom random, String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
