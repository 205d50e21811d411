package dev.staithe.controlplane.intent;

import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import dev.staithe.controlplane.model.Usage;
import dev.staithe.controlplane.model.Waiting;
import dev.staithe.controlplane.state.ClusterState;
import java.util.List;

/** Tries out what the scheduler would do. The control loop's package implements it; nothing is written. */
public interface Rehearsals {
    /** What would happen to a cluster in that state if all of this were so. May take seconds in a large cluster. */
    Rehearsed rehearse(ClusterState live, String cluster, List<Supposition> suppositions);

    /**
     * What would happen until nothing moves any more.
     *
     * @param revision of the state that it began with
     * @param actions in their order
     * @param shortages services with tasks that found no place in the end
     * @param hosts by name
     * @param notes what kept the scheduler from finishing, for people
     */
    record Rehearsed(
            long revision, List<Action> actions, List<Shortage> shortages, List<Host> hosts, List<String> notes) {
        public Rehearsed {
            actions = List.copyOf(actions);
            shortages = List.copyOf(shortages);
            hosts = List.copyOf(hosts);
            notes = List.copyOf(notes);
        }
    }

    /**
     * A task that would be started or stopped.
     *
     * @param step 1, 2, ...: those of one step happen together
     * @param starts or else stops
     * @param service empty for a standalone task
     * @param known whether the task is there already
     */
    record Action(
            int step,
            boolean starts,
            String taskId,
            boolean known,
            String service,
            TaskDefinitionRef definition,
            ContainerInstance host,
            String reason) {
        /** The action, in another step. */
        public Action at(int other) {
            return new Action(other, starts, taskId, known, service, definition, host, reason);
        }
    }

    /** Tasks of a service that found no place. */
    record Shortage(String service, Waiting waiting) {}

    /** A host, before and after. */
    record Host(ContainerInstance instance, Fate fate, Usage before, Usage after) {}

    /** What was supposed of a host. */
    enum Fate {
        KEPT,
        ADDED,
        DRAINED,
        LOST
    }
}
