package dev.staithe.agent.container;

import java.util.Locale;

/**
 * How far a pull has come. The sum grows while it goes on: a registry says the size of a layer when it begins.
 *
 * @param layers that the engine does not have yet, as far as they are known
 * @param fetched layers that have come whole
 * @param bytes that have come, of the layers of known size
 * @param total bytes of these layers
 */
public record PullProgress(int layers, int fetched, long bytes, long total) {
    public static final PullProgress BEGUN = new PullProgress(0, 0, 0, 0);

    private static final double UNIT = 1000;

    /** "pulling 12.3 MB of 45.6 MB", and "extracting 45.6 MB" when all of it is there. */
    public String text() {
        if (total == 0) {
            return "pulling";
        }
        return layers > 0 && fetched == layers
                ? "extracting " + size(total)
                : "pulling " + size(bytes) + " of " + size(total);
    }

    private static String size(long bytes) {
        if (bytes < UNIT * UNIT) {
            return String.format(Locale.ROOT, "%.1f kB", bytes / UNIT);
        }
        return bytes < UNIT * UNIT * UNIT
                ? String.format(Locale.ROOT, "%.1f MB", bytes / UNIT / UNIT)
                : String.format(Locale.ROOT, "%.2f GB", bytes / UNIT / UNIT / UNIT);
    }
}
