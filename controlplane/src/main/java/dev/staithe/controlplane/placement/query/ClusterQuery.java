package dev.staithe.controlplane.placement.query;

import org.jspecify.annotations.Nullable;

/**
 * An expression of the cluster query language, such as {@code attribute:disk == ssd and not task:group == database}: the
 * argument of a {@code memberOf} constraint, and the filter of a list of container instances. The language is ECS's.
 *
 * <p>Immutable. Two queries are equal when they have the same form, whatever their spelling: {@code a && b} equals
 * {@code a and b}. To answer takes time in proportion to the expression and to the values it looks at, never more: no
 * pattern can make it explode.
 */
public final class ClusterQuery {
    /** Characters of an expression. */
    public static final int LONGEST = 2000;

    private final Expression expression;
    private final boolean dependsOnTasks;

    private ClusterQuery(Expression expression) {
        this.expression = expression;
        this.dependsOnTasks = expression.dependsOnTasks();
    }

    /**
     * The query that the text is.
     *
     * @throws QuerySyntaxException when it is none, with the column where reading it ended
     */
    public static ClusterQuery parse(String expression) throws QuerySyntaxException {
        int length = expression.codePointCount(0, expression.length());
        if (length > LONGEST) {
            throw new QuerySyntaxException(length + " characters (expected: at most " + LONGEST + ")", LONGEST + 1);
        }
        return new ClusterQuery(QueryParser.parse(expression));
    }

    /** Whether the expression selects the instance. */
    public boolean matches(QuerySubject subject) {
        return expression.matches(subject);
    }

    /**
     * Whether the answer for an instance may change while tasks start and stop there. When it is false the answer only
     * changes with the instance itself and may be kept as long.
     */
    public boolean dependsOnTasks() {
        return dependsOnTasks;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ClusterQuery query && expression.equals(query.expression);
    }

    @Override
    public int hashCode() {
        return expression.hashCode();
    }

    /** The expression in its canonical spelling: parsed again, it gives an equal query. */
    @Override
    public String toString() {
        return expression.toString();
    }
}
