package dev.staithe.controlplane.placement;

import java.util.ArrayList;
import java.util.List;

/** What a host lacks for a task, in the order in which it was found. */
final class Shortages {
    private final List<String> details = new ArrayList<>();
    private Reason first = Reason.PORTS;
    private long lacking;

    void amount(Reason reason, String what, String unit, long needed, long free, long all) {
        if (needed > free) {
            // A host that was registered again with less than its tasks hold has nothing left, not less.
            long left = Math.max(0, free);
            add(
                    reason,
                    needed - left,
                    what + ": needs " + needed + " " + unit + ", " + left + " of " + all + " " + unit + " free");
        }
    }

    void add(Reason reason, long missing, String detail) {
        if (details.isEmpty()) {
            first = reason;
        }
        if (reason == first) {
            lacking += missing;
        }
        details.add(detail);
    }

    Verdict verdict() {
        return details.isEmpty() ? Capacity.FITS : new Verdict.Refused(first, lacking, String.join("; ", details));
    }
}
