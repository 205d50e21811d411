package dev.staithe.runtime;

/**
 * How far one container's log was read, so that it can be read on from there: by the time of the last line and the number of
 * lines of that time, because a log can only be asked for from a time on. Used by one thread at a time.
 */
public final class LogPosition {
    private volatile long time;
    private int ofThatTime;
    private int toSkip;

    /** The log is read again, from {@link #time} on. */
    public void again() {
        toSkip = ofThatTime;
    }

    /** From when to read on, milliseconds since the epoch; 0 = nothing was read. */
    public long time() {
        return time;
    }

    /** Whether this line has not been read before. */
    public boolean fresh(long lineTime) {
        if (lineTime < time) {
            // Of a time that is behind: read before, unless two streams were out of step by a moment.
            return toSkip == 0;
        }
        if (lineTime > time) {
            time = lineTime;
            ofThatTime = 1;
            toSkip = 0;
            return true;
        }
        if (toSkip > 0) {
            toSkip--;
            return false;
        }
        ofThatTime++;
        return true;
    }
}
