package dev.staithe.agent.container.docker;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.ImageReference;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the words mean with which an image is not given out: whether asking again is of use, and what a user can do. The engine
 * hands on what registries say, with statuses of no use (500 for a wrong password). Pure.
 */
enum PullRefusal {
    /** The registry is not reached, or is busy. Before the others: "no such host" is not a missing image. */
    UNREACHABLE(
            List.of(
                    "no such host",
                    "connection refused",
                    "connection reset",
                    "i/o timeout",
                    "timeout exceeded",
                    "tls handshake timeout",
                    "network is unreachable",
                    "no route to host",
                    "temporary failure in name resolution",
                    "unexpected eof"),
            true,
            "check that this host reaches REGISTRY, and that the name is right"),
    BUSY(
            List.of("toomanyrequests", "too many requests", "rate limit"),
            true,
            "REGISTRY limits how often it is asked: log in to it, or set imagePullBehavior: prefer-cached"),
    NO_SPACE(
            List.of("no space left on device", "disk quota exceeded"),
            true,
            "free space on the disk of this host's engine, or lower imageCleanup.diskPressurePercent"),
    NOT_TRUSTED(
            List.of("x509:", "server gave http response to https client", "certificate signed by unknown"),
            false,
            "give this host's engine the certificate of REGISTRY (/etc/docker/certs.d/REGISTRY/ca.crt)"),
    WRONG_PLATFORM(
            List.of("no matching manifest", "does not match the specified platform", "cannot be used on this platform"),
            false,
            "build the image for this host, too"),
    NOT_ALLOWED(
            List.of(
                    "denied",
                    "unauthorized",
                    "no basic auth credentials",
                    "authentication required",
                    "incorrect username or password",
                    "forbidden"),
            false,
            "check the image's name, and name credentials for REGISTRY in repositoryCredentials, or log this host in:"
                    + " docker login REGISTRY"),
    MISSING(
            List.of("manifest unknown", "name unknown", "not found", "does not exist", "no such image"),
            false,
            "check the image's name and tag"),
    MALFORMED(
            List.of("invalid reference", "invalid tag", "invalid checksum digest"),
            false,
            "write the image as [HOST[:PORT]/]NAME[:TAG]"),
    /** Nothing that we know: perhaps it passes. */
    OTHER(List.of(""), true, "look at the log of this host's container engine");

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> words;

    private final boolean retriable;
    private final String advice;

    PullRefusal(List<String> words, boolean retriable, String advice) {
        this.words = words;
        this.retriable = retriable;
        this.advice = advice;
    }

    boolean retriable() {
        return retriable;
    }

    static PullRefusal of(String said) {
        String lower = said.toLowerCase(Locale.ROOT);
        for (PullRefusal each : values()) {
            if (each.words.stream().anyMatch(lower::contains)) {
                return each;
            }
        }
        return OTHER;
    }

    /**
     * The fault that a user is to read: the image, the registry's words, what to do.
     *
     * @param hint what else may be the cause; empty = nothing
     */
    static ContainerFault fault(String image, String said, String hint, @Nullable Throwable cause) {
        PullRefusal refusal = of(said);
        String registry = ImageReference.parse(image).registry();
        return new ContainerFault(
                Kind.CannotPullContainerError,
                image + ": " + said + ". " + (hint.isEmpty() ? "" : hint + ". ") + "To do: "
                        + refusal.advice.replace("REGISTRY", registry),
                refusal.retriable,
                cause);
    }
}
