package dev.staithe.controlplane.placement.query;

import java.util.List;
import java.util.stream.Collectors;

/** The form of an expression. Records, so that equal form is equal expression; printed in the canonical spelling. */
sealed interface Expression permits Expression.Or, Expression.And, Expression.Not, Condition {
    boolean matches(QuerySubject subject);

    boolean dependsOnTasks();

    /** At least two, of which one must match. */
    record Or(List<Expression> parts) implements Expression {
        public Or {
            parts = List.copyOf(parts);
        }

        @Override
        public boolean matches(QuerySubject subject) {
            for (Expression part : parts) {
                if (part.matches(subject)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public boolean dependsOnTasks() {
            return parts.stream().anyMatch(Expression::dependsOnTasks);
        }

        @Override
        public String toString() {
            return parts.stream()
                    .map(p -> p instanceof Or ? "(" + p + ")" : p.toString())
                    .collect(Collectors.joining(" or "));
        }
    }

    /** At least two, which must all match. */
    record And(List<Expression> parts) implements Expression {
        public And {
            parts = List.copyOf(parts);
        }

        @Override
        public boolean matches(QuerySubject subject) {
            for (Expression part : parts) {
                if (!part.matches(subject)) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public boolean dependsOnTasks() {
            return parts.stream().anyMatch(Expression::dependsOnTasks);
        }

        @Override
        public String toString() {
            return parts.stream()
                    .map(p -> p instanceof Or || p instanceof And ? "(" + p + ")" : p.toString())
                    .collect(Collectors.joining(" and "));
        }
    }

    /** The opposite; so it also selects what lacks the attribute that the inner expression asks for. */
    record Not(Expression inner) implements Expression {
        @Override
        public boolean matches(QuerySubject subject) {
            return !inner.matches(subject);
        }

        @Override
        public boolean dependsOnTasks() {
            return inner.dependsOnTasks();
        }

        @Override
        public String toString() {
            return inner instanceof Or || inner instanceof And ? "not (" + inner + ")" : "not " + inner;
        }
    }
}
