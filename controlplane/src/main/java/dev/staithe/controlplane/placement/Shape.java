package dev.staithe.controlplane.placement;

import dev.staithe.controlplane.placement.query.ClusterQuery;
import java.util.List;
import java.util.SortedMap;

/**
 * What requests have in common that may share a {@link View}: how they rank, and what they want of a host that does not
 * change with its tasks.
 *
 * @param attributes that the host must have, as in a demand
 * @param queries that must select the host, none of which asks about tasks
 */
record Shape(List<Level> levels, SortedMap<String, String> attributes, List<ClusterQuery> queries) {}
