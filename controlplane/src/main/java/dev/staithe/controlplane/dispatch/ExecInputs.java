package dev.staithe.controlplane.dispatch;

import com.google.protobuf.ByteString;
import dev.staithe.proto.agent.v1.ExecInput;
import dev.staithe.proto.v1.TerminalSize;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What waits to go down to commands that run on one host, until the wire is free: in turns, and never ahead of what the host
 * is to hold.
 *
 * <p>Confined to the control loop. Bounded by whoever adds: input by what the host has acknowledged; of sizes, and of what was
 * taken of the output, only the last one waits.
 */
final class ExecInputs {
    /** Taken of one command before it is another's turn. */
    private static final int MOST_BYTES = 32 << 10;

    private final NavigableMap<Long, Waiting> waiting = new TreeMap<>();
    private long last;

    private static final class Waiting {
        private final ArrayDeque<ByteString> stdin = new ArrayDeque<>();
        private boolean closed;
        private Optional<TerminalSize> size = Optional.empty();
        private long taken;

        void add(ExecInput input) {
            if (!input.getStdin().isEmpty()) {
                stdin.add(input.getStdin());
            }
            closed |= input.getStdinClosed();
            if (input.hasSize()) {
                size = Optional.of(input.getSize());
            }
            taken = Math.max(taken, input.getOutputTaken());
        }

        ExecInput next() {
            ExecInput.Builder next = ExecInput.newBuilder().setOutputTaken(taken);
            size.ifPresent(next::setSize);
            ByteString bytes = ByteString.EMPTY;
            while (!stdin.isEmpty()
                    && (bytes.isEmpty() || bytes.size() + stdin.element().size() <= MOST_BYTES)) {
                bytes = bytes.concat(stdin.remove());
            }
            size = Optional.empty();
            taken = 0;
            return next.setStdin(bytes)
                    .setStdinClosed(closed && stdin.isEmpty())
                    .build();
        }

        boolean isEmpty() {
            return stdin.isEmpty();
        }
    }

    void add(long ask, ExecInput input) {
        waiting.computeIfAbsent(ask, fresh -> new Waiting()).add(input);
    }

    void forget(long ask) {
        waiting.remove(ask);
    }

    /** What goes next, with the question that it belongs to; empty when nothing waits. */
    Optional<Map.Entry<Long, ExecInput>> next() {
        Map.Entry<Long, Waiting> turn = waiting.higherEntry(last);
        if (turn == null) {
            turn = waiting.firstEntry();
        }
        if (turn == null) {
            return Optional.empty();
        }
        last = turn.getKey();
        ExecInput input = turn.getValue().next();
        if (turn.getValue().isEmpty()) {
            waiting.remove(last);
        }
        return Optional.of(Map.entry(last, input));
    }
}
