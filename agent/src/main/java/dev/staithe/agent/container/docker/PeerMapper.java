package dev.staithe.agent.container.docker;

import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Link;
import com.github.dockerjava.api.model.VolumesFrom;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.agent.model.TaskPeers;
import dev.staithe.proto.v1.ContainerDefinition;
import java.util.List;
import java.util.Optional;

/**
 * links, volumesFrom, pidMode and ipcMode: what ties the container to others of its task, or to the host. The engine knows the
 * others by their names on the host, and refuses what is not there yet: see {@link TaskPeers}.
 */
final class PeerMapper implements ContainerMapper {
    @Override
    public void map(ContainerRequest request, ContainerDraft draft) {
        ContainerDefinition container = request.container();
        if (container.getLinksCount() > 0) {
            draft.host()
                    .withLinks(container.getLinksList().stream()
                            .map(link -> link(request, link))
                            .toArray(Link[]::new));
        }
        if (container.getVolumesFromCount() > 0) {
            List<VolumesFrom> sources = container.getVolumesFromList().stream()
                    .map(from -> new VolumesFrom(
                            peer(request, "volumesFrom", from.getSourceContainer()),
                            from.getReadOnly() ? AccessMode.ro : AccessMode.rw))
                    .toList();
            draft.host().withVolumesFrom(sources);
        }
        processes(request).ifPresent(draft.host()::withPidMode);
        memory(request).ifPresent(draft.host()::withIpcMode);
    }

    private static Optional<String> processes(ContainerRequest request) {
        return switch (request.taskDefinition().getPidMode()) {
            case "" -> Optional.empty();
            case "host" -> Optional.of("host");
            case "task" -> owner(request, "pidMode").map(PeerMapper::of);
            default -> throw unknown("pidMode", request.taskDefinition().getPidMode(), "host or task");
        };
    }

    private static Optional<String> memory(ContainerRequest request) {
        return switch (request.taskDefinition().getIpcMode()) {
            case "" -> Optional.empty();
            case "host", "none" -> Optional.of(request.taskDefinition().getIpcMode());
            // The engine lets others in only where it was told so.
            case "task" ->
                Optional.of(owner(request, "ipcMode").map(PeerMapper::of).orElse("shareable"));
            default -> throw unknown("ipcMode", request.taskDefinition().getIpcMode(), "host, task or none");
        };
    }

    /** The container whose namespace this one joins; empty when it is its own. */
    private static Optional<String> owner(ContainerRequest request, String field) {
        Optional<String> owner = TaskPeers.namespaceOwner(request.taskDefinition());
        if (owner.isEmpty() && TaskPeers.sharesNamespaces(request.taskDefinition())) {
            throw unknown(field, "task", "a container that lives as long as the task and needs no other");
        }
        return owner.filter(name -> !name.equals(request.container().getName()))
                .map(name -> peer(request, field, name));
    }

    private static Link link(ContainerRequest request, String link) {
        String name = TaskPeers.linked(link);
        return new Link(
                peer(request, "links", name),
                name.length() == link.length() ? name : link.substring(name.length() + 1));
    }

    private static String peer(ContainerRequest request, String field, String name) {
        String peer = request.peers().get(name);
        if (peer == null) {
            throw unknown(field, name, "a container of the task");
        }
        return peer;
    }

    private static String of(String container) {
        return "container:" + container;
    }

    private static IllegalArgumentException unknown(String field, String value, String expected) {
        return new IllegalArgumentException(field + ": " + value + " (expected: " + expected + ")");
    }
}
