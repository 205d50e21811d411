package dev.staithe.controlplane.api.grpc;

import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.intent.TaskCommands;
import dev.staithe.controlplane.intent.Tasks;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.v1.GetStatsRequest;
import dev.staithe.proto.v1.GetStatsResponse;
import dev.staithe.proto.v1.StatsGrpc;
import dev.staithe.proto.v1.WatchStatsRequest;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Time;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The service {@code staithe.v1.Stats}: figures are asked of the hosts that have the tasks, by the leader. */
final class StatsEndpoint extends StatsGrpc.StatsImplBase {
    private static final int USUAL_SECONDS = 2;
    private static final int MOST_SECONDS = 60;

    private final TaskCommands commands;
    private final EventLoop loop;
    private final AgentQuestions agents;
    private final Time time;
    private final Pushing pushing;

    StatsEndpoint(TaskCommands commands, EventLoop loop, AgentQuestions agents, Time time, Pushing pushing) {
        this.commands = commands;
        this.loop = loop;
        this.agents = agents;
        this.time = time;
        this.pushing = pushing;
    }

    @Override
    public void get(GetStatsRequest request, StreamObserver<GetStatsResponse> caller) {
        answer(request, Optional.empty(), caller);
    }

    @Override
    public void watch(WatchStatsRequest request, StreamObserver<GetStatsResponse> caller) {
        int seconds = request.getIntervalSeconds() == 0 ? USUAL_SECONDS : request.getIntervalSeconds();
        if (seconds < 1 || seconds > MOST_SECONDS) {
            caller.onError(Errors.refused(IntentException.invalid(
                    "intervalSeconds", request.getIntervalSeconds() + " (expected: 1-" + MOST_SECONDS + ")")));
            return;
        }
        answer(request.getWhat(), Optional.of(Duration.ofSeconds(seconds)), caller);
    }

    private void answer(GetStatsRequest what, Optional<Duration> interval, StreamObserver<GetStatsResponse> caller) {
        Looking looking = new Looking(what, interval);
        pushing.start(caller, push -> () -> looking.push(push), signal -> {
            looking.begin(signal);
            return () -> loop.execute(looking::cancel);
        });
    }

    /** The tasks that have been started and have not stopped, of what was asked for. */
    private static List<Task> selected(ClusterState state, GetStatsRequest what) throws IntentException {
        String cluster = View.cluster(state, what.getCluster());
        long given = List.of(what.getService(), what.getTask(), what.getContainerInstance()).stream()
                .filter(name -> !name.isEmpty())
                .count();
        if (given > 1) {
            throw IntentException.invalid(
                    "service, task, containerInstance", given + " given (expected: at most one of them)");
        }
        return running(of(state, cluster, what)).stream()
                .filter(task -> task.cluster().equals(cluster))
                .toList();
    }

    private static Collection<Task> of(ClusterState state, String cluster, GetStatsRequest what)
            throws IntentException {
        if (!what.getService().isEmpty()) {
            Service service = View.service(state, cluster, what.getService());
            return state.tasksOfService(service.uid());
        }
        if (!what.getTask().isEmpty()) {
            return List.of(Tasks.find(state, cluster, what.getTask())
                    .orElseThrow(() -> IntentException.of(
                            Reason.TASK_NOT_FOUND,
                            "The referenced task was not found: " + IntentException.shown(what.getTask())
                                    + " in cluster " + cluster)));
        }
        if (!what.getContainerInstance().isEmpty()) {
            ContainerInstance instance = Instances.named(state, cluster, what.getContainerInstance());
            return state.tasksOfInstance(instance.id());
        }
        return state.tasks();
    }

    private static List<Task> running(Collection<Task> tasks) {
        return tasks.stream()
                .filter(task -> task.status() != TaskStatus.PENDING && !task.stopped())
                .toList();
    }

    /** One caller's looks: whom to ask is found out where one may wait, they are asked on the control loop. */
    private final class Looking {
        private final GetStatsRequest what;
        private final Optional<Duration> interval;
        private final AtomicBoolean due = new AtomicBoolean(true);
        private final AtomicReference<@Nullable GetStatsResponse> newest = new AtomicReference<>();
        private volatile Runnable signal = () -> {};

        // Confined to the control loop.
        private Optional<StatsRound> round = Optional.empty();
        private Optional<EventLoop.Timer> next = Optional.empty();
        private boolean cancelled;

        Looking(GetStatsRequest what, Optional<Duration> interval) {
            this.what = what;
            this.interval = interval;
        }

        void begin(Runnable tell) {
            signal = tell;
        }

        /** Sends what was seen; begins the next look when it is time. May wait, and is never called on the control loop. */
        void push(Pushing.Push<GetStatsResponse> push) throws IntentException {
            GetStatsResponse seen = push.ready() ? newest.getAndSet(null) : null;
            if (seen != null) {
                push.send(seen);
                if (interval.isEmpty()) {
                    push.complete();
                }
            }
            if (due.compareAndSet(true, false)) {
                ClusterState state = commands.leaderState();
                List<Task> tasks = selected(state, what);
                loop.execute(() -> look(state, tasks));
            }
        }

        void cancel() {
            cancelled = true;
            next.ifPresent(EventLoop.Timer::cancel);
            round.ifPresent(StatsRound::cancel);
        }

        private void look(ClusterState state, List<Task> tasks) {
            if (!cancelled) {
                StatsRound begun = new StatsRound(state, tasks, time, this::looked);
                round = Optional.of(begun);
                begun.begin(agents, loop);
            }
        }

        private void looked(GetStatsResponse response) {
            newest.set(response);
            round = Optional.empty();
            signal.run();
            if (!cancelled) {
                next = interval.map(pause -> loop.after(pause, () -> {
                    due.set(true);
                    signal.run();
                }));
            }
        }
    }
}
