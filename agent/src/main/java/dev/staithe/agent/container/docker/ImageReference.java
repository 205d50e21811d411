package dev.staithe.agent.container.docker;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

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

    String query() {
        return "fromImage=" + encoded(name) + "&tag=" + encoded(tagOrDigest);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
