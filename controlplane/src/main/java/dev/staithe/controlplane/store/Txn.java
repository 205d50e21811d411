package dev.staithe.controlplane.store;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Mutations that are applied together or not at all, and the guards that must hold for them. */
public record Txn(List<Guard> guards, List<Mutation> mutations) {
    /** Most guards, and most mutations, of a transaction. etcd's own limit is 128. */
    public static final int MAX_OPERATIONS = 100;

    /** Most bytes of keys and values of a transaction. etcd's own limit is 1.5 MiB. */
    public static final int MAX_BYTES = 1 << 20;

    public Txn {
        guards = List.copyOf(guards);
        mutations = List.copyOf(mutations);
        if (guards.size() > MAX_OPERATIONS || mutations.size() > MAX_OPERATIONS) {
            throw new IllegalArgumentException("transaction of " + guards.size() + " guards and " + mutations.size()
                    + " mutations (expected: at most " + MAX_OPERATIONS + " of each)");
        }
        long bytes = 0;
        Set<String> keys = new HashSet<>();
        for (Mutation mutation : mutations) {
            bytes += size(mutation);
            if (!keys.add(mutation.key())) {
                throw new IllegalArgumentException(mutation.key() + " changed twice in one transaction");
            }
        }
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "transaction of " + bytes + " bytes (expected: at most " + MAX_BYTES + ")");
        }
    }

    /** What the mutation counts toward {@link #MAX_BYTES}. */
    public static int size(Mutation mutation) {
        return mutation.key().length()
                + switch (mutation) {
                    case Mutation.Put put -> put.value().size();
                    case Mutation.PutLeased put -> put.value().size();
                    case Mutation.Delete delete -> 0;
                };
    }
}
