package dev.staithe.agent.container.docker;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** An image's name as a pull wants it: without a tag Docker would fetch every tag there is. */
record ImageReference(String name, String tagOrDigest) {
    static ImageReference parse(String image) {
        int digest = image.indexOf('@');
        if (digest >= 0) {
            return new ImageReference(image.substring(0, digest), image.substring(digest + 1));
        }
        int tag = image.lastIndexOf(':');
        // A colon before the last slash is that of a registry's port.
        return tag > image.lastIndexOf('/')
                ? new ImageReference(image.substring(0, tag), image.substring(tag + 1))
                : new ImageReference(image, "latest");
    }

    /** Of NAME@DIGEST entries, the digest of the one with this name; empty when there is none. */
    String digestAmong(List<String> repoDigests) {
        return repoDigests.stream()
                .filter(entry ->
                        canonical(entry.substring(0, entry.indexOf('@'))).equals(canonical(name)))
                .map(entry -> entry.substring(entry.indexOf('@') + 1))
                .findFirst()
                .orElse("");
    }

    /** Docker shows nginx for docker.io/library/nginx. */
    private static String canonical(String name) {
        String plain = name.startsWith("docker.io/") ? name.substring("docker.io/".length()) : name;
        return plain.startsWith("library/") ? plain.substring("library/".length()) : plain;
    }

    String query() {
        return "fromImage=" + encoded(name) + "&tag=" + encoded(tagOrDigest);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
