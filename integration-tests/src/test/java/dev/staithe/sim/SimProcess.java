package dev.staithe.sim;

import java.util.ArrayList;
import java.util.List;

/**
 * The life of one process, from its start to its end: what is scheduled for it is dropped once it was killed, and kept while
 * it is paused. Its successor after a restart is another one.
 */
final class SimProcess {
    /** Unwinds the work that a killed process was in the middle of. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1;

        Killed(String name) {
            super(name + " was killed", null, false, false);
        }
    }

    private enum Life {
        RUNNING,
        PAUSED,
        DEAD
    }

    private final String name;
    private final SimScheduler scheduler;
    private final List<SimScheduler.Event> parked = new ArrayList<>();
    private final List<Runnable> atDeath = new ArrayList<>();
    private boolean wasPaused;
    private Life life = Life.RUNNING;

    SimProcess(String name, SimScheduler scheduler) {
        this.name = name;
        this.scheduler = scheduler;
    }

    String name() {
        return name;
    }

    boolean dead() {
        return life == Life.DEAD;
    }

    boolean paused() {
        return life == Life.PAUSED;
    }

    /** Whether it was paused at any time of its life. */
    boolean wasPaused() {
        return wasPaused;
    }

    boolean running() {
        return life == Life.RUNNING;
    }

    /** Stops it in its tracks, as SIGSTOP does. */
    void pause() {
        if (life == Life.RUNNING) {
            life = Life.PAUSED;
            wasPaused = true;
        }
    }

    /** Goes on: everything that was due meanwhile comes now, in the order in which it was due. */
    void resume() {
        if (life == Life.PAUSED) {
            life = Life.RUNNING;
            List<SimScheduler.Event> due = List.copyOf(parked);
            parked.clear();
            due.forEach(scheduler::again);
        }
    }

    /** Ends it at once, as SIGKILL does: nothing scheduled for it will run. */
    void kill() {
        if (life != Life.DEAD) {
            life = Life.DEAD;
            parked.clear();
            atDeath.forEach(Runnable::run);
            atDeath.clear();
        }
    }

    /** What the operating system does when the process ends. */
    void atDeath(Runnable work) {
        atDeath.add(work);
    }

    void park(SimScheduler.Event event) {
        parked.add(event);
    }

    /** Unwinds the caller when the process was killed while it waited. */
    void requireAlive() {
        if (dead()) {
            throw new Killed(name);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
