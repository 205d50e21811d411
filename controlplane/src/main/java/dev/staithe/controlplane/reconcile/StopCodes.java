package dev.staithe.controlplane.reconcile;

/** Why tasks stop, as ECS names it. */
final class StopCodes {
    static final String FAILED_TO_START = "TaskFailedToStart";
    static final String ESSENTIAL_EXITED = "EssentialContainerExited";
    static final String SCHEDULER = "ServiceSchedulerInitiated";
    static final String HOST_GONE = "TerminationNotice";

    /** The reason of a task that the scheduler stops because of its health. */
    static final String FAILED_HEALTH_CHECKS = "Task failed container health checks";

    /** The reason of a task of a service that the scheduler stops because its host is being drained. */
    static final String HOST_DRAINED = "Container instance is in DRAINING: Task stopped as its instance was drained";

    /** The reason of a task that was moved to make the spread even. */
    static final String REBALANCED = "Task stopped due to AZ rebalancing";

    private StopCodes() {}
}
