package dev.staithe.controlplane.placement.query;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The operators, each with its two spellings; the first is the canonical one. */
enum Operator {
    EQUAL("==", "equals"),
    NOT_EQUAL("!=", "not_equals"),
    GREATER(">", "greater_than"),
    GREATER_OR_EQUAL(">=", "greater_than_equal"),
    LESS("<", "less_than"),
    LESS_OR_EQUAL("<=", "less_than_equal"),
    EXISTS("exists", "exists"),
    NOT_EXISTS("!exists", "not_exists"),
    IN("in", "in"),
    NOT_IN("!in", "not_in"),
    MATCHES("=~", "matches"),
    NOT_MATCHES("!~", "not_matches");

    /** For what has an order and always a value. */
    static final Set<Operator> OF_QUANTITIES =
            Collections.unmodifiableSet(EnumSet.of(EQUAL, NOT_EQUAL, GREATER, GREATER_OR_EQUAL, LESS, LESS_OR_EQUAL));

    /** For a text that is always there. */
    static final Set<Operator> OF_TEXTS =
            Collections.unmodifiableSet(EnumSet.of(EQUAL, NOT_EQUAL, IN, NOT_IN, MATCHES, NOT_MATCHES));

    /** For the groups of the tasks of an instance, of which there may be none or many. */
    static final Set<Operator> OF_GROUPS = Collections.unmodifiableSet(
            EnumSet.of(EQUAL, NOT_EQUAL, EXISTS, NOT_EXISTS, IN, NOT_IN, MATCHES, NOT_MATCHES));

    /** For an attribute. */
    static final Set<Operator> OF_ATTRIBUTES = Collections.unmodifiableSet(EnumSet.allOf(Operator.class));

    private final String symbol;
    private final String word;

    Operator(String symbol, String word) {
        this.symbol = symbol;
        this.word = word;
    }

    /** The operator with that spelling. */
    static Optional<Operator> spelled(String text) {
        return Stream.of(values())
                .filter(o -> o.symbol.equals(text) || o.word.equals(text))
                .findFirst();
    }

    /** As an error lists them. */
    static String list(Set<Operator> operators) {
        List<String> symbols = operators.stream().map(o -> o.symbol).toList();
        return symbols.stream().limit(symbols.size() - 1L).collect(Collectors.joining(", ")) + " or "
                + symbols.getLast();
    }

    /** Whether it is about more and less. */
    boolean orders() {
        return switch (this) {
            case GREATER, GREATER_OR_EQUAL, LESS, LESS_OR_EQUAL -> true;
            case EQUAL, NOT_EQUAL, EXISTS, NOT_EXISTS, IN, NOT_IN, MATCHES, NOT_MATCHES -> false;
        };
    }

    /** Whether an order of the value and the argument, as {@code compareTo} gives it, is what the operator asks for. */
    boolean accepts(int order) {
        return switch (this) {
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
            case GREATER -> order > 0;
            case GREATER_OR_EQUAL -> order >= 0;
            case LESS -> order < 0;
            case LESS_OR_EQUAL -> order <= 0;
            case EXISTS, NOT_EXISTS, IN, NOT_IN, MATCHES, NOT_MATCHES ->
                throw new IllegalStateException(this + " compares nothing");
        };
    }

    /** The spelling that is printed. */
    String symbol() {
        return symbol;
    }
}
