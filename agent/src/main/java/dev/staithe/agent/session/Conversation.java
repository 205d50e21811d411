package dev.staithe.agent.session;

import dev.staithe.agent.ledger.LedgerWriter;
import dev.staithe.agent.task.TaskWorkers;
import dev.staithe.proto.agent.v1.AgentMessage;
import dev.staithe.proto.agent.v1.Answer;
import dev.staithe.proto.agent.v1.Beat;
import dev.staithe.proto.agent.v1.ControlMessage;
import dev.staithe.proto.agent.v1.Refused;
import dev.staithe.proto.agent.v1.Welcome;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One session with one control plane, from the greeting to its end.
 *
 * <p>Messages are taken one after the other. One that carries a higher epoch than any before waits, and all behind it, until that
 * epoch is durable; one that carries a lower epoch ends the conversation. Silence of three heartbeats ends it too.
 *
 * <p>Confined to the loop: the link's calls are moved there.
 */
final class Conversation {
    private static final Logger LOG = LoggerFactory.getLogger(Conversation.class);
    private static final Duration WELCOME_DEADLINE = Duration.ofSeconds(10);
    private static final int MOST_SILENT_BEATS = 3;
    private static final int MOST_WAITING = 1000;
    private static final int SHORTEST_BEAT_MS = 100;
    private static final int LONGEST_BEAT_MS = 60_000;

    /** How a conversation ended. */
    sealed interface End {
        /** The link broke, or one side was silent, or this side would not go on. */
        record Broken(String why) implements End {}

        /** The control plane would not have this agent. */
        record TurnedAway(Refused refused) implements End {}
    }

    private final Environment environment;
    private final EventLoop loop;
    private final LedgerWriter ledger;
    private final TaskWorkers workers;
    private final Outbox outbox;
    private final Asks asks;
    private final Fetches fetches;
    private final String address;
    private final BiConsumer<Conversation, Long> onWelcome;
    private final BiConsumer<Conversation, End> onEnd;
    private final AssignmentIntake intake;
    private final ArrayDeque<ControlMessage> inbox = new ArrayDeque<>();
    private @Nullable Link link;
    private boolean waitingForLedger;
    private boolean welcomed;
    private boolean over;
    private long epoch;
    private long lastHeard;
    private EventLoop.@Nullable Timer timer;

    Conversation(
            Environment environment,
            EventLoop loop,
            LedgerWriter ledger,
            TaskWorkers workers,
            Outbox outbox,
            Asks asks,
            Fetches fetches,
            String address,
            BiConsumer<Conversation, Long> onWelcome,
            BiConsumer<Conversation, End> onEnd) {
        this.environment = environment;
        this.loop = loop;
        this.ledger = ledger;
        this.workers = workers;
        this.outbox = outbox;
        this.asks = asks;
        this.fetches = fetches;
        this.address = address;
        this.onWelcome = onWelcome;
        this.onEnd = onEnd;
        this.intake = new AssignmentIntake(workers, ledger, outbox, this::send);
    }

    void begin(Dialer dialer, AgentMessage hello) {
        link = dialer.dial(address, new Dialer.Listener() {
            @Override
            public void received(ControlMessage message) {
                loop.execute(() -> receive(message));
            }

            @Override
            public void writable() {
                loop.execute(() -> {
                    if (!over) {
                        asks.writable();
                    }
                });
            }

            @Override
            public void closed(String why) {
                loop.execute(() -> end(new End.Broken(why)));
            }
        });
        send(hello);
        timer = loop.after(
                WELCOME_DEADLINE,
                () -> end(new End.Broken("no welcome within " + WELCOME_DEADLINE.toSeconds() + " s")));
    }

    String address() {
        return address;
    }

    boolean welcomed() {
        return welcomed && !over;
    }

    void close() {
        end(new End.Broken("closed"));
    }

    private void receive(ControlMessage message) {
        if (over) {
            return;
        }
        lastHeard = environment.time().nanos();
        inbox.add(message);
        if (inbox.size() > MOST_WAITING) {
            end(new End.Broken("more than " + MOST_WAITING + " messages wait for the ledger"));
            return;
        }
        drain();
    }

