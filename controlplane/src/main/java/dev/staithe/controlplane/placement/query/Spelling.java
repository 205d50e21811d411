package dev.staithe.controlplane.placement.query;

import java.util.regex.Pattern;

/** How values are written so that the parser reads the same again: bare where that is safe, else in quotes. */
final class Spelling {
    private static final Pattern BARE = Pattern.compile("[A-Za-z0-9_.\\\\/@:+-]+");
    private static final Pattern BARE_PATTERN = Pattern.compile("[A-Za-z0-9_.\\\\/@:+*?^$-]+");
    private static final Pattern RESERVED = Pattern.compile("and|or|not");

    private Spelling() {}

    static String ofValue(String value) {
        return BARE.matcher(value).matches() && !reserved(value) ? value : quoted(value);
    }

    static String ofPattern(String pattern) {
        return BARE_PATTERN.matcher(pattern).matches() && !reserved(pattern) ? pattern : quoted(pattern);
    }

    /** A bare word that joins expressions is no value: it is more likely that the value was forgotten. */
    static boolean reserved(String value) {
        return RESERVED.matcher(value).matches();
    }

    /** A quote inside is written twice. */
    private static String quoted(String value) {
        return "'" + value.replace("'", "''") + "'";
    }
}
