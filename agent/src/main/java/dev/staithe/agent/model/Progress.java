package dev.staithe.agent.model;

/**
 * How far a task has come.
 *
 * @param stopCode why it ended, in ECS's words; empty when the control plane asked for the end: it knows the code
 * @param volumesRemoved whether the volumes made for this task alone have been removed
 */
public record Progress(Status status, String stopCode, String stopReason, Times times, boolean volumesRemoved) {
    /** A task's states, in ECS's words; they never go back. */
    public enum Status {
        PENDING,
        RUNNING,
        /** It is to stop, and takes no new connections; those that it has may go on for a while. */
        DEACTIVATING,
        STOPPING,
        STOPPED
    }

    /** By the host's clock, milliseconds since the epoch; 0 = not yet. For people, and for when to clean up. */
    public record Times(
            long pullStartedAt,
            long pullStoppedAt,
            long startedAt,
            long deactivatingAt,
            long stoppingAt,
            long stoppedAt) {
        /** Nothing has happened yet. */
        public static final Times NONE = new Times(0, 0, 0, 0, 0, 0);

        public Times pullStarted(long now) {
            return pullStartedAt > 0
                    ? this
                    : new Times(now, pullStoppedAt, startedAt, deactivatingAt, stoppingAt, stoppedAt);
        }

        public Times pullStopped(long now) {
            return pullStoppedAt > 0
                    ? this
                    : new Times(pullStartedAt, now, startedAt, deactivatingAt, stoppingAt, stoppedAt);
        }

        public Times started(long now) {
            return startedAt > 0
                    ? this
                    : new Times(pullStartedAt, pullStoppedAt, now, deactivatingAt, stoppingAt, stoppedAt);
        }

        public Times deactivating(long now) {
            return deactivatingAt > 0
                    ? this
                    : new Times(pullStartedAt, pullStoppedAt, startedAt, now, stoppingAt, stoppedAt);
        }

        public Times stopping(long now) {
            return stoppingAt > 0
                    ? this
                    : new Times(pullStartedAt, pullStoppedAt, startedAt, deactivatingAt, now, stoppedAt);
        }

        public Times stopped(long now) {
            return stoppedAt > 0
                    ? this
                    : new Times(pullStartedAt, pullStoppedAt, startedAt, deactivatingAt, stoppingAt, now);
        }
    }

    /** Where every task begins. */
    public static final Progress BEGUN = new Progress(Status.PENDING, "", "", Times.NONE, false);

    public Progress running(long now) {
        return status == Status.PENDING ? new Progress(Status.RUNNING, "", "", times.started(now), false) : this;
    }

    /** It is to end for this cause, once its connections have; the first cause stays. */
    public Progress deactivating(String code, String reason, long now) {
        return status == Status.RUNNING
                ? new Progress(Status.DEACTIVATING, code, reason, times.deactivating(now), false)
                : this;
    }

    /** It is to end for this cause; the first cause stays. */
    public Progress ending(String code, String reason, long now) {
        return switch (status) {
            case PENDING, RUNNING -> new Progress(Status.STOPPING, code, reason, times.stopping(now), false);
            case DEACTIVATING -> new Progress(Status.STOPPING, stopCode, stopReason, times.stopping(now), false);
            case STOPPING, STOPPED -> this;
        };
    }

    public Progress ended(long now) {
        return new Progress(
                Status.STOPPED, stopCode, stopReason, times.stopping(now).stopped(now), volumesRemoved);
    }

    public Progress at(Times newTimes) {
        return new Progress(status, stopCode, stopReason, newTimes, volumesRemoved);
    }

    public Progress withoutVolumes() {
        return new Progress(status, stopCode, stopReason, times, true);
    }
}
