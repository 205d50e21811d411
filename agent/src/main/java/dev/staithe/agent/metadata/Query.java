package dev.staithe.agent.metadata;

import java.util.Optional;

/**
 * A request, as far as it matters here.
 *
 * @param path decoded, without the query
 * @param parameters the query, raw; empty = none
 * @param host the Host header; empty = none
 * @param source the caller's address, as digits
 */
record Query(String method, String path, String parameters, String host, String source) {
    /** A parameter of the query; values here are made of letters, digits and dashes and need no decoding. */
    Optional<String> parameter(String name) {
        for (String each : parameters.split("&", -1)) {
            if (each.startsWith(name + "=")) {
                return Optional.of(each.substring(name.length() + 1));
            }
        }
        return Optional.empty();
    }

    /** Whether it was sent to this name; a page that made a browser resolve its own name to us has sent it to another. */
    boolean sentTo(String authority) {
        return host.equals(authority) || host.equals(authority + ":80");
    }
}
