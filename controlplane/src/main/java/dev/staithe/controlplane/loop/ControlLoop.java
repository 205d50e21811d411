package dev.staithe.controlplane.loop;

import dev.staithe.controlplane.commit.Committer;
import dev.staithe.controlplane.commit.Draft;
import dev.staithe.controlplane.dispatch.AgentSessions;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.leader.Leadership;
import dev.staithe.controlplane.reconcile.Moment;
import dev.staithe.controlplane.reconcile.Settings;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.state.StateReplica;
import dev.staithe.controlplane.store.Batch;
import dev.staithe.proto.agent.v1.Hello;
import dev.staithe.proto.agent.v1.TaskReport;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where this replica, while it leads, decides: takes what is queued, and when no commit is under way and the
 * state shows the last one, makes a {@link Pass} and commits it.
 *
 * <p>Hard state: none; everything is in the store. Soft state: the inputs of the next pass, dirty keys, deadlines and
 * sightings, all of which a new leader makes anew. Confined to the control loop, like everything it calls.
 */
public final class ControlLoop implements StateReplica.Listener, AgentSessions.Facts {
    private static final Logger LOG = LoggerFactory.getLogger(ControlLoop.class);

    /** Services and instances planned in one pass; what is left stays dirty. */
    private static final int PASS_BUDGET = 500;

    private static final Duration FIRST_RETRY = Duration.ofMillis(50);
    private static final Duration LAST_RETRY = Duration.ofSeconds(5);

    private final Environment environment;
    private final EventLoop loop;
    private final Committer committer;
    private final Settings settings;
    private final Inputs inputs = new Inputs();
    private final DirtyKeys dirty = new DirtyKeys();
    private final Sightings sightings;
    private final Deadlines deadlines;
    private final Consumer<Leadership> fenced;
    private Optional<AgentSessions> agents = Optional.empty();
    private ClusterState state = ClusterState.EMPTY;
    private Phase phase = new Phase.Following();
    private boolean turnQueued;
    private boolean begun;
    private boolean servicesNext;
    private Duration retry = FIRST_RETRY;

    /** What this replica is doing. */
    private sealed interface Phase {
        /** Somebody else leads, or nobody. */
        record Following() implements Phase {}

        /** Leads, and does not know the sequence: writes the barrier. */
        record Synchronising(Leadership leadership) implements Phase {}

        /** Leads; the state must reach the barrier before the next pass. */
        record Leading(Leadership leadership, long sequence) implements Phase {}

        /** Leads; a draft is being written. */
        record Committing(Leadership leadership) implements Phase {}
    }

    /** @param fenced told when a transaction of the term was fenced: it is over */
    public ControlLoop(
            Environment environment,
            EventLoop loop,
            Committer committer,
            Settings settings,
            Consumer<Leadership> fenced) {
        this.environment = environment;
        this.loop = loop;
        this.committer = committer;
        this.settings = settings;
        this.sightings = new Sightings(settings);
        this.fenced = fenced;
        this.deadlines = new Deadlines(loop, environment.time()::nanos, this::due);
    }

    /** Where orders go. Said once, before anything else. */
    public void direct(AgentSessions sessions) {
        agents = Optional.of(sessions);
    }

    /** Takes over: writes the barrier, then plans everything. */
    public void lead(Leadership leadership) {
        loop.assertInLoop();
        phase = new Phase.Synchronising(leadership);
        begun = false;
        retry = FIRST_RETRY;
        synchronise(leadership);
    }

    /** Stops deciding at once, and drops what only a leader keeps. */
    public void follow(String why) {
        loop.assertInLoop();
        phase = new Phase.Following();
        dirty.clear();
        deadlines.clear();
        agents.ifPresent(AgentSessions::follow);
        inputs.drop(IntentException.of(
                IntentException.Reason.STORE_UNAVAILABLE,
                "the control plane stopped leading before the answer was certain: look whether it was done, then try "
                        + "again (" + why + ")"));
    }

    /** Whether this replica decides. */
    public boolean leads() {
        return !(phase instanceof Phase.Following);
    }

    /** Whether everything that is known has been acted upon. */
    public boolean idle() {
        return phase instanceof Phase.Leading leading
                && begun
                && inputs.isEmpty()
                && dirty.isEmpty()
                && state.revision() >= leading.sequence();
    }

