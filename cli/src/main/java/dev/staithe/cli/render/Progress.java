package dev.staithe.cli.render;

import dev.staithe.runtime.Time;
import java.io.PrintStream;
import java.time.Duration;

/**
 * What a waiting command shows: on a terminal one line that is drawn again and again, in a pipe a plain line for each
 * change. Confined to the thread of the command.
 */
public final class Progress implements AutoCloseable {
    private static final String[] WHEEL = {"|", "/", "-", "\\"};
    // Without wrapping, so that a line that is too long for the terminal is cut by it and can be drawn over.
    private static final String DRAW = "\r\u001b[2K\u001b[?7l";
    private static final String DRAWN = "\u001b[?7h";
    private static final String ERASE = "\r\u001b[2K";

    private final PrintStream to;
    private final boolean live;
    private final Time time;
    private final String subject;
    private final long started;
    private String shown = "";
    private int turn;

    /**
     * @param to standard output, or standard error when that belongs to a script
     * @param subject what is waited for; stands at the front of each line
     */
    public Progress(PrintStream to, boolean live, Time time, String subject) {
        this.to = to;
        this.live = live;
        this.time = time;
        this.subject = subject;
        this.started = time.nanos();
    }

    /** How often a live line wants to be {@link #tick}ed. */
    public static Duration beat() {
        return Duration.ofMillis(250);
    }

    /** Since the wait began. */
    public Duration elapsed() {
        return Duration.ofNanos(time.nanos() - started);
    }

    /** How far it is now. */
    public void show(String state) {
        boolean changed = !state.equals(shown);
        shown = state;
        if (live) {
            draw();
        } else if (changed) {
            to.println(subject + ": " + state);
        }
    }

    /** Time passes. */
    public void tick() {
        tick(shown);
    }

    /** Time passes, and on a terminal it is this far now. */
    public void tick(String state) {
        if (live && !shown.isEmpty()) {
            shown = state;
            turn++;
            draw();
        }
    }

    /** A line that stays. */
    public void note(String line) {
        if (live) {
            to.print(ERASE);
        }
        to.println(line);
        if (live && !shown.isEmpty()) {
            draw();
        }
    }

    private void draw() {
        to.print(DRAW + WHEEL[turn % WHEEL.length] + " " + subject + ": " + shown + "  " + Words.duration(elapsed())
                + DRAWN);
        to.flush();
    }

    /** Takes the live line away: what it said is over. */
    @Override
    public void close() {
        if (live && !shown.isEmpty()) {
            to.print(ERASE);
            to.flush();
        }
    }
}
