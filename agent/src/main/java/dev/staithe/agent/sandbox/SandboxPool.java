package dev.staithe.agent.sandbox;

import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.agent.container.ContainerRuntime;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.ContainerView.State;
import dev.staithe.agent.container.NetworkSettings;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.model.Progress.Status;
import dev.staithe.agent.sandbox.Sandbox.Use;
import dev.staithe.agent.sandbox.SandboxPlanner.Limits;
import dev.staithe.agent.sandbox.SandboxPlanner.Plan;
import dev.staithe.agent.sandbox.SandboxPlanner.Wanted;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sandboxes of this host: which are ready, and whose the others are. The only one who makes and removes them.
 *
 * <p>A claim is the label of the container that joins: until that container is made a claim is a matter of this memory alone,
 * and after a crash a sandbox that no container names is free again. So that one which the agent before this one was about to use
 * is not given away a second time, sandboxes that were found while it may have had a container under way are not given out at
 * all.
 *
 * <p>New ones are made when nothing has happened to the tasks of this host for a moment, one at a time: nobody waits for
 * them. Soft state; confined to the loop.
 */
public final class SandboxPool {
    private static final Logger LOG = LoggerFactory.getLogger(SandboxPool.class);
    private static final Duration CALM = Duration.ofMillis(500);

    /** On a host that is never calm something is made all the same, so often. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** How long ready ones outlive the last task that would ask for them. */
    private static final Duration KEPT = Duration.ofSeconds(30);

    /** What is over goes when what replaces it has started, for which the engine has better things to do; or then at last. */
    private static final Duration RELEASED_AFTER = Duration.ofMillis(200);

