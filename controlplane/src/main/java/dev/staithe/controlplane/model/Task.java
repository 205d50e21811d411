package dev.staithe.controlplane.model;

import dev.staithe.proto.v1.Tag;
import dev.staithe.proto.v1.TaskOverride;
import java.util.List;

/**
 * A task: where it was placed, what is wanted of it and what its host last said of it.
 *
 * @param startedBy the deployment's id for a task of a service
 * @param serviceUid empty for a standalone task
 * @param stopWanted desiredStatus STOPPED; never goes back
 * @param version grows with every stored change
 * @param observation of the newest report that was merged; older ones are ignored
 * @param stopCode empty until it is known why it stops
 * @param demand what it takes of its host until it is STOPPED
 * @param marks what else is kept with it
 */
public record Task(
        String id,
        String cluster,
        TaskDefinitionRef taskDefinition,
        String instanceId,
        String group,
        String startedBy,
        String serviceUid,
        long generation,
        boolean stopWanted,
        TaskStatus status,
        long version,
        long observation,
        String stopCode,
        String stoppedReason,
        List<TaskContainer> containers,
        Times times,
        TaskOverride overrides,
        Demand demand,
        Marks marks) {
    public Task {
        containers = List.copyOf(containers);
    }

    /** When things happened, in milliseconds since the epoch, for people; 0 = not yet. */
    public record Times(
            long createdAt, long pullStartedAt, long pullStoppedAt, long startedAt, long stoppingAt, long stoppedAt) {
        public static Times created(long at) {
            return new Times(at, 0, 0, 0, 0, 0);
        }
    }

    /**
     * What is kept with a task, and decides nothing about its life.
     *
     * @param protectedUntilMillis by the leader's wall clock: scale-in and deployments leave it alone until then; 0 = never
     * @param moving a task of a service that is to be replaced elsewhere before it is stopped
     * @param gpus ids of its host's GPUs that are its own
     * @param executeCommand whether commands may be run in its containers
     */
    public record Marks(
            List<Tag> tags,
            long protectedUntilMillis,
            boolean moving,
            List<String> gpus,
            String referenceId,
            boolean executeCommand) {
        public static final Marks NONE = new Marks(List.of(), 0, false, List.of(), "", false);

        public Marks {
            tags = List.copyOf(tags);
            gpus = List.copyOf(gpus);
        }

        public Marks tagged(List<Tag> wanted) {
            return new Marks(wanted, protectedUntilMillis, moving, gpus, referenceId, executeCommand);
        }

        public Marks protectedUntil(long millis) {
            return new Marks(tags, millis, moving, gpus, referenceId, executeCommand);
        }

        public Marks moving(boolean wanted) {
            return new Marks(tags, protectedUntilMillis, wanted, gpus, referenceId, executeCommand);
        }
    }

    public boolean stopped() {
        return status == TaskStatus.STOPPED;
    }

    /** What users are shown as desiredStatus STOPPED: as in ECS, also what stops or has stopped by itself. */
    public boolean wantedNoMore() {
        return stopWanted || status.compareTo(TaskStatus.DEACTIVATING) >= 0;
    }

    /** PENDING or RUNNING, and meant to stay: what counts toward the bounds of a deployment. */
    public boolean live() {
        return !stopWanted && (status == TaskStatus.PENDING || status == TaskStatus.RUNNING);
    }

    public boolean standalone() {
        return serviceUid.isEmpty();
    }

    /** UNHEALTHY if a container is, HEALTHY if every container with a check is and there is one, else UNKNOWN. */
    public Health health() {
        boolean healthy = false;
        boolean unknown = false;
        for (TaskContainer container : containers) {
            switch (container.health()) {
                case UNHEALTHY -> {
                    return Health.UNHEALTHY;
                }
                case HEALTHY -> healthy = true;
                case UNKNOWN -> unknown |= container.checked();
            }
        }
        return healthy && !unknown ? Health.HEALTHY : Health.UNKNOWN;
    }

    /** Whether a container has a health check that decides about the task. */
    public boolean checked() {
        return containers.stream().anyMatch(TaskContainer::checked);
    }

    /** A changed copy: the one way to make the next version of a task. */
    public Task with(
            boolean wantStop,
            TaskStatus next,
            long seen,
            String code,
            String reason,
            List<TaskContainer> parts,
            Times when) {
        return changed(wantStop, next, seen, code, reason, parts, when, marks);
    }

    /** The task with other marks. */
    public Task marked(Marks next) {
        return changed(stopWanted, status, observation, stopCode, stoppedReason, containers, times, next);
    }

    /** The task, on another instance: for asking what if. A task never moves; another one takes its place. */
    public Task on(String other) {
        return new Task(
                id,
                cluster,
                taskDefinition,
                other,
                group,
                startedBy,
                serviceUid,
                generation,
                stopWanted,
                status,
                version,
                observation,
                stopCode,
                stoppedReason,
                containers,
                times,
                overrides,
                demand,
                marks);
    }

    private Task changed(
            boolean wantStop,
            TaskStatus next,
            long seen,
            String code,
            String reason,
            List<TaskContainer> parts,
            Times when,
            Marks noted) {
        return new Task(
                id,
                cluster,
                taskDefinition,
                instanceId,
                group,
                startedBy,
                serviceUid,
                generation,
                wantStop,
                next,
                version + 1,
                seen,
                code,
                reason,
                parts,
                when,
                overrides,
                demand,
                noted);
    }

    /** The task, wanted stopped for this reason. */
    public Task stopping(String code, String reason, long atMillis) {
        Times when = new Times(
                times.createdAt,
                times.pullStartedAt,
                times.pullStoppedAt,
                times.startedAt,
                times.stoppingAt == 0 ? atMillis : times.stoppingAt,
                times.stoppedAt);
        return with(true, status, observation, code, reason, containers, when);
    }

    /** The task, over without its host having said so: the host is gone, or never held it. */
    public Task lost(String code, String reason, long atMillis) {
        Times when = new Times(
                times.createdAt,
                times.pullStartedAt,
                times.pullStoppedAt,
                times.startedAt,
                times.stoppingAt == 0 ? atMillis : times.stoppingAt,
                atMillis);
        return with(
                true,
                TaskStatus.STOPPED,
                observation,
                stopCode.isEmpty() ? code : stopCode,
                stoppedReason.isEmpty() ? reason : stoppedReason,
                containers,
                when);
    }
}
