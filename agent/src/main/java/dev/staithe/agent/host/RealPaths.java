package dev.staithe.agent.host;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.reconcile.HostPath;
import dev.staithe.agent.reconcile.HostPolicy;
import dev.staithe.proto.v1.TaskDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the links in the paths that a task would mount, and says no where they lead to what this host keeps from tasks.
 * Reads the file system, so it is called from effects: before a container is created, and again before each start, because the
 * engine follows links anew each time and a task may have moved one in the meantime.
 */
public final class RealPaths {
    private static final Logger LOG = LoggerFactory.getLogger(RealPaths.class);

    /** The kernel gives up there too. */
    private static final int MOST_LINKS = 40;

    private final HostPolicy policy;

    public RealPaths(HostPolicy policy) {
        this.policy = policy;
    }

    /** Nothing happens when the task may have all that it mounts. */
    public void check(TaskDefinition task) throws ContainerFault {
        List<HostPath> paths = HostPath.of(task);
        if (paths.isEmpty()) {
            return;
        }
        HostPolicy followed = new HostPolicy(
                withTargets(policy.kept()),
                withTargets(policy.allowedMounts()),
                policy.privileged(),
                policy.hostNamespaces());
        for (HostPath host : paths) {
            Path target = follow(host);
            Optional<Path> kept = followed.givenAwayBy(target);
            if (kept.isPresent()) {
                throw refusal(
                        host,
                        "leads to " + target + " (expected: a path apart from " + kept.get()
                                + ", which tasks may not have)");
            }
        }
    }

    private static List<Path> withTargets(List<Path> paths) {
        List<Path> all = new ArrayList<>(paths);
        for (Path path : paths) {
            try {
                all.add(target(path));
            } catch (IOException unreadable) {
                LOG.atDebug()
                        .addKeyValue("path", path)
                        .addKeyValue("cause", unreadable)
                        .log("a forbidden path is known only as it is written");
            }
        }
        return all;
    }

    private static Path follow(HostPath host) throws ContainerFault {
        try {
            return target(Path.of(host.path()));
        } catch (IOException e) {
            throw refusal(host, "cannot be followed to its end: " + e.getMessage());
        }
    }

    private static ContainerFault refusal(HostPath host, String why) {
        return new ContainerFault(
                Kind.CannotCreateContainerError, host.field() + ": " + host.path() + " " + why, false);
    }

    /** Where the path leads, also when nothing is there yet: the engine would make it. */
    private static Path target(Path path) throws IOException {
        Path at = Path.of("/");
        Deque<Path> rest = new ArrayDeque<>();
        path.forEach(rest::add);
        int links = 0;
        while (!rest.isEmpty()) {
            Path name = rest.removeFirst();
            Path next = at.resolve(name).normalize();
            if (!Files.isSymbolicLink(next)) {
                at = next;
                continue;
            }
            if (++links > MOST_LINKS) {
                throw new IOException("too many links");
            }
            Path link = Files.readSymbolicLink(next);
            at = link.isAbsolute() ? Path.of("/") : at;
            List<Path> names = new ArrayList<>();
            link.forEach(names::add);
            names.reversed().forEach(rest::addFirst);
        }
        return at;
    }
}