    /** The newest state. */
    ClusterState state() {
        return state;
    }

    /** Hands over a command. */
    void submit(Inputs.Command command) {
        loop.assertInLoop();
        inputs.command(command);
        turn();
    }

    @Override
    public void changed(ClusterState before, ClusterState after, Batch batch) {
        state = after;
        if (leads()) {
            sightings.changed(before, after, batch, environment.time().nanos());
            dirty.mark(before, after, batch);
            batch.events()
                    .forEach(event -> Touched.instance(event.key(), before, after)
                            .ifPresent(id -> agents.ifPresent(a -> a.refresh(id))));
            turn();
        }
    }

    @Override
    public void reset(ClusterState after) {
        state = after;
        if (leads()) {
            sightings.begin(after, environment.time().nanos());
            dirty.all(after);
            agents.ifPresent(AgentSessions::refreshAll);
            turn();
        }
    }

    @Override
    public void registered(Hello hello) {
        inputs.hello(hello);
        sightings.heard(hello.getInstanceId(), environment.time().nanos());
        turn();
    }

    @Override
    public void reported(String instanceId, long number, List<TaskReport> tasks) {
        inputs.reported(instanceId, number, tasks);
        sightings.heard(instanceId, environment.time().nanos());
        turn();
    }

    @Override
    public void heard(String instanceId, boolean engineHealthy) {
        sightings.heard(instanceId, environment.time().nanos());
        boolean news = state.instance(instanceId)
                .map(i -> !i.agentConnected() || i.engineHealthy() != engineHealthy)
                .orElse(true);
        if (news) {
            inputs.heard(instanceId, engineHealthy);
            turn();
        }
    }

    @Override
    public void silent(String instanceId) {
        dirty.instance(instanceId);
        turn();
    }

    private void due() {
        for (String key : deadlines.take()) {
            String id = key.substring(key.indexOf('/') + 1);
            if (key.startsWith("service/")) {
                dirty.service(id);
            } else {
                dirty.instance(id);
            }
        }
        turn();
    }

    /** Asks for a turn after all that is queued on the loop, so that one pass takes it all. */
    private void turn() {
        if (!turnQueued) {
            turnQueued = true;
            loop.execute(() -> {
                turnQueued = false;
                takeTurn();
            });
        }
    }

    private void takeTurn() {
        if (!(phase instanceof Phase.Leading leading) || state.revision() < leading.sequence()) {
            return;
        }
        if (!begun) {
            begin(leading);
        }
        if (inputs.isEmpty() && dirty.isEmpty()) {
            return;
        }
        Moment moment = sightings.moment(
                environment.time().nanos(), environment.time().now().toEpochMilli());
        boolean services = dirty.hasServices() && (servicesNext || (inputs.isEmpty() && !dirty.hasInstances()));
        servicesNext = !services;
        Turn turn = services
                ? new Turn(Inputs.NOTHING, dirty.takeServices(PASS_BUDGET), List.of())
                : new Turn(inputs.take(), List.of(), dirty.takeInstances(PASS_BUDGET));
        Pass.Result result = services
                ? Pass.services(state, moment, settings, turn.services())
                : Pass.facts(state, turn.inputs(), moment, settings, turn.instances());
        result.deadlines().forEach(deadlines::set);
        if (result.draft().isEmpty()) {
            settle(turn, result, state.revision());
            turn();
            return;
        }
        commit(leading, result, turn);
    }

    /** What one turn took out of the queues: given back when it could not be committed. */
    private record Turn(Inputs.Taken inputs, List<String> services, List<String> instances) {}

    /** The state is current for the first time: everything may need a decision, and agents may come. */
    private void begin(Phase.Leading leading) {
        begun = true;
        sightings.begin(state, environment.time().nanos());
        dirty.all(state);
        agents.ifPresent(a -> a.lead(leading.leadership()));
        LOG.atInfo()
                .addKeyValue("epoch", leading.leadership().epoch())
                .addKeyValue("rev", state.revision())
                .log("leading");
    }

