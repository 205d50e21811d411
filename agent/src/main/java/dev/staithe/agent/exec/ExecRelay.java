package dev.staithe.agent.exec;

import dev.staithe.agent.container.Execs;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.session.Asks;
import dev.staithe.proto.agent.v1.Answer;
import dev.staithe.proto.agent.v1.Ask;
import dev.staithe.proto.agent.v1.ExecAsk;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the control plane's orders to run a command in a container.
 *
 * <p>What it allows, it finds out for itself: the task must have been assigned with the permission. Soft state, confined to
 * the loop: a command ends with its caller, with the session, and with the agent.
 */
public final class ExecRelay implements Asks {
    private static final Logger LOG = LoggerFactory.getLogger(ExecRelay.class);

    /** At the same time. */
    static final int MOST_COMMANDS = 20;

    private final Environment environment;
    private final EventLoop loop;
    private final Execs execs;
    private final Function<String, Optional<LocalTask>> tasks;
    private final TreeMap<Long, ExecSession> sessions = new TreeMap<>();

    /**
     * Makes a relay.
     *
     * @param tasks the tasks of this host, by id
     */
    public ExecRelay(
            Environment environment, EventLoop loop, Execs execs, Function<String, Optional<LocalTask>> tasks) {
        this.environment = environment;
        this.loop = loop;
        this.execs = execs;
        this.tasks = tasks;
    }

    @Override
    public void asked(Ask ask, Wire wire) {
        switch (ask.getKindCase()) {
            case EXEC -> run(ask.getId(), ask.getExec(), wire);
            // For one that has ended meanwhile there is nothing to do.
            case EXEC_INPUT ->
                Optional.ofNullable(sessions.get(ask.getId())).ifPresent(s -> s.more(ask.getExecInput()));
            case CANCEL -> Optional.ofNullable(sessions.remove(ask.getId())).ifPresent(ExecSession::close);
            case LOGS, STATS, PULLS, KIND_NOT_SET ->
                refuse(ask.getId(), "this agent cannot answer that question", wire);
        }
    }

    @Override
    public void writable() {
        List.copyOf(sessions.values()).forEach(ExecSession::drain);
    }

    @Override
    public void disconnected() {
        List.copyOf(sessions.values()).forEach(ExecSession::close);
        sessions.clear();
    }

    private void run(long id, ExecAsk ask, Wire wire) {
        if (sessions.containsKey(id)) {
            return;
        }
        Optional<String> wrong = ExecCheck.problem(ask);
        if (wrong.isPresent()) {
            refuse(id, wrong.get(), wire);
            return;
        }
        Optional<LocalTask> task = tasks.apply(ask.getTaskId());
        Optional<LocalContainer> container = task.flatMap(t -> t.container(ask.getContainer()));
        Optional<String> refusal = ExecCheck.refusal(ask, task, container);
        if (refusal.isEmpty() && sessions.size() >= MOST_COMMANDS) {
            refusal = Optional.of(
                    "this host already runs " + MOST_COMMANDS + " commands for callers; try again when one has ended");
        }
        if (refusal.isPresent()) {
            refuse(id, refusal.get(), wire);
            return;
        }
        ExecSession session = new ExecSession(id, environment, loop, wire, () -> sessions.remove(id));
        sessions.put(id, session);
        session.begin(execs, container.orElseThrow().runtimeId(), ExecCheck.command(ask));
        LOG.atInfo()
                .addKeyValue("task", ask.getTaskId())
                .addKeyValue("container", ask.getContainer())
                .log("a caller runs a command in the container");
    }

    private static void refuse(long id, String error, Wire wire) {
        wire.send(Answer.newBuilder().setId(id).setEnd(true).setError(error).build());
    }
}
