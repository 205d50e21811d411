package dev.staithe.controlplane.placement;

/** Lots that follow from what they are drawn for: the same task, asked again, draws the same. */
final class Lots {
    private Lots() {}

    /** Of the request's seed and the number of the task in it. */
    static long ticket(String seed, int ordinal) {
        return mix(digest(seed) + 0x9E3779B97F4A7C15L * (ordinal + 1));
    }

    /** What the host draws on the ticket. */
    static long draw(long ticket, String instanceId) {
        return draw(ticket, digest(instanceId));
    }

    static long draw(long ticket, long instanceDigest) {
        return mix(ticket ^ instanceDigest) & Long.MAX_VALUE;
    }

    /** FNV-1a, 64 bits. */
    static long digest(String text) {
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001B3L;
        }
        return hash;
    }

    /** Every bit of the answer depends on every bit of the question: the finalizer of splitmix64. */
    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
