package dev.staithe.cli.client;

import dev.staithe.cli.outcome.CommandFailure;

/** Where a control plane answers. */
public record Address(String host, int port) {
    /** The port of a control plane that was not told another one. */
    public static final int DEFAULT_PORT = 7070;

    /** Parses HOST, HOST:PORT or [IPV6]:PORT. */
    public static Address parse(String text) {
        String host = text;
        String port = String.valueOf(DEFAULT_PORT);
        int colon = text.lastIndexOf(':');
        if (text.startsWith("[")) {
            int bracket = text.indexOf(']');
            host = bracket < 0 ? "" : text.substring(1, bracket);
            port = bracket + 1 < text.length() && text.charAt(bracket + 1) == ':' ? text.substring(bracket + 2) : port;
        } else if (colon >= 0) {
            host = text.substring(0, colon);
            port = text.substring(colon + 1);
        }
        if (host.isEmpty() || host.contains("/") || (host.contains(":") && !text.startsWith("["))) {
            throw wrong(text);
        }
        try {
            int number = Integer.parseInt(port);
            if (number < 1 || number > 65_535) {
                throw wrong(text);
            }
            return new Address(host, number);
        } catch (NumberFormatException e) {
            throw wrong(text);
        }
    }

    private static CommandFailure wrong(String text) {
        return CommandFailure.usage("server: " + text + " (expected: HOST:PORT)");
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
