package dev.staithe.runtime;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.SortedMap;

/**
 * The digest by which a control plane and an agent find out that they do not mean the same set of tasks.
 *
 * <p>Tasks in the order of their ids (by UTF-16 code unit, as {@link String#compareTo} has it); of each the line
 * {@code <task id>|<desired status>\n} in UTF-8; the first eight bytes of the SHA-256 of these lines, big endian. Part of
 * the session's protocol: a change of it is a change of the protocol's version.
 */
public final class AssignmentDigest {
    private AssignmentDigest() {}

    /**
     * Computes the digest of a set.
     *
     * @param desiredByTask the desired status (RUNNING or STOPPED) of every task of the set, by task id, in natural order
     */
    public static long of(SortedMap<String, String> desiredByTask) {
        if (desiredByTask.comparator() != null) {
            throw new IllegalArgumentException("desiredByTask: has its own order (expected: the natural order of ids)");
        }
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            desiredByTask.forEach(
                    (task, desired) -> sha.update((task + "|" + desired + "\n").getBytes(StandardCharsets.UTF_8)));
            return ByteBuffer.wrap(sha.digest()).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
