package dev.staithe.controlplane.reconcile;

import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskContainer;
import dev.staithe.controlplane.model.TaskDefinitionRevision;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.ContainerDefinition;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Sees to it that all tasks of a deployment run the same images, although a tag may move while it rolls out: ECS's
 * versionConsistency.
 *
 * <p>The first task of a deployment runs what its host found under the tags. What that was, the host reports, and all later
 * tasks run that by digest. So until it is known, a deployment has one task only ({@link #open}). An image that came from no
 * registry has no digest, and goes on being run by its tag. A rollback runs the images of the deployment that it brings back.
 */
final class ImagePins {
    private ImagePins() {}

    /** The deployment with the images that became known since; the same value when there is nothing new. */
    static Deployment settled(ClusterState state, Deployment deployment, Collection<Task> tasks, Facts facts) {
        List<String> open = open(state, deployment);
        if (open.isEmpty()) {
            return deployment;
        }
        Optional<SortedMap<String, String>> broughtBack = broughtBack(state, deployment);
        if (broughtBack.isPresent()) {
            return deployment.pinned(broughtBack.get(), facts.moment().millis());
        }
        return tasks.stream()
                .filter(t -> t.generation() == deployment.generation() && hasImages(t))
                .min(Comparator.<Task>comparingLong(t -> t.times().createdAt()).thenComparing(Task::id))
                .map(first ->
                        deployment.pinned(images(first, open), facts.moment().millis()))
                .orElse(deployment);
    }

    /** Containers of which it is not known yet what their tags stand for. */
    static List<String> open(ClusterState state, Deployment deployment) {
        return state.taskDefinition(deployment.taskDefinition())
                .map(TaskDefinitionRevision::spec)
                .map(spec -> spec.getContainerDefinitionsList().stream()
                        .filter(ImagePins::byTag)
                        .map(ContainerDefinition::getName)
                        .filter(name -> !deployment.images().containsKey(name))
                        .toList())
                .orElse(List.of());
    }

    private static boolean byTag(ContainerDefinition container) {
        return !container.getVersionConsistency().equals("disabled")
                && !container.getImage().contains("@");
    }

    private static Optional<SortedMap<String, String>> broughtBack(ClusterState state, Deployment deployment) {
        return state.deployment(deployment.serviceUid(), deployment.origin().broughtBack())
                .filter(before -> before.taskDefinition().equals(deployment.taskDefinition()))
                .map(Deployment::images)
                .filter(images -> !images.isEmpty());
    }

    private static boolean hasImages(Task task) {
        return task.times().pullStoppedAt() != 0 || task.status() == TaskStatus.RUNNING;
    }

    /** Empty for an image without a digest: that is known, too. */
    private static SortedMap<String, String> images(Task first, List<String> open) {
        SortedMap<String, String> images = new TreeMap<>();
        open.forEach(name -> images.put(name, ""));
        for (TaskContainer container : first.containers()) {
            images.computeIfPresent(container.name(), (name, none) -> container.imageDigest());
        }
        return images;
    }
}
