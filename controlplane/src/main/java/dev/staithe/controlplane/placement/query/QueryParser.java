package dev.staithe.controlplane.placement.query;

import dev.staithe.controlplane.placement.query.Cursor.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Reads an expression, from left to right, without going back:
 *
 * <pre>
 * or    := and (("||" | "or") and)*
 * and   := not (("&amp;&amp;" | "and") not)*
 * not   := ("!" | "not") not | "(" or ")" | subject operator [argument]
 * </pre>
 *
 * <p>Confined to one call.
 */
final class QueryParser {
    /** Far more than anybody can read, far less than the stack can bear. */
    private static final int DEEPEST = 100;

    private static final Pattern ATTRIBUTE_NAME = Pattern.compile("[A-Za-z0-9_.\\\\/-]{1,128}");
    private static final Pattern COUNT = Pattern.compile("[0-9]{1,9}");

    /** Of all patterns together. A whole expression without repetitions is not longer. */
    private static final int MOST_STEPS = 2000;

    private final Cursor cursor;
    private int depth;
    private int steps;

    private QueryParser(Cursor cursor) {
        this.cursor = cursor;
    }

    static Expression parse(String text) throws QuerySyntaxException {
        QueryParser parser = new QueryParser(new Cursor(text));
        Expression expression = parser.or();
        if (!parser.cursor.atEnd()) {
            throw parser.cursor.problem("expected and, or or the end of the expression");
        }
        return expression;
    }

    private Expression or() throws QuerySyntaxException {
        List<Expression> parts = new ArrayList<>();
        parts.add(and());
        while (cursor.take("||") || cursor.takeWord("or")) {
            parts.add(and());
        }
        return parts.size() == 1 ? parts.getFirst() : new Expression.Or(parts);
    }

    private Expression and() throws QuerySyntaxException {
        List<Expression> parts = new ArrayList<>();
        parts.add(not());
        while (cursor.take("&&") || cursor.takeWord("and")) {
            parts.add(not());
        }
        return parts.size() == 1 ? parts.getFirst() : new Expression.And(parts);
    }

    private Expression not() throws QuerySyntaxException {
        int start = cursor.next();
        depth++;
        if (depth > DEEPEST) {
            throw cursor.problem("more than " + (DEEPEST - 1) + " parentheses and nots inside each other", start);
        }
        Expression expression;
        if (cursor.take("!") || cursor.takeWord("not")) {
            expression = new Expression.Not(not());
        } else if (cursor.take("(")) {
            expression = or();
            if (!cursor.take(")")) {
                throw cursor.problem("expected and, or or ) for the ( of column " + cursor.column(start));
            }
        } else {
            expression = condition();
        }
        depth--;
        return expression;
    }

    private Condition condition() throws QuerySyntaxException {
        int start = cursor.next();
        String word = cursor.takeSubject();
        Optional<Subject> known = Subject.spelled(word);
        if (known.isEmpty()) {
            String problem =
                    word.isEmpty() ? "expected a subject: " : "unknown subject " + Cursor.shown(word) + ", expected ";
            throw cursor.problem(problem + Subject.LIST, start);
        }
        Subject subject = known.get();
        String name =
                subject == Subject.ATTRIBUTE ? word.substring(subject.spelling().length()) : "";
        if (subject == Subject.ATTRIBUTE && !ATTRIBUTE_NAME.matcher(name).matches()) {
            throw cursor.problem(
                    "expected a name after attribute:, 1-128 characters of A-Z a-z 0-9 _ . - / \\",
                    start + subject.spelling().length());
        }
        Operator operator = operator(subject, word);
        return switch (subject) {
            case AGENT_CONNECTED ->
                new Condition.AgentConnected(text(operator, QueryParser::trueOrFalse, "true or false"));
            case AGENT_VERSION ->
                new Condition.AgentVersion(
                        operator, argument(operator, SemanticVersion::read, "a version such as 1.2.3"));
            case ATTRIBUTE -> new Condition.Attribute(name, ofAttribute(operator));
            case INSTANCE_ID -> new Condition.InstanceId(text(operator, Optional::of, "an id"));
            case REGISTERED_AT ->
                new Condition.RegisteredAt(operator, argument(operator, Moment::read, Moment.EXPECTED));
            case RUNNING_TASKS_COUNT ->
                new Condition.RunningTasksCount(operator, argument(operator, QueryParser::count, "a whole number"));
            case TASK_GROUP -> new Condition.TaskGroup(ofSets(operator));
        };
    }

