package dev.staithe.agent.reconcile;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the operator of this host lets tasks have of it. Pure.
 *
 * @param kept paths that are not mounted into a task, nor anything under or above them: the engine's socket (who has it has
 *     the host) and the agent's own directories
 * @param allowedMounts paths that may be mounted all the same, with all that is under them
 * @param privileged whether containers may have the powers of the host's root
 * @param hostNamespaces whether tasks may be in the process and IPC namespaces of the host
 */
public record HostPolicy(List<Path> kept, List<Path> allowedMounts, boolean privileged, boolean hostNamespaces) {
    public HostPolicy {
        kept = List.copyOf(kept);
        allowedMounts = List.copyOf(allowedMounts);
    }

    /** Everything but these paths, as hosts do whose operator says nothing. */
    public static HostPolicy keeping(List<Path> kept) {
        return new HostPolicy(kept, List.of(), true, true);
    }

    /** The kept path that a mount of this one would give away; empty when it may be mounted. */
    public Optional<Path> givenAwayBy(Path mount) {
        return allowedMounts.stream().anyMatch(mount::startsWith)
                ? Optional.empty()
                : kept.stream()
                        .filter(path -> mount.startsWith(path) || path.startsWith(mount))
                        .findFirst();
    }
}
