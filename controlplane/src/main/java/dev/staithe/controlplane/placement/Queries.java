package dev.staithe.controlplane.placement;

import dev.staithe.controlplane.placement.query.ClusterQuery;
import dev.staithe.controlplane.placement.query.QuerySyntaxException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Expressions, each read once. Those that are no expressions were refused when they were written; here they select nothing. */
final class Queries {
    /** What is kept: a service that is gone leaves its expression behind. */
    private static final int MOST = 4096;

    private final Map<String, Optional<ClusterQuery>> read = new LinkedHashMap<>();

    Optional<ClusterQuery> of(String expression) {
        Optional<ClusterQuery> known = read.get(expression);
        if (known != null) {
            return known;
        }
        if (read.size() >= MOST) {
            read.clear();
        }
        Optional<ClusterQuery> query = parse(expression);
        read.put(expression, query);
        return query;
    }

    private static Optional<ClusterQuery> parse(String expression) {
        try {
            return Optional.of(ClusterQuery.parse(expression));
        } catch (QuerySyntaxException e) {
            return Optional.empty();
        }
    }
}
