package dev.staithe.controlplane.store.etcd;

import java.net.URI;
import java.net.URISyntaxException;

/** Where a member of etcd answers clients. */
record Endpoint(String host, int port) {
    private static final String EXPECTED = " (expected: HOST:PORT of an etcd member, such as 10.0.0.5:2379)";

    /** Reads HOST:PORT, with an IPv6 address in brackets. */
    static Endpoint parse(String text) {
        if (text.contains("/")) {
            throw new IllegalArgumentException("endpoints: " + text + EXPECTED);
        }
        try {
            URI uri = new URI("etcd://" + text);
            if (uri.getHost() == null || uri.getPort() <= 0 || uri.getPort() > 65535 || uri.getUserInfo() != null) {
                throw new IllegalArgumentException("endpoints: " + text + EXPECTED);
            }
            return new Endpoint(uri.getHost().replace("[", "").replace("]", ""), uri.getPort());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("endpoints: " + text + EXPECTED, e);
        }
    }
}
