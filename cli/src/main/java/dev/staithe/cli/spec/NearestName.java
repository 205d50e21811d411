package dev.staithe.cli.spec;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds what a user probably meant: the known name at the smallest edit distance, if it is small enough. */
final class NearestName {
    private NearestName() {}

    static Optional<String> among(Collection<String> known, String typed) {
        String wanted = plain(typed);
        String nearest = "";
        int best = Math.max(1, wanted.length() / 3) + 1;
        for (String candidate : known) {
            int distance = distance(wanted, plain(candidate));
            if (distance < best) {
                best = distance;
                nearest = candidate;
            }
        }
        return Optional.of(nearest).filter(name -> !name.isEmpty());
    }

    private static String plain(String name) {
        return name.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
    }

    /** Levenshtein's distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
