package dev.staithe.controlplane.placement;

import java.util.function.IntPredicate;

/**
 * Lots that follow from what they are drawn for: the same task, asked again, draws the same.
 *
 * <p>A few hosts are drawn, and the first of them that will do is taken; when none will, the first that does behind the last
 * one drawn, round the end. Where most hosts will do, they are all as likely, and hardly any is looked at.
 */
final class Lots {
    private static final int DRAWS = 8;

    private Lots() {}

    /**
     * Picks one of the numbers below the bound that will do, for the task with that number of the request with that seed; -1
     * when none will.
     */
    static int pick(String seed, int ordinal, int bound, IntPredicate willDo) {
        long ticket = mix(digest(seed) + 0x9E3779B97F4A7C15L * (ordinal + 1L));
        int drawn = 0;
        for (int draw = 0; draw < DRAWS && bound > 0; draw++) {
            drawn = draw(ticket, draw, bound);
            if (willDo.test(drawn)) {
                return drawn;
            }
        }
        for (int step = 1; step < bound; step++) {
            int next = (drawn + step) % bound;
            if (willDo.test(next)) {
                return next;
            }
        }
        return -1;
    }

    private static int draw(long ticket, int number, int bound) {
        return (int) Long.remainderUnsigned(mix(ticket + number), bound);
    }

    /** FNV-1a, 64 bits. */
    private static long digest(String text) {
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
