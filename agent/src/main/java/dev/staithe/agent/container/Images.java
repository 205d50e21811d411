package dev.staithe.agent.container;

import java.util.List;
import java.util.Optional;

/**
 * The images of this host's engine. Calls block, each with a deadline of its own, and are made from effects.
 *
 * <p>Images belong to nobody: what may be removed is decided by who calls, see the agent's own record of what it fetched.
 */
public interface Images {
    /** The image when the engine has it. No registry is asked. */
    Optional<LocalImage> find(String image) throws ContainerFault;

    /**
     * Fetches the image from its registry. A registry for which the request brings no credentials is asked with those that
     * the host's user has for it, if any.
     *
     * @param listener told how far it has come, on the thread of the call
     */
    void pull(PullRequest request, PullListener listener) throws ContainerFault;

    /** Every image, whoever fetched or built it, in the order of their ids. */
    List<StoredImage> list() throws ContainerFault;

    /**
     * Takes the name away, and the image with its last name; nothing happens when it is gone. An image that a container
     * (running or not) was made of is never forced out: that is a fault.
     *
     * @param reference NAME:TAG, NAME@DIGEST, or the id of an image that has no name left
     */
    void remove(String reference) throws ContainerFault;

    /** How full the file system is that the engine keeps its images on. */
    DiskUsage disk() throws ContainerFault;

    /**
     * What to fetch.
     *
     * @param credentials of the task; empty = those of the host, or none
     */
    record PullRequest(String image, Platform platform, Optional<RegistryCredentials> credentials) {}

    /** Who is told how a pull goes. */
    @FunctionalInterface
    interface PullListener {
        void progressed(PullProgress progress);
    }

    /**
     * An image that the engine has.
     *
     * @param id sha256:..., the engine's own
     * @param digest sha256:..., by which a registry knows it under the name that was asked for; empty when it came from none
     */
    record LocalImage(String id, String digest, Platform platform) {}

    /**
     * An image among all that the engine has.
     *
     * @param references NAME:TAG and NAME@DIGEST; none when nothing names it any more
     * @param bytes on disk, those shared with other images included
     * @param used whether a container, ours or another's, running or not, was made of it
     */
    record StoredImage(String id, List<String> references, long bytes, boolean used) {
        public StoredImage {
            references = List.copyOf(references);
        }
    }

    /** Bytes of a file system. */
    record DiskUsage(long total, long used) {
        /** 0-100. */
        public int percent() {
            return total <= 0 ? 0 : (int) Math.ceilDiv(used * 100, total);
        }
    }
}
