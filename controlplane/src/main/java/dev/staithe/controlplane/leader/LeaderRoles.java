package dev.staithe.controlplane.leader;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What only a leader runs, in one list: started in order, each once the one before it is ready, and stopped in reverse.
 * Nothing that only a leader may do is started or stopped elsewhere.
 *
 * <p>Confined to the control loop. The list is made once, before anything runs.
 */
public final class LeaderRoles {
    /** One thing that only a leader does. Called on the control loop. */
    public interface Role {
        /**
         * Begins.
         *
         * @param ready run when the roles after this one may begin, at once or later; never after {@link #stop}
         */
        void start(Leadership leadership, Runnable ready);

        /** Ends: nothing of it goes on when this returns. Nothing happens when it does not run. */
        void stop(String why);

        /** Whether anything of it goes on. */
        boolean running();
    }

    private record Named(String name, Role role) {}

    private final List<Named> roles = new ArrayList<>();
    private Optional<Leadership> term = Optional.empty();
    private int started;

    /** Adds a role; it is started after and stopped before those registered earlier. */
    public void register(String name, Role role) {
        roles.add(new Named(name, role));
    }

    /** Takes office. */
    public void start(Leadership leadership) {
        stop("a new term begins");
        term = Optional.of(leadership);
        startNext(leadership, 0);
    }

    private void startNext(Leadership leadership, int index) {
        // INVARIANT: a role that is ready late, in another term or for a second time, starts nothing.
        if (!term.equals(Optional.of(leadership)) || started != index || index == roles.size()) {
            return;
        }
        started++;
        roles.get(index).role().start(leadership, () -> startNext(leadership, index + 1));
    }

    /** Leaves office: stops what was started. */
    public void stop(String why) {
        term = Optional.empty();
        while (started > 0) {
            started--;
            roles.get(started).role().stop(why);
        }
    }

    /** The names of all roles, in their order. */
    public List<String> names() {
        return roles.stream().map(Named::name).toList();
    }

    /** The names of the roles of which something goes on. */
    public List<String> running() {
        return roles.stream().filter(r -> r.role().running()).map(Named::name).toList();
    }
}
