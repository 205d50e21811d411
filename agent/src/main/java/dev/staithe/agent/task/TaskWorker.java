package dev.staithe.agent.task;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.Platform;
import dev.staithe.agent.image.ImageRequest;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.model.LocalTask.Claim;
import dev.staithe.agent.model.Progress.Status;
import dev.staithe.agent.model.TaskReports;
import dev.staithe.agent.reconcile.ContainerRequests;
import dev.staithe.agent.reconcile.FaultReason;
import dev.staithe.agent.reconcile.Observation;
import dev.staithe.agent.reconcile.Step;
import dev.staithe.agent.reconcile.Verdict;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.NonNull;
import org.jspecify.annotations.Nullable;

/**
 * Sees one task through its life, and is the only writer of its local state.
 *
 * <p>Whatever happens (an order, a look at a container, the answer of a step) changes the state, asks the reconciler what
 * follows, makes the new state durable, and begins the steps. A change is reported once it is durable. Steps of different
 * containers overlap; those of one container never do.
 *
 * <p>Hard state: the {@link LocalTask}. Soft state: which steps are under way; after a crash they are found again by looking.
 * Confined to the loop.
 */
final class TaskWorker {
    private static final double RETRY_JITTER = 0.2;
    private static final Duration DURABLE_AT_LAST = Duration.ofSeconds(1);

    /** The key of attempts that concern the task as a whole; no container has this name. */
    private static final String WHOLE_TASK = "";

    private final Tools tools;
    private final TaskLog log;
    private final Draining draining;
    private final TreeMap<String, Attempt> attempts = new TreeMap<>();
    private LocalTask state;

    /** Whether its assignment is durable: nothing is started for a task that a crash would make this host forget. */
    private boolean mayStart;

    /** Whether it is durable that the task drains: what is refused for it outlives this process, and the next must know of it. */
    private boolean mayDrain;

    private @Nullable Instant wakeAt;
    private EventLoop.@Nullable Timer wake;
    private boolean forgotten;

    /** A task from the ledger, which is durable. */
    static TaskWorker restored(Tools tools, LocalTask task) {
        return new TaskWorker(tools, task, true);
    }

    /** A task that was found on the host, and is not in the ledger yet. */
    static TaskWorker found(Tools tools, LocalTask task) {
        return new TaskWorker(tools, task, false);
    }

    private TaskWorker(Tools tools, LocalTask state, boolean mayStart) {
        this.tools = tools;
        this.state = state;
        this.mayStart = mayStart;
        this.mayDrain = state.status() == Status.DEACTIVATING;
        this.log = new TaskLog(state.taskId());
        this.draining = new Draining(tools, log, this::advance);
        tools.books().enter(state);
    }

    LocalTask state() {
        return state;
    }

    void assign(AssignedTask wanted) {
        boolean known = state.assignment() != null;
        mayStart &= known;
        become(state.assign(wanted));
        if (!mayStart) {
            tools.ledger().put(state, () -> {
                mayStart = true;
                advance();
            });
        }
    }

    void claim(Claim claim) {
        become(state.claimed(claim));
    }

    void seen(String container, ContainerView view) {
        tools.sightings().seen(view);
        LocalContainer held = state.container(container).orElseGet(() -> Observation.found(container, view));
        become(state.with(Observation.seen(held, view)));
    }

    void missing(String runtimeId) {
        tools.sightings().gone(runtimeId);
        state.containers().stream()
                .filter(c -> c.runtimeId().equals(runtimeId) && !c.removed())
                .findFirst()
                .ifPresent(c -> become(state.with(Observation.missing(c))));
    }

    /** The network that the container had joined is gone: it cannot do its work, and is over once it has been stopped. */
    void networkLost(String container) {
        state.container(container)
                .filter(c -> c.onEngine() && !c.over())
                .ifPresent(c -> become(state.with(c.ended(
                        "NetworkLostError: the sandbox that held the container's network was ended by someone else"))));
    }

    /** The engine answers again: steps that failed because it did not are due now. */
    void engineAnswers() {
        attempts.values().forEach(Attempt::engineAnswers);
        advance();
    }

    /** Looks at what is wanted and what is seen, and does what follows. */
    void advance() {
        become(state);
    }

    private void become(LocalTask changed) {
        if (forgotten) {
            return;
        }
        Verdict verdict = tools.reconciler()
                .reconcile(
                        changed,
                        acting(),
                        draining.traffic(),
                        tools.books().answer(changed),
                        tools.environment().time().now());
        keep(verdict.task());
        if (state.status() != Status.DEACTIVATING) {
            draining.over();
        }
        if (tools.begun().getAsBoolean()) {
            verdict.steps().stream().filter(this::isDue).forEach(this::perform);
        }
    }

