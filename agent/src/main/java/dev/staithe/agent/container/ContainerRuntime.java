package dev.staithe.agent.container;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * The container engine of this host, as far as Staithe needs it.
 *
 * <p>Calls block, each with a deadline of its own, and are made from effects. Every call may be made again after a crash:
 * doing a thing twice changes nothing the second time. Only containers and volumes that carry this agent's labels are ever
 * listed, changed or removed.
 */
public interface ContainerRuntime extends AutoCloseable {
    /** Asks the engine who it is; also the way to find out whether it answers. */
    EngineInfo engine() throws ContainerFault;

    /** The images that containers are made of. */
    Images images();

    /** Commands in containers that run. */
    Execs execs();

    /**
     * Creates a container, not started. When one of that name exists already and carries our labels for the same task and
     * container, that one is the answer.
     *
     * @return the engine's id
     */
    String create(ContainerRequest request) throws ContainerFault;

    /** Starts the container; nothing happens when it runs already. */
    void start(String id) throws ContainerFault;

    /**
     * Sends the image's stop signal (SIGTERM by default), and SIGKILL when the container still runs after the grace
     * period. Returns when it has stopped, at once when it had, never ran, or is gone.
     */
    void stop(String id, Duration grace) throws ContainerFault;

    /**
     * Removes a container that does not run, and its anonymous volumes; nothing happens when it is gone. One that runs is
     * a fault: stop it first.
     */
    void remove(String id) throws ContainerFault;

    /** Removes a volume that was made for one task; nothing happens when it is gone or was not made by us. */
    void removeVolume(String name) throws ContainerFault;

    /**
     * Makes a network ready: a container that does nothing but hold it, running when this returns. One of that name that is
     * there already is the answer.
     *
     * @param request from {@link NetworkSettings#request}
     * @return its id
     */
    String makeSandbox(ContainerRequest request) throws ContainerFault;

    /**
     * Ends a sandbox and removes it; nothing happens when it is gone. Containers that joined it lose their network, and its
     * host ports are free. Anything but a sandbox of this agent is a fault.
     */
    void removeSandbox(String id) throws ContainerFault;

    /**
     * The container as it is now; empty when it is gone or another's.
     *
     * @param id the engine's, or the unique name that it was made with
     */
    Optional<ContainerView> inspect(String id) throws ContainerFault;

    /**
     * What a running container uses, in the JSON of Docker's API ({@code GET /containers/ID/stats}, one look); empty when it is
     * gone or another's.
     *
     * @param twice look twice, a second or two apart, so that what lies between is in {@code precpu_stats}; else that is empty
     */
    Optional<String> statistics(String id, boolean twice) throws ContainerFault;

    /** Every container of this agent, sandboxes included, running or not, by label. */
    List<ContainerView> list() throws ContainerFault;

    /** Task-scoped volumes of this agent, by label, with the task that each was made for. */
    List<TaskVolume> listVolumes() throws ContainerFault;

    /** Tasks of this agent that have limits as a whole, beside those of their containers: made with the first of them. */
    SortedSet<String> taskGroups() throws ContainerFault;

    /** Removes what holds the limits of a task as a whole; nothing happens when it has none. A fault while containers run in it. */
    void removeTaskGroup(String taskId) throws ContainerFault;

    /**
     * Tells the listener about every change of a container of this agent from now on. Not told, or not always: what a call to
     * this runtime did; whoever makes it looks afterwards. Events are hints: whoever is told looks. They may repeat, come late,
     * or be lost with the connection, after which the listener is told to relist.
     */
    Watch watch(Listener listener);

    /** Reads what the container wrote. The lines come on a thread of the runtime's. */
    LogStream logs(String id, LogRequest request, LogSink sink);

    @Override
    void close();

    /** A subscription to changes. */
    interface Watch extends AutoCloseable {
        /** No call to the listener starts after this returns. */
        @Override
        void close();
    }

    /** Who is told of changes. */
    interface Listener {
        /** Something happened to the container: look. */
        void changed(String id);

        /** Events may have been lost, or the watch has just begun: list everything. */
        void relist();
    }

    /** A running read of logs. */
    interface LogStream extends AutoCloseable {
        /** Ends the read: the sink hears nothing more, not even its end. */
        @Override
        void close();
    }

    /** Where log lines go. */
    interface LogSink {
        void line(boolean stderr, long timeMillis, String message);

        /** No line follows. The error is empty when the read came to its end. */
        void end(Optional<ContainerFault> error);
    }

    /**
     * Which lines.
     *
     * @param tail how many of the last lines to begin with; negative = all
     * @param sinceMillis only lines of this time and later, milliseconds since the epoch; 0 = all
     * @param follow go on until the container stops or the stream is closed
     */
    record LogRequest(int tail, long sinceMillis, boolean follow) {
        /** From the first line on. */
        public static LogRequest whole(boolean follow) {
            return new LogRequest(-1, 0, follow);
        }
    }

    /** A volume that belongs to one task. */
    record TaskVolume(String name, String taskId) {}
}
