package dev.staithe.controlplane.intent;

import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.state.ClusterState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A leader that notes what it is told, and does nothing; it leads, unless the test says otherwise. */
public final class FakeLeader implements TaskCommands {
    public final List<Record> told = new CopyOnWriteArrayList<>();
    private final World world;
    private volatile Optional<Exception> failure = Optional.empty();

    public FakeLeader(World world) {
        this.world = world;
    }

    public void failsWith(Exception cause) {
        failure = Optional.of(cause);
    }

    /** What it was told of this type. */
    public <T extends Record> List<T> told(Class<T> type) {
        return told.stream().filter(type::isInstance).map(type::cast).toList();
    }

    @Override
    public ClusterState leaderState() throws IntentException {
        if (failure.isPresent()) {
            if (failure.get() instanceof IntentException refusal) {
                throw refusal;
            }
            throw (RuntimeException) failure.get();
        }
        return world.state();
    }

    @Override
    public Written<Outcome> run(RunTasks command) {
        told.add(command);
        return new Written<>(new Outcome(List.of(), List.of()), 1);
    }

    @Override
    public Written<Outcome> start(StartTasks command) {
        told.add(command);
        return new Written<>(new Outcome(List.of(), List.of()), 1);
    }

    @Override
    public Written<Task> stop(StopTask command) {
        told.add(command);
        return new Written<>(world.state().task(command.taskId()).orElseThrow(), 1);
    }

    @Override
    public Written<Outcome> protect(ProtectTasks command) {
        told.add(command);
        List<Task> tasks = new ArrayList<>();
        command.taskIds().forEach(id -> world.state().task(id).ifPresent(tasks::add));
        return new Written<>(new Outcome(tasks, List.of()), 1);
    }

    @Override
    public Written<Task> tag(TagTask command) {
        told.add(command);
        return new Written<>(world.state().task(command.taskId()).orElseThrow(), 1);
    }
}
