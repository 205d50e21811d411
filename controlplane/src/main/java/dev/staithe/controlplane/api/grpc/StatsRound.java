package dev.staithe.controlplane.api.grpc;

import dev.staithe.controlplane.dispatch.AgentSessions.Asking;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.agent.v1.Answer;
import dev.staithe.proto.agent.v1.Ask;
import dev.staithe.proto.agent.v1.StatsAsk;
import dev.staithe.proto.v1.ContainerStats;
import dev.staithe.proto.v1.GetStatsResponse;
import dev.staithe.proto.v1.SilentHost;
import dev.staithe.proto.v1.TaskStats;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * One question to every host that has one of the tasks, and the answers put together. Who has not answered in time is named
 * among those that are silent. Confined to the control loop.
 */
final class StatsRound {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final ClusterState state;
    private final Time time;
    private final Consumer<GetStatsResponse> done;
    private final TreeMap<String, List<Task>> unanswered = new TreeMap<>();
    private final TreeMap<String, Asking> asked = new TreeMap<>();
    private final TreeMap<String, List<ContainerStats>> figures = new TreeMap<>();
    private final TreeMap<String, String> silent = new TreeMap<>();
    private final List<Task> tasks;
    private boolean over;

    /** @param tasks that run, whichever hosts they are on */
    StatsRound(ClusterState state, List<Task> tasks, Time time, Consumer<GetStatsResponse> done) {
        this.state = state;
        this.time = time;
        this.done = done;
        this.tasks = tasks.stream()
                .sorted(Comparator.comparing(Task::group).thenComparing(Task::id))
                .toList();
    }

    /** Asks them all; answers once, on the loop. */
    void begin(AgentQuestions agents, EventLoop loop) {
        for (Task task : tasks) {
            unanswered
                    .computeIfAbsent(task.instanceId(), id -> new ArrayList<>())
                    .add(task);
        }
        EventLoop.Timer deadline = loop.after(PATIENCE, this::late);
        SortedMap<String, List<Task>> everybody = new TreeMap<>(unanswered);
        everybody.forEach((instance, held) -> {
            StatsAsk.Builder ask = StatsAsk.newBuilder();
            held.forEach(task -> ask.addTaskIds(task.id()));
            Asking asking = agents.ask(
                    instance, Ask.newBuilder().setStats(ask).build(), part -> answered(instance, part, deadline));
            asked.put(instance, asking);
        });
        finish(deadline);
    }

    void cancel() {
        over = true;
        unanswered
                .keySet()
                .forEach(instance -> asked.getOrDefault(instance, Asking.OVER).cancel());
    }

    private void answered(String instance, Answer part, EventLoop.Timer deadline) {
        if (over || !unanswered.containsKey(instance)) {
            return;
        }
        part.getStatsList()
                .forEach(figure -> figures.computeIfAbsent(figure.getTaskId(), id -> new ArrayList<>())
                        .add(figure));
        if (part.getEnd()) {
            unanswered.remove(instance);
            if (!part.getError().isEmpty()) {
                silent.put(instance, part.getError());
            }
            finish(deadline);
        }
    }

    private void late() {
        if (!over) {
            unanswered.forEach((instance, held) -> {
                silent.put(instance, "no answer within " + PATIENCE.toSeconds() + " s");
                asked.getOrDefault(instance, Asking.OVER).cancel();
            });
            answer();
        }
    }

    private void finish(EventLoop.Timer deadline) {
        // Not before everybody was asked: an agent that is not connected is answered for at once.
        boolean allAsked =
                asked.size() >= tasks.stream().map(Task::instanceId).distinct().count();
        if (!over && allAsked && unanswered.isEmpty()) {
            deadline.cancel();
            answer();
        }
    }

    private void answer() {
        over = true;
        GetStatsResponse.Builder response = GetStatsResponse.newBuilder()
                .setTime(Requests.timestamp(time.now().toEpochMilli()));
        for (Task task : tasks) {
            if (!silent.containsKey(task.instanceId())) {
                response.addTasks(TaskStats.newBuilder()
                        .setTaskId(task.id())
                        .setGroup(task.group())
                        .setTaskDefinition(task.taskDefinition().toString())
                        .setContainerInstance(task.instanceId())
                        .setHostName(hostName(task.instanceId()))
                        .addAllContainers(figures.getOrDefault(task.id(), List.of())));
            }
        }
        silent.forEach((instance, reason) -> response.addSilentHosts(SilentHost.newBuilder()
                .setContainerInstance(instance)
                .setHostName(hostName(instance))
                .setReason(reason)));
        done.accept(response.build());
    }

    private String hostName(String instance) {
        return state.instance(instance).map(ContainerInstance::hostName).orElse("");
    }
}