    private boolean isDue(Step step) {
        return step instanceof Step.Drain ? mayDrain : mayStart || !starts(step);
    }

    /** An image leaves nothing to look after: it may come before the assignment is durable. */
    private static boolean starts(Step step) {
        return step instanceof Step.Create || step instanceof Step.Start;
    }

    private void keep(LocalTask next) {
        boolean news = !TaskReports.of(next).equals(TaskReports.of(state)) || state.observation() == 0;
        if (!news && next.equals(state)) {
            return;
        }
        // The incarnation in the high digits: it grows across restarts even when the last number was not durable.
        long observation = Math.max(state.observation() + 1, tools.incarnation() << 32);
        LocalTask kept = news ? next.observedAs(observation) : next;
        boolean drains = kept.status() == Status.DEACTIVATING && state.status() != Status.DEACTIVATING;
        log.changes(state, kept);
        if (kept.status() == Status.STOPPED && state.status() != Status.STOPPED) {
            tools.secrets().release(kept);
            tools.groups().stopped(kept);
        }
        state = kept;
        tools.books().enter(kept);
        tools.sandboxes().changed(kept);
        tools.ledger().put(kept, () -> {
            if (news) {
                tools.reports().accept(kept);
            }
            if (drains) {
                mayDrain();
            }
        });
        if (drains) {
            // A disk that is full does not keep the task from its end.
            tools.loop().after(DURABLE_AT_LAST, this::mayDrain);
        }
    }

    private void mayDrain() {
        if (!mayDrain) {
            mayDrain = true;
            advance();
        }
    }

    private Set<String> acting() {
        TreeSet<String> names = new TreeSet<>();
        attempts.forEach((name, attempt) -> {
            if (attempt.inFlight() && attempt.kind != Step.Pull.class) {
                names.add(name);
            }
        });
        return names;
    }

    private void perform(Step step) {
        switch (step) {
            case Step.Pull pull -> pull(pull);
            case Step.Create create -> create(create);
            case Step.Start start -> {
                boolean retried = attempts.containsKey(start.container());
                TaskDefinition task = definition();
                look(
                        start.container(),
                        step,
                        start.id(),
                        () -> tools.engine().start(task, start.id(), retried, start.former()));
            }
            case Step.Stop stop ->
                look(stop.container(), step, stop.id(), () -> tools.engine().stop(stop.id(), stop.grace()));
            case Step.Remove remove ->
                look(remove.container(), step, remove.id(), () -> tools.engine().remove(remove.id()));
            case Step.Drain drain -> draining.drain(state, drain);
            case Step.Release release -> draining.release(state.taskId());
            case Step.RemoveVolumes volumes ->
                act(
                        WHOLE_TASK,
                        step,
                        () -> tools.engine().removeVolumes(state.taskId()),
                        done -> become(state.with(state.progress().withoutVolumes())));
            case Step.Wait wait -> wakeAt(wait.until());
            case Step.Forget forget -> forget();
        }
    }

    private void pull(Step.Pull pull) {
        Attempt attempt = begin(pull.container(), pull);
        if (attempt != null) {
            tools.pulls()
                    .pull(
                            request(pull),
                            outcome -> answered(
                                    pull.container(),
                                    attempt,
                                    outcome,
                                    image -> update(pull.container(), held -> held.pulled(image.digest()))));
        }
    }

    private ImageRequest request(Step.Pull pull) {
        AssignedTask assignment = Objects.requireNonNull(state.assignment(), "only assigned tasks are started");
        return new ImageRequest(
                state.taskId(),
                pull.image(),
                pull.behavior(),
                Platform.of(
                        assignment.definition().getRuntimePlatform(),
                        tools.pulls().host()),
                assignment.definition().getContainerDefinitionsList().stream()
                        .filter(container -> container.getName().equals(pull.container()))
                        .map(container -> container.getRepositoryCredentials().getCredentialsParameter())
                        .filter(name -> !name.isEmpty())
                        .findFirst());
    }

    /** How far the image of each container has come that waits for one. */
    SortedMap<String, String> pulls() {
        TreeMap<String, String> texts = new TreeMap<>();
        attempts.forEach((container, attempt) -> {
            if (attempt.step instanceof Step.Pull pull) {
                attempt.waitsAfter()
                        .map(fault -> "waiting to try again: " + fault.getMessage())
                        .or(() -> tools.pulls().progress(request(pull)))
                        .ifPresent(text -> texts.put(container, text));
            }
        });
        return texts;
    }