    private void commit(Phase.Leading leading, Pass.Result result, Turn turn) {
        Leadership leadership = leading.leadership();
        Phase committing = new Phase.Committing(leadership);
        phase = committing;
        Draft draft = result.draft();
        environment
                .effects()
                .run(loop, () -> committer.write(draft, leadership.guard(), leading.sequence()), outcome -> {
                    if (!phase.equals(committing)) {
                        turn.inputs().commands().forEach(c -> c.fail(uncertain()));
                        return;
                    }
                    switch (answer(outcome)) {
                        case Committer.Result.Written written -> {
                            retry = FIRST_RETRY;
                            phase = new Phase.Leading(leadership, written.revision());
                            settle(turn, result, written.revision());
                            turn();
                        }
                        case Committer.Result.Doubtful doubtful -> {
                            LOG.atWarn().addKeyValue("rev", state.revision()).log("planning again: {}", doubtful.why());
                            giveBack(turn);
                            phase = new Phase.Synchronising(leadership);
                            synchronise(leadership);
                        }
                        case Committer.Result.Refused refused -> {
                            LOG.atError().log("the store takes no changes: {}", refused.why());
                            refuse(turn, refused.why());
                            phase = new Phase.Synchronising(leadership);
                            synchroniseLater(leadership);
                        }
                        case Committer.Result.Fenced late -> {
                            turn.inputs().commands().forEach(c -> c.fail(uncertain()));
                            fenced(leadership);
                        }
                    }
                });
    }

    private static Committer.Result answer(Outcome<Committer.Result> outcome) {
        return switch (outcome) {
            case Outcome.Done<Committer.Result> done -> done.value();
            case Outcome.Failed<Committer.Result> failed ->
                throw new IllegalStateException("a commit threw instead of answering", failed.cause());
        };
    }

    private void settle(Turn turn, Pass.Result result, long revision) {
        result.answers().forEach(a -> a.written(revision));
        agents.ifPresent(sessions -> {
            turn.inputs().numbers().forEach((instance, number) -> {
                if (number > 0) {
                    sessions.acknowledge(instance, number);
                }
            });
            result.strangers().forEach((instance, tasks) -> {
                tasks.forEach(task -> sessions.unknown(instance, task));
                sessions.refresh(instance);
            });
            // A host whose registration brought nothing new waits for its welcome all the same.
            turn.inputs().hellos().keySet().forEach(sessions::refresh);
        });
    }

    private void giveBack(Turn turn) {
        inputs.giveBack(turn.inputs());
        turn.services().forEach(dirty::service);
        turn.instances().forEach(dirty::instance);
    }

    private void refuse(Turn turn, String why) {
        turn.inputs()
                .commands()
                .forEach(c -> c.fail(
                        IntentException.of(IntentException.Reason.STORE_FULL, "the store takes no changes: " + why)));
        giveBack(new Turn(turn.inputs().withoutCommands(), turn.services(), turn.instances()));
    }

    private static IntentException uncertain() {
        return IntentException.of(
                IntentException.Reason.STORE_UNAVAILABLE,
                "the control plane stopped leading before the answer was certain: look whether it was done, then try again");
    }

    private void synchronise(Leadership leadership) {
        environment.effects().run(loop, () -> committer.synchronise(leadership.guard()), outcome -> {
            if (!phase.equals(new Phase.Synchronising(leadership))) {
                return;
            }
            switch (answer(outcome)) {
                case Committer.Result.Written written -> {
                    phase = new Phase.Leading(leadership, written.revision());
                    turn();
                }
                case Committer.Result.Doubtful doubtful -> synchroniseLater(leadership);
                case Committer.Result.Refused refused -> synchroniseLater(leadership);
                case Committer.Result.Fenced late -> fenced(leadership);
            }
        });
    }

    private void synchroniseLater(Leadership leadership) {
        loop.after(environment.randomness().jitter(retry, 0.2), () -> {
            if (phase.equals(new Phase.Synchronising(leadership))) {
                synchronise(leadership);
            }
        });
        retry = retry.multipliedBy(2).compareTo(LAST_RETRY) > 0 ? LAST_RETRY : retry.multipliedBy(2);
    }

    /** Another leads already. */
    private void fenced(Leadership leadership) {
        LOG.atWarn().addKeyValue("epoch", leadership.epoch()).log("fenced: another replica leads");
        follow("another replica leads");
        fenced.accept(leadership);
    }
}
