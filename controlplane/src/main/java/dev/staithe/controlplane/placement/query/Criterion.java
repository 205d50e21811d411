package dev.staithe.controlplane.placement.query;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a condition asks of its subject: the operator with its argument, as far as several subjects share it. */
sealed interface Criterion permits Criterion.OfSets, Criterion.Numeric {
    /** The tests that make sense for a set of texts. */
    sealed interface OfSets extends Criterion {}

    /** Whether there is one at all. */
    record Presence(boolean wanted) implements OfSets {
        @Override
        public String toString() {
            return (wanted ? Operator.EXISTS : Operator.NOT_EXISTS).symbol();
        }
    }

    /** Whether the text is, or is not, one of those that the argument stands for. */
    record Text(Argument argument, boolean negated) implements OfSets {
        boolean accepts(String value) {
            return argument.contains(value) != negated;
        }

        @Override
        public String toString() {
            Operator operator = switch (argument) {
                case Literal literal -> negated ? Operator.NOT_EQUAL : Operator.EQUAL;
                case OneOf list -> negated ? Operator.NOT_IN : Operator.IN;
                case Matching pattern -> negated ? Operator.NOT_MATCHES : Operator.MATCHES;
            };
            return operator.symbol() + " " + argument;
        }
    }

    /** Whether the text is a decimal number in this relation to the argument. */
    record Numeric(Operator operator, BigDecimal argument) implements Criterion {
        private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,18}(\\.[0-9]{1,18})?");

        /** The number that the text is, without zeros that say nothing. */
        static Optional<BigDecimal> read(String text) {
            return DECIMAL.matcher(text).matches()
                    ? Optional.of(new BigDecimal(text).stripTrailingZeros())
                    : Optional.empty();
        }

        boolean accepts(String value) {
            return read(value)
                    .filter(number -> operator.accepts(number.compareTo(argument)))
                    .isPresent();
        }

        @Override
        public String toString() {
            return operator.symbol() + " " + argument.toPlainString();
        }
    }

    /** A set of texts. */
    sealed interface Argument {
        boolean contains(String value);
    }

    /** This one. */
    record Literal(String value) implements Argument {
        @Override
        public boolean contains(String other) {
            return value.equals(other);
        }

        @Override
        public String toString() {
            return Spelling.ofValue(value);
        }
    }

    /** One of these. */
    record OneOf(List<String> values) implements Argument {
        public OneOf {
            values = List.copyOf(values);
        }

        @Override
        public boolean contains(String value) {
            return values.contains(value);
        }

        @Override
        public String toString() {
            return values.stream().map(Spelling::ofValue).collect(Collectors.joining(", ", "[", "]"));
        }
    }

    /** All that match as a whole. */
    record Matching(Regex regex) implements Argument {
        @Override
        public boolean contains(String value) {
            return regex.matches(value);
        }

        @Override
        public String toString() {
            return Spelling.ofPattern(regex.toString());
        }
    }
}
