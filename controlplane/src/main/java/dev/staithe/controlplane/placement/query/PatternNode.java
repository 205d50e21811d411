package dev.staithe.controlplane.placement.query;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The form of a pattern. */
sealed interface PatternNode {
    /** One after the other; none is the empty text. */
    record Sequence(List<PatternNode> parts) implements PatternNode {
        public Sequence {
            parts = List.copyOf(parts);
        }
    }

    /** One of them. */
    record Choice(List<PatternNode> options) implements PatternNode {
        public Choice {
            options = List.copyOf(options);
        }
    }

    /**
     * So many times.
     *
     * @param most {@link #UNLIMITED}, or not less than the least
     */
    record Repeat(PatternNode part, int least, int most) implements PatternNode {
        static final int UNLIMITED = Integer.MAX_VALUE;
    }

    /** This character, by its code point. */
    record Single(int codePoint) implements PatternNode {}

    /**
     * Any character of a class. What is in it is for Java to say; the ASCII part of the answer is kept.
     *
     * @param low code points 0-63, a bit for each
     * @param high code points 64-127
     */
    record AnyOf(Pattern pattern, long low, long high) implements PatternNode {
        static final int ASCII = 128;

        private static final String ALL_ASCII =
                IntStream.range(0, ASCII).mapToObj(Character::toString).collect(Collectors.joining());

        static AnyOf of(Pattern pattern) {
            long low = 0;
            long high = 0;
            Matcher each = pattern.matcher(ALL_ASCII);
            while (each.find()) {
                long bit = 1L << each.start();
                low |= each.start() < Long.SIZE ? bit : 0;
                high |= each.start() < Long.SIZE ? 0 : bit;
            }
            return new AnyOf(pattern, low, high);
        }

        /** For ASCII at once; for others it is asked what they are. */
        boolean contains(int codePoint) {
            return codePoint < ASCII
                    ? ((codePoint < Long.SIZE ? low : high) >>> codePoint & 1) == 1
                    : pattern.matcher(Character.toString(codePoint)).matches();
        }
    }

    /** Between two characters, or at an end; takes nothing. */
    enum Edge implements PatternNode {
        START("\\A"),
        /** Before a line's end that ends the text, too. */
        END("\\Z"),
        VERY_END("\\z"),
        WORD_BOUNDARY("\\b"),
        NO_WORD_BOUNDARY("\\B");

        private final Pattern pattern;

        Edge(String pattern) {
            this.pattern = Pattern.compile(pattern);
        }

        /** Whether it is at the offset of the text. */
        boolean isAt(int offset, String text) {
            return pattern.matcher(text)
                    .region(offset, offset)
                    .useTransparentBounds(true)
                    .useAnchoringBounds(false)
                    .matches();
        }
    }
}
