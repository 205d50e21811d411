package dev.staithe.agent.secrets;

import dev.staithe.agent.container.Confidential;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.runtime.Effects;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.NonNull;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets what a container needs to be created beside its definition, and sees to it that nothing of it stays when the task is
 * over. Used by the task workers, on the loop.
 */
public final class TaskSecrets {
    private static final Logger LOG = LoggerFactory.getLogger(TaskSecrets.class);

    /** Creates the container of a complete request; blocks. */
    @FunctionalInterface
    public interface Creation<T> {
        T create(ContainerRequest request) throws ContainerFault;
    }

    private final EventLoop loop;
    private final Effects effects;
    private final SecretSource source;
    private final SecretFiles files;
    private final Consumer<String> over;

    /**
     * Gets them from the source.
     *
     * @param over told of each task that is over, whose credentials are dropped
     */
    public TaskSecrets(EventLoop loop, Effects effects, SecretSource source, SecretFiles files, Consumer<String> over) {
        this.loop = loop;
        this.effects = effects;
        this.source = source;
        this.files = files;
        this.over = over;
    }

    /** Completes the request, then creates the container, as an effect; the values live no longer than that. */
    public <T extends @NonNull Object> void create(
            ContainerRequest request, Creation<T> creation, Consumer<Outcome<T>> then) {
        source.fetch(request.taskId(), ContainerSecrets.names(request.container()), outcome -> {
            switch (outcome) {
                case Outcome.Done<SecretValues> done ->
                    effects.run(loop, created(request, done.value(), creation), then);
                case Outcome.Failed<SecretValues> failed -> then.accept(new Outcome.Failed<>(failed.cause()));
            }
        });
    }

    private <T extends @NonNull Object> Callable<T> created(
            ContainerRequest request, SecretValues values, Creation<T> creation) {
        return () -> {
            if (values.isEmpty()) {
                return creation.create(request);
            }
            Confidential confidential = ContainerSecrets.confidential(request.container(), values)
                    .with(files.write(
                            request.taskId(),
                            request.container().getName(),
                            request.container().getUser(),
                            ContainerSecrets.files(request.container(), values)));
            try {
                return creation.create(request.with(confidential));
            } catch (ContainerFault fault) {
                throw confidential.hiddenIn(fault);
            }
        };
    }

    /** The task is over: what was there for it goes. */
    public void release(LocalTask task) {
        String taskId = task.taskId();
        over.accept(taskId);
        if (mayHaveFiles(task.assignment())) {
            said(() -> files.remove(taskId), "the secrets of task " + taskId + " could not be removed from memory");
        }
    }

    /** Of a task that was found on the host nobody knows. */
    private static boolean mayHaveFiles(@Nullable AssignedTask assignment) {
        return assignment == null
                || assignment.definition().getContainerDefinitionsList().stream()
                        .flatMap(container -> container.getSecretsList().stream())
                        .anyMatch(secret -> !secret.getContainerPath().isEmpty());
    }

    /** The host holds these tasks: what is there for others was left behind. */
    public void keepOnly(Set<String> taskIds) {
        said(() -> files.removeAllBut(taskIds), "secrets of earlier tasks could not be removed from memory");
    }

    private void said(Callable<Boolean> work, String otherwise) {
        effects.run(loop, work, outcome -> {
            switch (outcome) {
                case Outcome.Done<Boolean> done -> {}
                case Outcome.Failed<Boolean> failed ->
                    LOG.atWarn().addKeyValue("cause", failed.cause().toString()).log(otherwise);
            }
        });
    }
}
