package dev.staithe.controlplane.loop;

import dev.staithe.controlplane.commit.Committer;
import dev.staithe.controlplane.dispatch.AgentSessions;
import dev.staithe.controlplane.dispatch.Receipt;
import dev.staithe.controlplane.intent.Rollouts;
import dev.staithe.controlplane.leader.LeaderRoles;
import dev.staithe.controlplane.leader.Leadership;
import dev.staithe.controlplane.model.UsedToken;
import dev.staithe.controlplane.placement.Capacity;
import dev.staithe.controlplane.reconcile.Moment;
import dev.staithe.controlplane.reconcile.Settings;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.state.StateReplica;
import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.StoreEvent;
import dev.staithe.proto.agent.v1.Hello;
import dev.staithe.proto.agent.v1.TaskReport;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
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

    /** How long a client token is remembered, as in ECS; from when this leader first saw it. */
    private static final Duration TOKENS_KEPT = Duration.ofHours(24);

    private static final String SERVICE = "service/";
    private static final String INSTANCE = "instance/";
    private static final String TOKEN = "token/";

    private final Environment environment;
    private final EventLoop loop;
    private final Settings settings;
    private final Sequencer sequencer;
    private final PassTimes passTimes;
    private final Inputs inputs = new Inputs();
    private final DirtyKeys dirty = new DirtyKeys();
    private final Sightings sightings;
    private final Deadlines deadlines;
    private final Rollbacks rollbacks;
    private Optional<AgentSessions> agents = Optional.empty();
    private ClusterState state = ClusterState.EMPTY;
    /** Kept from pass to pass, while this replica decides: nothing is placed by what it says but on the state of its pass. */
    private Capacity capacity = Capacity.of(state);

    private boolean deciding;
    private boolean turnQueued;
    private boolean servicesNext;

    /**
     * @param fenced told when a transaction of the term was fenced: it is over
     * @param resign gives the leadership up, because this replica is too slow for it
     */
    public ControlLoop(
            Environment environment,
            EventLoop loop,
            Committer committer,
            Rollouts rollouts,
            Settings settings,
            Consumer<Leadership> fenced,
            Runnable resign) {
        this.environment = environment;
        this.loop = loop;
        this.settings = settings;
        this.sequencer = new Sequencer(environment, loop, committer, fenced, new Writes());
        this.passTimes = new PassTimes(resign);
        this.rollbacks = new Rollbacks(environment.effects(), loop, rollouts);
        this.sightings = new Sightings(settings);
        this.deadlines = new Deadlines(loop, environment.time()::nanos, this::due);
    }

    /** Puts all that only a leader does here, and the sessions, into the list of roles. Said once, before anything else. */
    public void enlist(LeaderRoles roles, AgentSessions sessions) {
        agents = Optional.of(sessions);
        roles.register("inputs", inputs);
        roles.register("transactions", sequencer);
        roles.register("decisions", new Decisions());
        roles.register("agent sessions", sessions);
    }

    /** Whether this replica leads. It may have to wait for its state before it decides. */
    public boolean leads() {
        return inputs.open();
    }

    /** Whether everything that is known has been acted upon. */
    public boolean idle() {
        return deciding && inputs.isEmpty() && dirty.isEmpty() && sequencer.free();
    }

    /** Answers with the state that decisions are made on: as soon as it shows everything that earlier leaders wrote. */
    void leaderState(CompletableFuture<ClusterState> answer) {
        loop.assertInLoop();
        if (deciding) {
            answer.complete(state);
        } else {
            inputs.asker(answer);
        }
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
        if (deciding) {
            sightings.changed(before, after, batch, environment.time().nanos());
            dirty.mark(before, after, batch);
            newTokens(after, batch);
            BrakeAlarm.tell(before, after, batch);
            SortedSet<String> touched = new TreeSet<>();
            batch.events().forEach(e -> Touched.instance(e.key(), before, after).ifPresent(touched::add));
            touched.forEach(capacity::touched);
            batch.events().forEach(e -> touched.addAll(Touched.draining(e.key(), before, after)));
            agents.ifPresent(sessions -> touched.forEach(sessions::refresh));
        }
        sequencer.reached(after.revision());
        turn();
    }

    @Override
    public void reset(ClusterState after) {
        state = after;
        if (deciding) {
            capacity = Capacity.of(after);
            sightings.begin(after, environment.time().nanos());
            dirty.all(after);
            after.usedTokens().forEach(this::remember);
            agents.ifPresent(AgentSessions::refreshAll);
        }
        sequencer.reached(after.revision());
        turn();
    }

    @Override
    public void registered(Hello hello) {
        inputs.hello(hello);
        sightings.heard(hello.getInstanceId(), environment.time().nanos());
        turn();
    }

    @Override
    public void reported(String instanceId, Receipt receipt, List<TaskReport> tasks) {
        inputs.reported(instanceId, receipt, tasks);
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
            switch (key.substring(0, key.indexOf('/') + 1)) {
                case SERVICE -> dirty.service(id);
                case INSTANCE -> dirty.instance(id);
                case TOKEN -> dirty.token(id);
                default -> throw new IllegalStateException(key + " (expected: the key of a deadline)");
            }
        }
        turn();
    }

    private void newTokens(ClusterState after, Batch batch) {
        for (StoreEvent event : batch.events()) {
            if (event.key().startsWith(Keys.RUN + TOKEN)) {
                after.usedToken(event.key().substring(event.key().lastIndexOf('/') + 1))
                        .ifPresent(this::remember);
            }
        }
    }

    private void remember(UsedToken token) {
        long at = environment.time().nanos() + TOKENS_KEPT.toNanos();
        deadlines.set(TOKEN + token.seed(), OptionalLong.of(at));
    }

    /** Asks for a turn after all that is queued on the loop, so that one pass takes it all. */
    private void turn() {
        if (!turnQueued && deciding) {
            turnQueued = true;
            loop.execute(() -> {
                turnQueued = false;
                takeTurn();
            });
        }
    }

    private void takeTurn() {
        if (!deciding || !sequencer.free() || (inputs.isEmpty() && dirty.isEmpty())) {
            return;
        }
        long begun = environment.time().nanos();
        Moment moment = sightings.moment(begun, environment.time().now().toEpochMilli());
        boolean services = dirty.hasServices() && (servicesNext || (inputs.isEmpty() && !dirty.hasOthers()));
        servicesNext = !services;
        Turn turn = services ? servicesTurn(moment) : factsTurn(moment);
        turn.result.deadlines().forEach(deadlines::set);
        if (turn.result.draft().isEmpty()) {
            turn.written(state.revision());
            turn();
        } else {
            sequencer.write(turn.result.draft(), turn);
        }
        passTimes.took(environment.time().nanos() - begun);
    }

    private Turn servicesTurn(Moment moment) {
        List<String> services = dirty.takeServices(PASS_BUDGET, state);
        return new Turn(
                Inputs.NOTHING,
                services,
                List.of(),
                List.of(),
                Pass.services(state, capacity, moment, settings, services));
    }

    private Turn factsTurn(Moment moment) {
        Inputs.Taken taken = inputs.take();
        List<String> instances = dirty.takeInstances(PASS_BUDGET);
        List<String> tokens = dirty.takeTokens(PASS_BUDGET);
        Pass.Result result = Pass.facts(state, capacity, taken, moment, settings, instances, tokens);
        return new Turn(taken, List.of(), instances, tokens, result);
    }

    /** What one turn took out of the queues and made of it. */
    private final class Turn implements Sequencer.Ending {
        private final Inputs.Taken taken;
        private final List<String> services;
        private final List<String> instances;
        private final List<String> tokens;
        private final Pass.Result result;

        Turn(
                Inputs.Taken taken,
                List<String> services,
                List<String> instances,
                List<String> tokens,
                Pass.Result result) {
            this.taken = taken;
            this.services = services;
            this.instances = instances;
            this.tokens = tokens;
            this.result = result;
        }

        @Override
        public void written(long revision) {
            result.answers().forEach(a -> a.written(revision));
            result.rollbacks().forEach(rollbacks::ask);
            agents.ifPresent(sessions -> {
                taken.receipts().forEach(sessions::acknowledge);
                result.strangers().forEach((instance, tasks) -> {
                    tasks.forEach(task -> sessions.unknown(instance, task));
                    sessions.refresh(instance);
                });
                // A host whose registration brought nothing new waits for its welcome all the same.
                taken.hellos().keySet().forEach(sessions::refresh);
            });
        }

        @Override
        public void again() {
            inputs.giveBack(taken);
            dirtyAgain();
        }

        @Override
        public void refused(String why) {
            taken.commands().forEach(c -> c.fail(Inputs.storeFull(why)));
            inputs.giveBack(taken.withoutCommands());
            dirtyAgain();
        }

        private void dirtyAgain() {
            services.forEach(dirty::service);
            instances.forEach(dirty::instance);
            tokens.forEach(dirty::token);
        }

        @Override
        public void abandoned() {
            taken.commands().forEach(c -> c.fail(Inputs.leadershipLost("its term is over")));
        }
    }

    /** What the loop keeps and does while it leads and its state is current. */
    private final class Decisions implements LeaderRoles.Role {
        /** The state is current for the first time: everything may need a decision. */
        @Override
        public void start(Leadership leadership, Runnable ready) {
            deciding = true;
            capacity = Capacity.of(state);
            sightings.begin(state, environment.time().nanos());
            dirty.all(state);
            state.usedTokens().forEach(ControlLoop.this::remember);
            inputs.answerAskers(state);
            LOG.atInfo()
                    .addKeyValue("epoch", leadership.epoch())
                    .addKeyValue("rev", state.revision())
                    .log("leading");
            ready.run();
            turn();
        }

        /** Stops deciding at once, and drops what only a leader keeps. */
        @Override
        public void stop(String why) {
            deciding = false;
            dirty.clear();
            deadlines.clear();
            sightings.clear();
            capacity = Capacity.of(ClusterState.EMPTY);
        }

        @Override
        public boolean running() {
            return deciding || !dirty.isEmpty() || deadlines.armed();
        }
    }

    /** What the writing tells. */
    private final class Writes implements Sequencer.Listener {
        @Override
        public void free() {
            turn();
        }

        @Override
        public void stuck(String why) {
            inputs.refuse(Inputs.storeFull(why));
        }
    }
}