    private void create(Step.Create create) {
        AssignedTask assignment = Objects.requireNonNull(state.assignment(), "only assigned tasks are started");
        ContainerRequest alone =
                ContainerRequests.of(assignment, create.container(), tools.instanceId(), tools.endpoints());
        Attempt attempt = begin(create.container(), create);
        if (attempt != null) {
            tools.books().admit(state);
            ContainerRequest request = tools.sandboxes()
                    .claim(alone, create.container())
                    .map(alone::joining)
                    .orElse(alone);
            tools.secrets()
                    .create(
                            request,
                            complete -> tools.engine().create(complete),
                            outcome -> answered(
                                    create.container(),
                                    attempt,
                                    outcome,
                                    id -> update(create.container(), held -> held.created(id))));
        }
    }

    /** A step that ends with a look at its container. */
    private void look(String container, Step step, String id, Callable<Optional<ContainerView>> work) {
        act(container, step, work, view -> {
            if (view.isPresent()) {
                seen(container, view.get());
            } else if (step instanceof Step.Remove) {
                update(container, LocalContainer::gone);
            } else {
                missing(id);
            }
        });
    }

    private <T extends @NonNull Object> void act(String key, Step step, Callable<T> work, Consumer<T> done) {
        Attempt attempt = begin(key, step);
        if (attempt != null) {
            tools.environment().effects().run(tools.loop(), work, outcome -> answered(key, attempt, outcome, done));
        }
    }

    /** The attempt to make now; null when it is under way already, or not due yet after a failure. */
    private @Nullable Attempt begin(String key, Step step) {
        Attempt current = attempts.get(key);
        if (current == null || current.kind != step.getClass()) {
            if (current != null) {
                current.cancel();
            }
            Attempt first = new Attempt(step);
            attempts.put(key, first);
            return first;
        }
        if (current.busy()) {
            return null;
        }
        current.again();
        return current;
    }

    private <T extends @NonNull Object> void answered(
            String key, Attempt attempt, Outcome<T> outcome, Consumer<T> done) {
        if (attempts.get(key) != attempt) {
            return;
        }
        switch (outcome) {
            case Outcome.Done<T> answer -> {
                attempts.remove(key);
                done.accept(answer.value());
            }
            case Outcome.Failed<T> failure -> failed(key, attempt, fault(attempt, failure.cause()));
        }
    }

    private void failed(String key, Attempt attempt, ContainerFault fault) {
        if (fault.kind() == Kind.EngineUnavailableError) {
            tools.unavailable().accept(fault);
        }
        if (attempt.mayRetry(fault)) {
            Duration delay = tools.environment().randomness().jitter(attempt.nextDelay(), RETRY_JITTER);
            log.retry(key, attempt.kind, fault, delay);
            attempt.failed(tools.loop(), fault, delay, this::advance);
            advance();
            return;
        }
        attempts.remove(key);
        log.gaveUp(key, attempt.kind, fault);
        if (attempt.kind == Step.RemoveVolumes.class) {
            become(state.with(state.progress().withoutVolumes()));
        } else {
            String reason = FaultReason.of(definition(), key, fault);
            update(key, held -> held.ended(reason));
            // An error does not prove that nothing was made: what is there is found by its label.
            tools.relist().run();
        }
    }

    /** What the task is to be; empty when only its containers were found. */
    private TaskDefinition definition() {
        AssignedTask assignment = state.assignment();
        return assignment == null ? TaskDefinition.getDefaultInstance() : assignment.definition();
    }

    private ContainerFault fault(Attempt attempt, Exception cause) {
        if (cause instanceof ContainerFault fault) {
            return fault;
        }
        tools.environment().faults().unexpected(attempt.kind.getSimpleName() + " of task " + state.taskId(), cause);
        return new ContainerFault(Kind.CannotStartContainerError, "unexpected: " + cause, true, cause);
    }

    private void update(String container, java.util.function.UnaryOperator<LocalContainer> change) {
        state.container(container).ifPresent(held -> become(state.with(change.apply(held))));
    }

    private void wakeAt(Instant until) {
        if (until.equals(wakeAt)) {
            return;
        }
        if (wake != null) {
            wake.cancel();
        }
        wakeAt = until;
        Duration delay = Duration.between(tools.environment().time().now(), until);
        wake = tools.loop().after(delay, () -> {
            wakeAt = null;
            advance();
        });
    }

    private void forget() {
        forgotten = true;
        attempts.values().forEach(Attempt::cancel);
        state.containers().forEach(c -> tools.sightings().gone(c.runtimeId()));
        tools.secrets().release(state);
        tools.ledger().forget(state.taskId());
        tools.books().forget(state.taskId());
        tools.forgotten().accept(state.taskId());
    }
}
