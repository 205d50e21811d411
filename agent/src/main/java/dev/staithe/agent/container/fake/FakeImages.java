package dev.staithe.agent.container.fake;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.ImageReference;
import dev.staithe.agent.container.Images.DiskUsage;
import dev.staithe.agent.container.Images.LocalImage;
import dev.staithe.agent.container.Images.PullListener;
import dev.staithe.agent.container.Images.PullRequest;
import dev.staithe.agent.container.Images.StoredImage;
import dev.staithe.agent.container.Platform;
import dev.staithe.agent.container.PullProgress;
import dev.staithe.agent.container.RegistryCredentials;
import dev.staithe.runtime.Ids;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The images of one fake host, the registry that it sees, and the disk that they fill. */
final class FakeImages {
    /** Of every image, on a disk of {@link #DISK}. */
    static final long BYTES = 10_000_000;

    private static final long DISK = 100 * BYTES;

    /**
     * An image.
     *
     * @param digest in the registry; empty when it came from none
     */
    record Stored(String id, FakeImage behaviour, String digest) {}

    private final Map<String, Stored> registry = new TreeMap<>();
    private final Map<String, RegistryCredentials> guarded = new TreeMap<>();
    private final Map<String, Stored> local = new TreeMap<>();
    private long otherData;

    void offer(String image, String digest, FakeImage behaviour) {
        Stored stored = new Stored(id(digest), behaviour, digest);
        registry.put(image, stored);
        registry.put(byDigest(image, digest), stored);
    }

    void guard(String registryHost, RegistryCredentials credentials) {
        guarded.put(registryHost, credentials);
    }

    void have(String image, String digest, FakeImage behaviour) {
        local.put(image, new Stored(id(digest.isEmpty() ? image : digest), behaviour, digest));
    }

    /** Something else fills the disk of the engine, bytes. */
    void otherData(long bytes) {
        otherData = bytes;
    }

    List<String> names() {
        return List.copyOf(local.keySet());
    }

    Optional<Stored> stored(String image) {
        return Optional.ofNullable(local.get(image));
    }

    Optional<LocalImage> find(String image) {
        return stored(image)
                .map(i -> new LocalImage(
                        i.id(), i.digest(), new Platform("linux", i.behaviour().architecture())));
    }

    void pull(PullRequest request, PullListener listener) throws ContainerFault {
        String image = request.image();
        RegistryCredentials wanted = guarded.get(ImageReference.parse(image).registry());
        if (wanted != null && !Optional.of(wanted).equals(request.credentials())) {
            throw new ContainerFault(Kind.CannotPullContainerError, "unauthorized: authentication required", false);
        }
        Stored offered = registry.get(image);
        if (offered == null) {
            throw new ContainerFault(
                    Kind.CannotPullContainerError,
                    "manifest for " + image + " not found: manifest unknown: manifest unknown",
                    false);
        }
        listener.progressed(new PullProgress(1, 0, BYTES / 2, BYTES));
        local.put(image, offered);
        if (!image.contains("@")) {
            local.put(byDigest(image, offered.digest()), offered);
        }
    }

    List<StoredImage> list(Set<String> usedIds) {
        TreeMap<String, List<String>> references = new TreeMap<>();
        local.forEach((reference, image) ->
                references.computeIfAbsent(image.id(), any -> new ArrayList<>()).add(reference));
        return references.entrySet().stream()
                .map(e -> new StoredImage(e.getKey(), e.getValue(), BYTES, usedIds.contains(e.getKey())))
                .toList();
    }

    void remove(String reference, Set<String> usedIds) throws ContainerFault {
        Stored image = local.get(reference);
        if (image == null) {
            return;
        }
        if (usedIds.contains(image.id())) {
            throw new ContainerFault(
                    Kind.CannotRemoveImageError,
                    "conflict: unable to remove repository reference \"" + reference
                            + "\" (must force) - a container is using its referenced image",
                    false);
        }
        local.remove(reference);
    }

    DiskUsage disk() {
        long images = local.values().stream().map(Stored::id).distinct().count() * BYTES;
        return new DiskUsage(DISK, otherData + images);
    }

    /** The id that an image of this name has, unless it was offered under a digest. */
    static String id(String image) {
        return image.startsWith("sha256:") ? image : "sha256:" + Ids.derived("image", image) + Ids.derived(image);
    }

    private static String byDigest(String image, String digest) {
        return ImageReference.parse(image).withDigest(digest).text();
    }
}
