package dev.staithe.agent.session;

import dev.staithe.agent.ledger.LedgerWriter;
import dev.staithe.agent.ledger.TaskLedger.Identity;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.model.TaskReports;
import dev.staithe.agent.task.TaskWorkers;
import dev.staithe.proto.agent.v1.AgentMessage;
import dev.staithe.proto.agent.v1.Hello;
import dev.staithe.proto.agent.v1.HostFacts;
import dev.staithe.proto.agent.v1.Refused;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the leading control plane and keeps a session with it, for the life of the agent.
 *
 * <p>One {@link Conversation} at a time: when it ends, the next one begins with the next control plane, or with the one that the
 * last named as the leader. A leader of a lower epoch than one that was obeyed before is refused. While there is none, tasks
 * run on and reports wait.
 *
 * <p>Confined to the loop. Soft, but for what it puts into the ledger.
 */
public final class ControlSession {
    static final int PROTOCOL = 1;
    private static final Logger LOG = LoggerFactory.getLogger(ControlSession.class);

    private final Environment environment;
    private final EventLoop loop;
    private final Dialer dialer;
    private final LedgerWriter ledger;
    private final TaskWorkers workers;
    private final Asks asks;
    private final Fetches fetches;
    private final Outbox outbox;
    private final Reconnect reconnect;
    private final OutageLog outage;
    private final Supplier<Hello.Builder> greeting;
    private Optional<Conversation> conversation = Optional.empty();
    private boolean closed;

    /**
     * Makes the session; {@link #start} begins it.
     *
     * @param controlPlanes HOST:PORT of each
     */
    public ControlSession(
            Environment environment,
            EventLoop loop,
            Dialer dialer,
            List<String> controlPlanes,
            String cluster,
            String bootId,
            Supplier<HostFacts> facts,
            LedgerWriter ledger,
            TaskWorkers workers,
            Asks asks,
            Fetches fetches) {
        this.environment = environment;
        this.loop = loop;
        this.dialer = dialer;
        this.ledger = ledger;
        this.workers = workers;
        this.asks = asks;
        this.fetches = fetches;
        this.outbox = new Outbox(loop, environment.time());
        this.reconnect = new Reconnect(controlPlanes, environment.randomness());
        this.outage = new OutageLog(environment.time());
        this.greeting = () -> Hello.newBuilder()
                .setMinProtocol(PROTOCOL)
                .setMaxProtocol(PROTOCOL)
                .setCluster(cluster)
                .setBootId(bootId)
                .setFacts(facts.get());
    }

    public void start() {
        loop.assertInLoop();
        dial();
    }

    /** Ends the session; the control plane sees the agent leave. */
    public void close() {
        closed = true;
        conversation.ifPresent(Conversation::close);
        conversation = Optional.empty();
    }

    /** A task's reported state has changed, and is durable. */
    public void report(LocalTask task) {
        outbox.offer(TaskReports.of(task));
    }

    /** Whether a control plane has welcomed this agent and the session stands. */
    public boolean established() {
        return conversation.map(Conversation::welcomed).orElse(false);
    }

    private void dial() {
        if (closed) {
            return;
        }
        Conversation next = new Conversation(
                environment,
                loop,
                ledger,
                workers,
                outbox,
                asks,
                fetches,
                reconnect.address(),
                this::welcomed,
                this::ended);
        conversation = Optional.of(next);
        next.begin(dialer, hello());
    }

    private AgentMessage hello() {
        Identity identity = ledger.identity();
        return AgentMessage.newBuilder()
                .setHello(greeting.get()
                        .setInstanceId(identity.instanceId())
                        .setIncarnation(identity.incarnation())
                        .setHighestEpoch(identity.highestEpoch())
                        .setLastSequence(identity.sequence())
                        .addAllInventory(AssignmentIntake.inventory(workers.tasks())))
                .build();
    }

    private void welcomed(Conversation current, long epoch) {
        reconnect.succeeded(current.address());
        outage.recovered(current.address(), epoch);
    }

    private void ended(Conversation current, Conversation.End end) {
        if (closed || conversation.filter(c -> c == current).isEmpty()) {
            return;
        }
        conversation = Optional.empty();
        Duration delay = switch (end) {
            case Conversation.End.Broken broken -> {
                outage.failed(current.address(), broken.why());
                yield reconnect.failed();
            }
            case Conversation.End.TurnedAway away -> turnedAway(current.address(), away.refused());
        };
        loop.after(delay, this::dial);
    }

    private Duration turnedAway(String address, Refused refused) {
        if (refused.getReason().equals("NOT_LEADER")) {
            if (refused.getLeaderAddress().isEmpty()) {
                outage.failed(address, "not the leader, and knows none");
            }
            return reconnect.redirected(refused.getLeaderAddress());
        }
        outage.failed(address, refused.getReason() + ": " + refused.getDetail());
        LOG.atError()
                .addKeyValue("address", address)
                .addKeyValue("reason", refused.getReason())
                .addKeyValue("detail", refused.getDetail())
                .log("the control plane refuses this agent");
        reconnect.failed();
        return environment.randomness().jitter(Reconnect.LAST, 0.2);
    }
}
