package dev.staithe.controlplane.dispatch;

import dev.staithe.controlplane.leader.LeaderRoles;
import dev.staithe.controlplane.leader.Leadership;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.agent.v1.AgentMessage;
import dev.staithe.proto.agent.v1.Ask;
import dev.staithe.proto.agent.v1.ControlMessage;
import dev.staithe.proto.agent.v1.ExecInput;
import dev.staithe.proto.agent.v1.Hello;
import dev.staithe.proto.agent.v1.Refused;
import dev.staithe.proto.agent.v1.TaskReport;
import dev.staithe.proto.store.v1.LeaderRecord;
import dev.staithe.runtime.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All sessions with agents, while this replica leads.
 *
 * <p>Confined to the control loop; {@link #connect} and what it returns may be called from any thread. Soft state: a new
 * leader begins without sessions, and agents tell it everything again. Says nothing to an agent that is not committed, and
 * nothing at all when it does not lead.
 */
public final class AgentSessions implements LeaderRoles.Role {
    private static final Logger LOG = LoggerFactory.getLogger(AgentSessions.class);

    /** What sessions hand to the control loop. Called on it. */
    public interface Facts {
        /** A host is here: it is to be registered, or its registration brought up to date. */
        void registered(Hello hello);

        /** A host reports tasks; acknowledged with the receipt once it is committed. */
        void reported(String instanceId, Receipt receipt, List<TaskReport> tasks);

        /** A sign of life, and whether the host's container engine answers. */
        void heard(String instanceId, boolean engineHealthy);

        /** The session has ended. */
        void silent(String instanceId);
    }

    private final EventLoop loop;
    private final Duration heartbeat;
    private final Supplier<ClusterState> state;
    private final Supplier<Optional<LeaderRecord>> leader;
    private final Facts facts;
    private final Disclosure disclosure;
    private final TreeMap<String, Session> sessions = new TreeMap<>();
    private Optional<Leadership> leadership = Optional.empty();
    private long lastSession;

    /**
     * Sessions to come.
     *
     * @param heartbeat how often agents are to give a sign of life
     * @param disclosure answers what they ask
     */
    public AgentSessions(
            EventLoop loop,
            Duration heartbeat,
            Supplier<ClusterState> state,
            Supplier<Optional<LeaderRecord>> leader,
            Facts facts,
            Disclosure disclosure) {
        this.loop = loop;
        this.heartbeat = heartbeat;
        this.state = state;
        this.leader = leader;
        this.facts = facts;
        this.disclosure = disclosure;
    }

    /** Takes a new wire, over which an agent will say Hello. */
    public Inbound connect(AgentLink link) {
        return new Wire(link);
    }

    /** Accepts agents from now on: the state is current. */
    @Override
    public void start(Leadership now, Runnable ready) {
        loop.assertInLoop();
        leadership = Optional.of(now);
        ready.run();
    }

    /** Turns all agents away, to the leader where it is known. */
    @Override
    public void stop(String why) {
        loop.assertInLoop();
        leadership = Optional.empty();
        List<Session> ended = List.copyOf(sessions.values());
        sessions.clear();
        ended.forEach(s -> {
            s.refuse(notLeader());
            s.end("this replica does not lead any more: " + why);
        });
    }

    @Override
    public boolean running() {
        return leadership.isPresent() || !sessions.isEmpty();
    }

    /** Brings the instance's session up to date with the state; nothing happens when there is none. */
    public void refresh(String instanceId) {
        loop.assertInLoop();
        Session session = sessions.get(instanceId);
        if (session == null || leadership.isEmpty()) {
            return;
        }
        ClusterState now = state.get();
        if (!session.open()) {
            Optional<ContainerInstance> instance = now.instance(instanceId);
            boolean registered = instance.isPresent()
                    && instance.get().incarnation() == session.incarnation()
                    && instance.get().agentConnected();
            if (registered) {
                session.welcome(now, heartbeat);
            }
            return;
        }
        session.update(now);
        session.drain();
    }

    /** Brings every session up to date. */
    public void refreshAll() {
        List.copyOf(sessions.keySet()).forEach(this::refresh);
    }

    /** Tells the agent that everything up to this report is committed, if the session lasts through which it came. */
    public void acknowledge(String instanceId, Receipt receipt) {
        Session session = sessions.get(instanceId);
        if (session != null && session.number() == receipt.session() && receipt.number() > 0) {
            session.acknowledge(receipt.number());
        }
    }

    /** Tells the agent that a task which it reported does not exist. */
    public void unknown(String instanceId, String taskId) {
        Session session = sessions.get(instanceId);
        if (session != null) {
            session.unknown(taskId);
        }
    }

    /** Whether the instance has a session. */
    public boolean connected(String instanceId) {
        return sessions.containsKey(instanceId);
    }

    /**
     * Asks the instance's agent; the answer ends with an error when it is not connected. On the loop.
     *
     * @param ask the question; its id is given here
     */
    public Asking ask(String instanceId, Ask ask, Answers answers) {
        loop.assertInLoop();
        Session session = sessions.get(instanceId);
        if (session == null || !session.open()) {
            answers.answered(Answers.failure("the agent of " + instanceId + " is not connected"));
            return Asking.OVER;
        }
        return session.ask(ask, answers);
    }

    /** A question under way. */
    public interface Asking {
        /** A question that has had its last answer. */
        Asking OVER = new Asking() {
            @Override
            public void cancel() {}

            @Override
            public void more(ExecInput input) {}
        };

        /** The asker is gone. On the loop. */
        void cancel();

        /**
         * More for the command that runs as the answer: goes out when the wire is free, after what the host is to hold. On the
         * loop. Whoever calls sees to it that no more waits than the command's host has room for.
         */
        void more(ExecInput input);
    }

    private Refused notLeader() {
        Refused.Builder refused = Refused.newBuilder().setReason("NOT_LEADER");
        String address = leader.get().map(LeaderRecord::getAddress).orElse("");
        return refused.setLeaderAddress(address)
                .setDetail(address.isEmpty() ? "no leader is known at the moment" : "the leader is " + address)
                .build();
    }

    private void hello(Wire wire, Hello hello) {
        Optional<Refused> refused = refusal(hello);
        if (refused.isPresent()) {
            LOG.atWarn()
                    .addKeyValue("instance", hello.getInstanceId())
                    .addKeyValue("reason", refused.get().getReason())
                    .log("agent turned away: {}", refused.get().getDetail());
            wire.link.send(ControlMessage.newBuilder().setRefused(refused.get()).build());
            wire.end();
            return;
        }
        Session before = sessions.get(hello.getInstanceId());
        if (before != null) {
            before.end("a newer session of the same host took its place");
        }
        Session session = new Session(wire.link, hello, leadership.orElseThrow(), ++lastSession);
        wire.session = Optional.of(session);
        sessions.put(hello.getInstanceId(), session);
        facts.registered(hello);
        facts.reported(hello.getInstanceId(), new Receipt(session.number(), 0), hello.getInventoryList());
    }

    /** Why the agent is not let in. */
    private Optional<Refused> refusal(Hello hello) {
        if (leadership.isEmpty() || leadership.get().epoch() < hello.getHighestEpoch()) {
            return Optional.of(notLeader());
        }
        Optional<Refused> invalid = Hellos.check(hello);
        if (invalid.isPresent()) {
            return invalid;
        }
        String id = hello.getInstanceId();
        if (state.get().cluster(hello.getCluster()).isEmpty()) {
            return Hellos.refused(
                    "INVALID",
                    "cluster: " + hello.getCluster() + " (expected: one that exists; create it with `staithe cluster "
                            + "create " + hello.getCluster() + "`)");
        }
        Optional<ContainerInstance> known = state.get().instance(id);
        if (known.isPresent() && !known.get().cluster().equals(hello.getCluster())) {
            return Hellos.refused(
                    "INVALID",
                    "cluster: " + hello.getCluster() + " (expected: "
                            + known.get().cluster()
                            + ", which this instance is registered in; an instance of another cluster needs a data "
                            + "directory of its own)");
        }
        Session before = sessions.get(id);
        if (before != null && before.incarnation() > hello.getIncarnation()) {
            LOG.atError()
                    .addKeyValue("instance", id)
                    .log("two hosts claim one identity; the older incarnation is turned away");
            return Hellos.refused(
                    "CLONED_IDENTITY",
                    "a newer process of instance " + id
                            + " is connected: two hosts must not share a data directory, nor " + "a copy of one");
        }
        return Optional.empty();
    }

    private void received(Wire wire, AgentMessage message) {
        if (wire.ended) {
            return;
        }
        if (message.getKindCase() == AgentMessage.KindCase.HELLO) {
            if (wire.session.isEmpty()) {
                hello(wire, message.getHello());
            }
            return;
        }
        Session session = wire.session.orElse(null);
        if (session == null || !isCurrent(session)) {
            return;
        }
        String instance = session.instanceId();
        switch (message.getKindCase()) {
            case APPLIED -> session.applied(message.getApplied());
            case REPORT ->
                facts.reported(
                        instance,
                        new Receipt(session.number(), message.getReport().getNumber()),
                        message.getReport().getTasksList());
            case BEAT -> {
                facts.heard(instance, message.getBeat().getEngineHealthy());
                session.beat(message.getBeat(), state.get());
            }
            case ANSWER -> session.answered(message.getAnswer());
            case RESYNC -> {
                LOG.atInfo()
                        .addKeyValue("instance", instance)
                        .log(
                                "the agent asks for everything again: {}",
                                message.getResync().getWhy());
                session.everything(state.get());
            }
            case FETCH -> session.fetch(message.getFetch(), disclosure);
            // A kind of message that this release does not know: a newer agent's, which copes without an answer.
            case HELLO, KIND_NOT_SET -> {}
        }
    }

    private boolean isCurrent(Session session) {
        return session.equals(sessions.get(session.instanceId()));
    }

    private void closed(Wire wire, String why) {
        wire.session.filter(this::isCurrent).ifPresent(session -> {
            sessions.remove(session.instanceId());
            session.end(why);
            facts.silent(session.instanceId());
        });
        wire.end();
    }

    /** One wire; brings what arrives on it to the loop. */
    private final class Wire implements Inbound {
        private final AgentLink link;
        private Optional<Session> session = Optional.empty();
        private boolean ended;

        Wire(AgentLink link) {
            this.link = link;
        }

        /** Nothing goes over it any more, whatever the other side still says. */
        void end() {
            if (!ended) {
                ended = true;
                link.close();
            }
        }

        @Override
        public void received(AgentMessage message) {
            loop.execute(() -> AgentSessions.this.received(this, message));
        }

        @Override
        public void writable() {
            loop.execute(() -> session.filter(AgentSessions.this::isCurrent).ifPresent(s -> refresh(s.instanceId())));
        }

        @Override
        public void closed(String why) {
            loop.execute(() -> AgentSessions.this.closed(this, why));
        }
    }
}