    private Operator operator(Subject subject, String word) throws QuerySyntaxException {
        int start = cursor.next();
        String spelling = cursor.takeOperator();
        Optional<Operator> operator = Operator.spelled(spelling);
        String expected = Operator.list(subject.operators());
        if (spelling.isEmpty()) {
            throw cursor.problem("expected an operator after " + Cursor.shown(word) + ": " + expected, start);
        }
        if (operator.isEmpty()) {
            throw cursor.problem("unknown operator " + Cursor.shown(spelling) + ", expected " + expected, start);
        }
        if (!subject.operators().contains(operator.get())) {
            throw cursor.problem(subject.spelling() + " does not take " + spelling + ", expected " + expected, start);
        }
        return operator.get();
    }

    private Criterion ofAttribute(Operator operator) throws QuerySyntaxException {
        return operator.orders()
                ? new Criterion.Numeric(operator, argument(operator, Criterion.Numeric::read, "a number"))
                : ofSets(operator);
    }

    private Criterion.OfSets ofSets(Operator operator) throws QuerySyntaxException {
        return switch (operator) {
            case EXISTS -> new Criterion.Presence(true);
            case NOT_EXISTS -> new Criterion.Presence(false);
            case EQUAL, NOT_EQUAL, IN, NOT_IN, MATCHES, NOT_MATCHES -> text(operator, Optional::of, "a value");
            case GREATER, GREATER_OR_EQUAL, LESS, LESS_OR_EQUAL ->
                throw new IllegalStateException(operator + " compares no sets");
        };
    }

    /** @param reading the text that is meant, or nothing when the value makes no sense */
    private Criterion.Text text(Operator operator, Function<String, Optional<String>> reading, String expected)
            throws QuerySyntaxException {
        return switch (operator) {
            case EQUAL, NOT_EQUAL ->
                new Criterion.Text(
                        new Criterion.Literal(argument(operator, reading, expected)), operator == Operator.NOT_EQUAL);
            case IN, NOT_IN -> new Criterion.Text(list(operator, reading, expected), operator == Operator.NOT_IN);
            case MATCHES, NOT_MATCHES -> new Criterion.Text(pattern(operator), operator == Operator.NOT_MATCHES);
            case EXISTS, NOT_EXISTS, GREATER, GREATER_OR_EQUAL, LESS, LESS_OR_EQUAL ->
                throw new IllegalStateException(operator + " takes no text");
        };
    }

    private Criterion.OneOf list(Operator operator, Function<String, Optional<String>> reading, String expected)
            throws QuerySyntaxException {
        if (!cursor.take("[")) {
            throw cursor.problem("expected a list such as [a, b] after " + operator.symbol());
        }
        List<String> values = new ArrayList<>();
        values.add(read(cursor.takeValue("["), reading, expected));
        while (cursor.take(",")) {
            values.add(read(cursor.takeValue(","), reading, expected));
        }
        if (!cursor.take("]")) {
            throw cursor.problem("expected , or ] after the value");
        }
        return new Criterion.OneOf(values);
    }

    private Criterion.Matching pattern(Operator operator) throws QuerySyntaxException {
        Value value = cursor.takePattern(operator.symbol());
        try {
            Regex regex = Regex.compile(value.text(), MOST_STEPS - steps);
            steps += regex.steps();
            return new Criterion.Matching(regex);
        } catch (PatternException refused) {
            throw cursor.problem("pattern: " + refused.problem(), value.offset(refused.index()));
        }
    }

    private <T> T argument(Operator operator, Function<String, Optional<T>> reading, String expected)
            throws QuerySyntaxException {
        return read(cursor.takeValue(operator.symbol()), reading, expected);
    }

    private <T> T read(Value value, Function<String, Optional<T>> reading, String expected)
            throws QuerySyntaxException {
        Optional<T> meant = reading.apply(value.text());
        if (meant.isEmpty()) {
            throw cursor.problem("expected " + expected + ", not " + Cursor.shown(value.text()), value.start());
        }
        return meant.get();
    }

    private static Optional<Long> count(String text) {
        return COUNT.matcher(text).matches() ? Optional.of(Long.valueOf(text)) : Optional.empty();
    }

    private static Optional<String> trueOrFalse(String text) {
        return text.equals("true") || text.equals("false") ? Optional.of(text) : Optional.empty();
    }
}