    private void drain() {
        while (!over && !waitingForLedger && !inbox.isEmpty()) {
            ControlMessage message = inbox.element();
            long highest = ledger.identity().highestEpoch();
            Optional<Long> claimed = epoch(message);
            if (claimed.isPresent() && claimed.get() < highest) {
                LOG.atWarn()
                        .addKeyValue("address", address)
                        .addKeyValue("epoch", claimed.get())
                        .addKeyValue("highest", highest)
                        .log("refused a control plane that led before another one");
                end(new End.Broken("epoch " + claimed.get() + " is over, " + highest + " was obeyed"));
            } else if (claimed.isPresent() && claimed.get() > highest) {
                // INVARIANT: the epoch is durable before anything said under it is obeyed.
                waitingForLedger = true;
                ledger.identify(identity -> identity.obeying(claimed.get()), () -> {
                    waitingForLedger = false;
                    drain();
                });
            } else {
                inbox.remove();
                handle(message);
            }
        }
    }

    /** The epoch that the message speaks for; empty for those that order nothing. */
    private static Optional<Long> epoch(ControlMessage message) {
        return switch (message.getKindCase()) {
            case WELCOME -> Optional.of(message.getWelcome().getEpoch());
            case SNAPSHOT -> Optional.of(message.getSnapshot().getEpoch());
            case DELTA -> Optional.of(message.getDelta().getEpoch());
            case BEAT -> Optional.of(message.getBeat().getEpoch());
            case REPORT_ACK, ASK, REFUSED, FETCHED, KIND_NOT_SET -> Optional.empty();
        };
    }

    private void handle(ControlMessage message) {
        switch (message.getKindCase()) {
            case WELCOME -> welcome(message.getWelcome());
            case REFUSED -> end(new End.TurnedAway(message.getRefused()));
            case SNAPSHOT -> {
                if (welcomed) {
                    intake.accept(message.getSnapshot());
                }
            }
            case DELTA -> {
                if (welcomed) {
                    intake.accept(message.getDelta());
                }
            }
            case REPORT_ACK -> outbox.acknowledged(message.getReportAck().getNumber());
            case ASK -> asks.asked(message.getAsk(), new AnswerWire());
            // A digest that differs is the control plane's to act upon.
            case BEAT -> intake.heard(message.getBeat());
            case FETCHED -> fetches.fetched(message.getFetched());
            // Of a later protocol.
            case KIND_NOT_SET -> {}
        }
    }

    private void welcome(Welcome welcome) {
        if (welcomed) {
            return;
        }
        if (welcome.getProtocol() != ControlSession.PROTOCOL) {
            end(new End.Broken("protocol " + welcome.getProtocol() + " (expected: " + ControlSession.PROTOCOL + ")"));
            return;
        }
        welcomed = true;
        epoch = welcome.getEpoch();
        onWelcome.accept(this, epoch);
        outbox.connected(this::send);
        fetches.connected(this::send);
        int millis = Math.clamp(welcome.getHeartbeatIntervalMs(), SHORTEST_BEAT_MS, LONGEST_BEAT_MS);
        scheduleBeat(Duration.ofMillis(millis));
    }

    private void scheduleBeat(Duration interval) {
        cancelTimer();
        timer = loop.after(interval, () -> beat(interval));
    }

    private void beat(Duration interval) {
        long silent = environment.time().nanos() - lastHeard;
        if (silent > interval.multipliedBy(MOST_SILENT_BEATS).toNanos()) {
            end(new End.Broken(
                    "silent for " + Duration.ofNanos(silent).toSeconds() + " s, " + MOST_SILENT_BEATS + " heartbeats"));
            return;
        }
        send(AgentMessage.newBuilder()
                .setBeat(Beat.newBuilder()
                        .setEpoch(epoch)
                        .setSequence(intake.sequence())
                        .setDigest(workers.digest())
                        // A host whose ledger cannot be written is as unfit for new tasks as one without an engine.
                        .setEngineHealthy(workers.engineHealthy() && ledger.healthy()))
                .build());
        intake.beat();
        outbox.retry();
        scheduleBeat(interval);
    }

    private void send(AgentMessage message) {
        Link wire = link;
        if (!over && wire != null) {
            wire.send(message);
        }
    }

    private void end(End how) {
        if (over) {
            return;
        }
        over = true;
        cancelTimer();
        outbox.disconnected();
        asks.disconnected();
        fetches.disconnected();
        Link wire = link;
        if (wire != null) {
            wire.close();
        }
        onEnd.accept(this, how);
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel();
        }
    }

    private final class AnswerWire implements Asks.Wire {
        @Override
        public boolean ready() {
            Link wire = link;
            return !over && wire != null && wire.ready();
        }

        @Override
        public void send(Answer answer) {
            Conversation.this.send(AgentMessage.newBuilder().setAnswer(answer).build());
        }
    }
}
