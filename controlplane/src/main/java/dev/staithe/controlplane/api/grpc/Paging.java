package dev.staithe.controlplane.api.grpc;

import dev.staithe.controlplane.intent.IntentException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Long lists in parts. A token names the last element that was shown, not a position, so that what comes and goes between
 * two calls makes nothing appear twice or be left out.
 */
final class Paging {
    private static final int MOST = 100;
    private static final String PREFIX = "after:";

    private Paging() {}

    /** Some elements, and the token for those that follow; empty when none do. */
    record Page<T>(List<T> elements, String nextToken) {}

    /**
     * @param all in the order of their keys
     * @param descending the order is from the largest key to the smallest
     */
    static <T> Page<T> page(List<T> all, Function<T, String> key, boolean descending, int maxResults, String token)
            throws IntentException {
        if (maxResults < 0 || maxResults > MOST) {
            throw IntentException.invalid("maxResults", maxResults + " (expected: 1-" + MOST + ", 0 for " + MOST + ")");
        }
        int size = maxResults == 0 ? MOST : maxResults;
        List<T> rest = all;
        if (!token.isEmpty()) {
            String last = decode(token)
                    .orElseThrow(() -> IntentException.invalid(
                            "nextToken", "not a token (expected: the nextToken of the answer before)"));
            rest = all.stream()
                    .filter(element -> {
                        int order = key.apply(element).compareTo(last);
                        return descending ? order < 0 : order > 0;
                    })
                    .toList();
        }
        if (rest.size() <= size) {
            return new Page<>(rest, "");
        }
        List<T> elements = rest.subList(0, size);
        return new Page<>(elements, encode(key.apply(elements.getLast())));
    }

    private static String encode(String key) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString((PREFIX + key).getBytes(StandardCharsets.UTF_8));
    }

    private static Optional<String> decode(String token) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Base64.getUrlDecoder().decode(token)))
                    .toString();
            return text.startsWith(PREFIX) ? Optional.of(text.substring(PREFIX.length())) : Optional.empty();
        } catch (IllegalArgumentException | CharacterCodingException notOurs) {
            return Optional.empty();
        }
    }
}
