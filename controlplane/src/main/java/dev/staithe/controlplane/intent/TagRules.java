package dev.staithe.controlplane.intent;

import dev.staithe.proto.v1.Tag;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** ECS's rules for tags. */
final class TagRules {
    private static final int MOST = 50;
    private static final int LONGEST_KEY = 128;
    private static final int LONGEST_VALUE = 256;
    private static final Pattern CHARACTERS = Pattern.compile("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*");
    private static final String EXPECTED = "letters, digits, spaces and _ . : / = + - @";

    private TagRules() {}

    /** That one thing has not too many, after a change. */
    static void checkCount(List<Tag> tags) throws IntentException {
        if (tags.size() > MOST) {
            throw IntentException.invalid(
                    "tags", tags.size() + " tags on one resource (expected: at most " + MOST + ")");
        }
    }

    /** The keys of tags that are to go. */
    static void checkKeys(Problems problems, String field, List<String> keys) {
        if (keys.isEmpty() || keys.size() > MOST) {
            problems.invalid(field, keys.size() + " keys", "1-" + MOST);
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < keys.size(); i++) {
            checkKey(problems, field + "[" + i + "]", keys.get(i), seen);
        }
    }

    static void check(Problems problems, String field, List<Tag> tags) {
        if (tags.size() > MOST) {
            problems.invalid(field, tags.size() + " tags", "at most " + MOST);
        }
        Set<String> keys = new HashSet<>();
        for (int i = 0; i < tags.size(); i++) {
            String key = tags.get(i).getKey();
            String value = tags.get(i).getValue();
            String at = field + "[" + i + "]";
            checkKey(problems, at + ".key", key, keys);
            if (value.length() > LONGEST_VALUE || !CHARACTERS.matcher(value).matches()) {
                problems.invalid(at + ".value", value, "0-" + LONGEST_VALUE + " " + EXPECTED);
            }
        }
    }

    private static void checkKey(Problems problems, String at, String key, Set<String> seen) {
        if (key.isEmpty()
                || key.length() > LONGEST_KEY
                || !CHARACTERS.matcher(key).matches()) {
            problems.invalid(at, key, "1-" + LONGEST_KEY + " " + EXPECTED);
        } else if (key.toLowerCase(Locale.ROOT).startsWith("aws:")) {
            problems.invalid(at, key, "a key that does not begin with aws:");
        } else if (!seen.add(key)) {
            problems.invalid(at, key, "each key once");
        }
    }
}
