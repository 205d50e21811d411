package dev.staithe.controlplane.placement.query;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A version, ordered as semantic versions are: by its numbers, then a pre-release before its release, pre-releases part by
 * part. What follows a plus says nothing. Numbers that are not given are 0; a leading v is left out.
 */
record SemanticVersion(List<String> numbers, List<String> preRelease) implements Comparable<SemanticVersion> {
    private static final String NUMBER = "(?:0|[1-9][0-9]{0,17})";
    private static final String PARTS = "[0-9A-Za-z-]{1,64}(?:\\.[0-9A-Za-z-]{1,64}){0,15}";
    private static final Pattern VERSION = Pattern.compile("v?(" + NUMBER + ")(?:\\.(" + NUMBER + "))?(?:\\.(" + NUMBER
            + "))?(?:-(" + PARTS + "))?(?:\\+" + PARTS + ")?");
    private static final Pattern DIGITS = Pattern.compile("[0-9]+");
    private static final int LONGEST = 255;

    SemanticVersion {
        numbers = List.copyOf(numbers);
        preRelease = List.copyOf(preRelease);
    }

    /** The version that the text is. */
    static Optional<SemanticVersion> read(String text) {
        Matcher matcher = VERSION.matcher(text);
        if (text.length() > LONGEST || !matcher.matches()) {
            return Optional.empty();
        }
        String preRelease = matcher.group(4);
        return Optional.of(new SemanticVersion(
                List.of(matcher.group(1), orZero(matcher.group(2)), orZero(matcher.group(3))),
                preRelease == null ? List.of() : List.of(preRelease.split("\\.", -1))));
    }

    @Override
    public int compareTo(SemanticVersion other) {
        for (int i = 0; i < numbers.size(); i++) {
            int order = numeric(numbers.get(i), other.numbers.get(i));
            if (order != 0) {
                return order;
            }
        }
        if (preRelease.isEmpty() || other.preRelease.isEmpty()) {
            return Boolean.compare(preRelease.isEmpty(), other.preRelease.isEmpty());
        }
        int shared = Math.min(preRelease.size(), other.preRelease.size());
        for (int i = 0; i < shared; i++) {
            int order = part(preRelease.get(i), other.preRelease.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(preRelease.size(), other.preRelease.size());
    }

    @Override
    public String toString() {
        String text = String.join(".", numbers);
        return preRelease.isEmpty() ? text : text + "-" + String.join(".", preRelease);
    }

    /** Numbers come before words. */
    private static int part(String a, String b) {
        boolean number = DIGITS.matcher(a).matches();
        if (number != DIGITS.matcher(b).matches()) {
            return number ? -1 : 1;
        }
        return number ? numeric(a, b) : a.compareTo(b);
    }

    /** Digits of any length. */
    private static int numeric(String a, String b) {
        String x = withoutZeros(a);
        String y = withoutZeros(b);
        return x.length() != y.length() ? Integer.compare(x.length(), y.length()) : x.compareTo(y);
    }

    private static String withoutZeros(String digits) {
        int at = 0;
        while (at < digits.length() - 1 && digits.charAt(at) == '0') {
            at++;
        }
        return digits.substring(at);
    }

    private static String orZero(@Nullable String number) {
        return number == null ? "0" : number;
    }
}
