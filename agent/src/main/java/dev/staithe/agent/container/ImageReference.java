package dev.staithe.agent.container;

import java.util.List;

/**
 * An image's name in its parts.
 *
 * @param name with its registry, as it was written
 * @param tagOrDigest "latest" when nothing was written: Docker would fetch every tag there is
 */
public record ImageReference(String name, String tagOrDigest) {
    private static final String HUB = "docker.io";

    public static ImageReference parse(String image) {
        int digest = image.indexOf('@');
        if (digest >= 0) {
            // With a tag and a digest the digest decides.
            return new ImageReference(tagless(image.substring(0, digest)), image.substring(digest + 1));
        }
        String name = tagless(image);
        return new ImageReference(name, name.length() < image.length() ? image.substring(name.length() + 1) : "latest");
    }

    /** Whether a digest or an id says what the image is: a registry could not give another one. */
    public static boolean namesItsContent(String image) {
        return image.contains("@sha256:") || image.startsWith("sha256:");
    }

    /** The one way to write it, by which two names of one image are found equal: nginx:latest, shop@sha256:... */
    public static String canonical(String image) {
        if (image.startsWith("sha256:")) {
            return image;
        }
        ImageReference parsed = parse(image);
        return new ImageReference(canonicalName(parsed.name), parsed.tagOrDigest).text();
    }

    /** The same name with this digest. */
    public ImageReference withDigest(String digest) {
        return new ImageReference(name, digest);
    }

    /** NAME:TAG or NAME@DIGEST. */
    public String text() {
        return name + (tagOrDigest.startsWith("sha256:") ? "@" : ":") + tagOrDigest;
    }

    /** HOST or HOST:PORT of the registry; Docker's own is "docker.io". */
    public String registry() {
        int slash = name.indexOf('/');
        String first = slash < 0 ? "" : name.substring(0, slash);
        return first.contains(".") || first.contains(":") || first.equals("localhost") ? first : HUB;
    }

    /** Of NAME@DIGEST entries, the digest of the one with this name; empty when there is none. */
    public String digestAmong(List<String> repoDigests) {
        return repoDigests.stream()
                .filter(entry ->
                        canonicalName(entry.substring(0, entry.indexOf('@'))).equals(canonicalName(name)))
                .map(entry -> entry.substring(entry.indexOf('@') + 1))
                .findFirst()
                .orElse("");
    }

    private static String tagless(String image) {
        int tag = image.lastIndexOf(':');
        // A colon before the last slash is that of a registry's port.
        return tag > image.lastIndexOf('/') ? image.substring(0, tag) : image;
    }

    /** Docker shows nginx for docker.io/library/nginx. */
    private static String canonicalName(String name) {
        String plain = name.startsWith("docker.io/") ? name.substring("docker.io/".length()) : name;
        return plain.startsWith("library/") ? plain.substring("library/".length()) : plain;
    }
}
