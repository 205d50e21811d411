package dev.staithe.agent.stats;

import dev.staithe.agent.session.Asks;
import dev.staithe.proto.agent.v1.Answer;
import dev.staithe.proto.agent.v1.Ask;
import dev.staithe.proto.v1.ContainerStats;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Answers the control plane's questions for what containers use, each with one look. Confined to the loop. */
public final class StatsAnswers implements Asks {
    private final Meter meter;

    /** Questions of this session that wait for a look. */
    private final TreeSet<Long> open = new TreeSet<>();

    private long session;

    public StatsAnswers(Meter meter) {
        this.meter = meter;
    }

    @Override
    public void asked(Ask ask, Wire wire) {
        switch (ask.getKindCase()) {
            case STATS -> measure(ask.getId(), new TreeSet<>(ask.getStats().getTaskIdsList()), wire);
            case CANCEL -> open.remove(ask.getId());
            case LOGS, EXEC, EXEC_INPUT, PULLS, KIND_NOT_SET ->
                throw new IllegalArgumentException(ask.getKindCase() + " (expected: STATS or CANCEL)");
        }
    }

    @Override
    public void writable() {
        // Answers are small, and as many as questions.
    }

    @Override
    public void disconnected() {
        open.clear();
        session++;
    }

    private void measure(long id, SortedSet<String> tasks, Wire wire) {
        long asked = session;
        open.add(id);
        meter.measure(figures -> {
            if (session == asked && open.remove(id)) {
                List<ContainerStats> wanted = figures.stream()
                        .filter(figure -> tasks.isEmpty() || tasks.contains(figure.getTaskId()))
                        .toList();
                wire.send(Answer.newBuilder()
                        .setId(id)
                        .addAllStats(wanted)
                        .setEnd(true)
                        .build());
            }
        });
    }
}