    private static final Duration RELEASED_AT_LAST = Duration.ofSeconds(2);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);
    private static final Duration REMOVED_AGAIN_AFTER = Duration.ofSeconds(2);
    private static final int MOST_LOST = 1000;

    /** Whose the sandboxes are. */
    public interface Tasks {
        /** Every task that is held. */
        List<LocalTask> tasks();

        /** The container's network is gone, while it may run. */
        void networkLost(String taskId, String container);

        /** Something may be on the host that nobody has seen. */
        void relist();
    }

    private final Environment environment;
    private final EventLoop loop;
    private final ContainerRuntime runtime;
    private final String instance;
    private final SandboxPlanner planner;
    private Optional<Tasks> owner = Optional.empty();

    private final TreeMap<String, Sandbox> held = new TreeMap<>();

    /** Name to key of those that are being made. */
    private final TreeMap<String, String> making = new TreeMap<>();

    /** Used ones whose containers are over. */
    private final TreeSet<String> releasing = new TreeSet<>();

    /** Id to the task that used it; empty when none did. */
    private final TreeMap<String, String> removing = new TreeMap<>();

    /** Who waits for the end of all that a task used. */
    private final TreeMap<String, Runnable> ending = new TreeMap<>();

    /** Those that were looked for and not found, the newest last: a container that names one is no reason to look again. */
    private final LinkedHashSet<String> lost = new LinkedHashSet<>();

    /** When a key was last wanted, and when one could not be made, by the monotonic clock. */
    private final TreeMap<String, Long> wantedAt = new TreeMap<>();

    private final TreeMap<String, Long> failedAt = new TreeMap<>();
    private EventLoop.@Nullable Timer review;
    private long reviewAt;
    private long changedAt;
    private long waitingSince;
    private boolean closed;

    /**
     * @param perService how many are to be ready for each container of each service; 0 = none
     * @param most how many are to be ready on the host; 0 = none
     */
    public SandboxPool(
            Environment environment,
            EventLoop loop,
            ContainerRuntime runtime,
            String instance,
            int perService,
            int most) {
        this.environment = environment;
        this.loop = loop;
        this.runtime = runtime;
        this.instance = instance;
        this.planner = new SandboxPlanner(new Limits(perService, most));
    }

    /** Everything on the host has been seen: from now on there is something to decide about. */
    public void begin(Tasks tasks) {
        owner = Optional.of(tasks);
        List.copyOf(held.values()).stream().filter(s -> s.key().isEmpty()).forEach(s -> missing(s.id()));
        // INVARIANT: a call that the last agent sent may still be carried out. It made a container that no look has
        // shown, in a
        // sandbox that looks free.
        boolean underWay = tasks.tasks().stream()
                .filter(SandboxPool::mayBeStarting)
                .flatMap(task -> task.containers().stream())
                .anyMatch(container -> !container.over() && !container.onEngine());
        if (underWay) {
            List.copyOf(held.values()).stream().filter(Sandbox::free).forEach(this::remove);
        }
        changed();
    }

    /** Makes and removes no more; what is there stays for the next agent. */
    public void close() {
        closed = true;
        if (review != null) {
            review.cancel();
        }
    }

    /** A ready sandbox for the container, which is its own from now on; the same when it asks again. Empty when there is none. */
    public Optional<String> claim(ContainerRequest request, String container) {
        loop.assertInLoop();
        Use.By mine = new Use.By(request.taskId(), container);
        Optional<Sandbox> before = held.values().stream()
                .filter(s -> s.running() && s.use().equals(mine))
                .findFirst();
        if (before.isPresent()) {
            return before.map(Sandbox::id);
        }
        Optional<String> key = NetworkSettings.of(request.taskDefinition(), request.container())
                .map(NetworkSettings::key);
        Optional<Sandbox> ready = held.values().stream()
                .filter(s -> s.free() && s.running() && Optional.of(s.key()).equals(key))
                .findFirst();
        ready.ifPresent(s -> held.put(s.id(), s.usedBy(mine.taskId(), mine.container())));
        return ready.map(Sandbox::id);
    }

    /** A look at a sandbox. */
    public void seen(ContainerView view) {
        Sandbox known = held.get(view.id());
        boolean late = known != null && view.state() == State.CREATED;
        if (late || making.containsKey(view.name()) || removing.containsKey(view.id())) {
            return;
        }
        Sandbox now = new Sandbox(
                view.id(),
                view.labels().getOrDefault(ContainerLabels.SANDBOX, ""),
                known == null ? new Use.Free() : known.use(),
                view.state() == State.RUNNING);
        held.put(now.id(), now);
        if (!now.equals(known)) {
            lostUnlessRunning(now);
            changed();
        }
    }

    /** A look at a container of a task: the sandbox that it names is its own. */
    public void joined(ContainerView view) {
        String id = view.labels().getOrDefault(ContainerLabels.NETWORK, "");
        Sandbox known = held.get(id);
        boolean over = known == null && (view.state() == State.STOPPED || lost.contains(id));
        if (id.isEmpty() || removing.containsKey(id) || over) {
            return;
        }
        String task = view.labels().getOrDefault(ContainerLabels.TASK, "");
        String container = view.labels().getOrDefault(ContainerLabels.CONTAINER, "");
        if (known != null) {
            held.put(id, known.usedBy(task, container));
        } else {
            // Which network it holds is known once it has been seen itself.
            held.put(id, new Sandbox(id, "", new Use.By(task, container), true));
            owner.ifPresent(Tasks::relist);
        }
    }

    /** The engine has no container of that id. */
    public void missing(String id) {
        Sandbox gone = held.remove(id);
        if (gone != null) {
            lost.add(id);
            while (lost.size() > MOST_LOST) {
                lost.removeFirst();
            }
            lostUnlessRunning(new Sandbox(id, gone.key(), gone.use(), false));
            changed();
        }
    }

    /** Ids of those that should be there. */
    public SortedSet<String> ids() {
        return new TreeSet<>(held.keySet());
    }

    /** Something became of a task. What its containers need no more goes soon; what it may need is made when it is calm. */
    public void changed(LocalTask task) {
        if (owner.isPresent()) {
            for (Sandbox sandbox : List.copyOf(held.values())) {
                if (sandbox.use() instanceof Use.By by
                        && by.taskId().equals(task.taskId())
                        && !SandboxPlanner.needs(task, by.container())
                        && releasing.add(sandbox.id())) {
                    release(sandbox.id(), environment.time().nanos());
                }
            }
        }
        changed();
    }

    /**
     * Removes at once what the containers of a task used, which are over, and says when nothing of it is left: as long as it
     * is there its ports take connections that nobody answers.
     */
    public void end(String taskId, Runnable then) {
        ending.put(taskId, then);
        List.copyOf(held.values()).stream()
                .filter(s -> s.use() instanceof Use.By by && by.taskId().equals(taskId))
                .forEach(this::remove);
        ended(taskId);
    }

    private void ended(String taskId) {
        if (!removing.containsValue(taskId)) {
            Runnable then = ending.remove(taskId);
            if (then != null) {
                then.run();
            }
        }
    }

    private void changed() {
        long now = environment.time().nanos();
        changedAt = now;
        if (review == null || reviewAt - now > CALM.toNanos()) {
            waitingSince = now;
            reviewAfter(CALM);
        }
    }

    private void reviewAfter(Duration delay) {
        if (review != null) {
            review.cancel();
        }
        reviewAt = environment.time().nanos() + delay.toNanos();
        review = closed ? null : loop.after(delay, this::review);
    }

    private void review() {
        review = null;
        if (owner.isEmpty() || closed) {
            return;
        }
        long now = environment.time().nanos();
        List<LocalTask> tasks = owner.get().tasks();
        long quiet = now - changedAt;
        boolean calm = quiet >= CALM.toNanos() && tasks.stream().noneMatch(SandboxPool::starting);
        if (!calm && now - waitingSince < PATIENCE.toNanos()) {
            reviewAfter(quiet < CALM.toNanos() ? CALM.minusNanos(quiet) : CALM);
            return;
        }
        waitingSince = now;
        SortedMap<String, Wanted> wanted = planner.wanted(tasks);
        wanted.keySet().forEach(key -> wantedAt.put(key, now));
        SortedSet<String> unwanted = SandboxPlanner.unwanted(wanted, List.copyOf(held.values()));
        unwanted.forEach(key -> wantedAt.putIfAbsent(key, now));
        TreeSet<String> kept = new TreeSet<>(unwanted);
        kept.removeIf(key -> now - wantedAt.getOrDefault(key, 0L) >= KEPT.toNanos());
        wantedAt.keySet().removeIf(key -> !wanted.containsKey(key) && !kept.contains(key));
        failedAt.values().removeIf(at -> now - at >= AFTER_FAILURE.toNanos());
        Plan plan = planner.plan(
                wanted,
                tasks,
                List.copyOf(held.values()),
                List.copyOf(making.values()),
                kept,
                new TreeSet<>(failedAt.keySet()));
        plan.remove().forEach(id -> remove(held.get(id)));
        if (plan.make().isPresent() && making.isEmpty()) {
            make(plan.make().get());
        } else if (!kept.isEmpty() || !failedAt.isEmpty()) {
            reviewAfter(KEPT);
        }
    }

    private void make(NetworkSettings settings) {
        ContainerRequest request = settings.request(instance, environment.ids().next());
        making.put(request.name(), settings.key());
        environment.effects().run(loop, () -> runtime.makeSandbox(request), outcome -> {
            making.remove(request.name());
            switch (outcome) {
                case Outcome.Done<String> made ->
                    held.put(made.value(), new Sandbox(made.value(), settings.key(), new Use.Free(), true));
                case Outcome.Failed<String> failed -> {
                    failedAt.put(settings.key(), environment.time().nanos());
                    LOG.atWarn()
                            .addKeyValue("cause", failed.cause().getMessage())
                            .log("no network could be made ready; tasks get theirs when they start");
                    // An error does not prove that nothing was made.
                    owner.ifPresent(Tasks::relist);
                }
            }
            // The next one follows at once while nothing else happens.
            reviewAfter(Duration.ZERO);
        });
    }

    private void release(String id, long since) {
        loop.after(RELEASED_AFTER, () -> {
            boolean starting = owner.stream().flatMap(o -> o.tasks().stream()).anyMatch(SandboxPool::starting);
            if (starting && environment.time().nanos() - since < RELEASED_AT_LAST.toNanos()) {
                release(id, since);
            } else {
                releasing.remove(id);
                remove(held.get(id));
            }
        });
    }

    private void remove(@Nullable Sandbox sandbox) {
        if (sandbox != null && !closed && !removing.containsKey(sandbox.id())) {
            removing.put(sandbox.id(), sandbox.use() instanceof Use.By by ? by.taskId() : "");
            held.remove(sandbox.id());
            tryToRemove(sandbox.id());
        }
    }

    private void tryToRemove(String id) {
        if (closed) {
            return;
        }
        Callable<Boolean> work = () -> {
            runtime.removeSandbox(id);
            return true;
        };
        environment.effects().run(loop, work, outcome -> {
            switch (outcome) {
                case Outcome.Done<Boolean> done -> {
                    ended(String.valueOf(removing.remove(id)));
                    changed();
                }
                case Outcome.Failed<Boolean> failed -> {
                    LOG.atWarn()
                            .addKeyValue("sandbox", id)
                            .addKeyValue("cause", failed.cause().getMessage())
                            .log("a sandbox could not be removed; trying again");
                    loop.after(REMOVED_AGAIN_AFTER, () -> tryToRemove(id));
                }
            }
        });
    }

    private void lostUnlessRunning(Sandbox sandbox) {
        if (!sandbox.running() && sandbox.use() instanceof Use.By by) {
            owner.ifPresent(tasks -> tasks.networkLost(by.taskId(), by.container()));
        }
    }

    private static boolean starting(LocalTask task) {
        return mayBeStarting(task) && task.status() == Status.PENDING;
    }

    /** Whether the task is one for which containers are made. */
    private static boolean mayBeStarting(LocalTask task) {
        return task.assignment() != null && task.status().compareTo(Status.RUNNING) <= 0;
    }
}
