package dev.staithe.sim;

import dev.staithe.agent.session.Dialer;
import dev.staithe.agent.session.Link;
import dev.staithe.proto.agent.v1.AgentMessage;
import dev.staithe.proto.agent.v1.ControlMessage;
import java.time.Duration;
import java.util.Optional;

/** One connection between an agent and a control plane: two lanes, one each way. */
final class SimConnection {
    private static final Duration LEAST_KEEPALIVE = Duration.ofSeconds(8);
    private static final Duration MOST_KEEPALIVE = Duration.ofSeconds(25);

    private final SimNetwork network;
    private final SimProcess agent;
    private final String agentPlace;
    private final Dialer.Listener listener;
    private final SimLane down;
    private SimLane up;
    private Optional<SimNetwork.Listening> target = Optional.empty();
    private Optional<SimNetwork.Receiver> receiver = Optional.empty();
    private int stalls;

    SimConnection(SimNetwork network, SimProcess agent, String agentPlace, Dialer.Listener listener) {
        this.network = network;
        this.agent = agent;
        this.agentPlace = agentPlace;
        this.down = new SimLane(this, agent, listener::closed);
        this.up = new SimLane(this, agent, why -> {});
        this.listener = listener;
    }

    /** The connection will not come about. */
    void fail(String why, Duration after) {
        down.close(why, after);
    }

    /** The server learns of the connection after a while; what the agent sends meanwhile is kept. */
    void connect(SimNetwork.Listening server) {
        target = Optional.of(server);
        up = new SimLane(this, server.process(), why -> receiver.ifPresent(r -> r.closed(why)));
        up.offer("connect", () -> receiver = Optional.of(server.server().accept(serverEnd())));
    }

    boolean between(String one, String other) {
        return target.filter(t -> (t.place().equals(one) && agentPlace.equals(other))
                        || (t.place().equals(other) && agentPlace.equals(one)))
                .isPresent();
    }

    boolean cut() {
        return target.filter(t -> network.weather().isCut(agentPlace, t.place()))
                .isPresent();
    }

    SimNetwork network() {
        return network;
    }

    /** One of the two processes is dead: the other one hears of it, if anything gets through. */
    void died(SimProcess process) {
        boolean agentDied = process == agent;
        if (!agentDied && target.filter(t -> t.process() == process).isEmpty()) {
            return;
        }
        (agentDied ? down : up).abandon();
        SimLane other = agentDied ? up : down;
        if (cut()) {
            keepalive(other, ++stalls);
        } else {
            other.close("connection reset by peer", network.latency());
        }
    }

    /** Breaks: what is under way is lost, and the ends hear of it each in its time. */
    void tear(String why) {
        down.close(why, network.latency());
        up.close(why, network.latency());
    }

    /** Nothing gets through: each end gives up after a while of its own. */
    void stall() {
        stalls++;
        keepalive(down, stalls);
        keepalive(up, stalls);
    }

    /** Things get through again. */
    void flow() {
        stalls++;
        if (down.ended() || up.ended()) {
            tear("connection reset by peer");
        } else {
            down.resume();
            up.resume();
        }
    }

    private void keepalive(SimLane lane, int stall) {
        Duration patience = network.random().between(LEAST_KEEPALIVE, MOST_KEEPALIVE);
        network.scheduler().after(network.simulation().world(), patience, "keepalive", () -> {
            if (stalls == stall) {
                lane.close("keepalive failed", Duration.ZERO);
            }
        });
    }

    /** Either end closes: the other one gets what was sent before, the closing one hears of it too. */
    private void close(SimLane own, SimLane other, String why) {
        own.close(why, Duration.ZERO);
        if (cut()) {
            return;
        }
        other.offer("close", () -> other.close("closed by peer", Duration.ZERO));
    }

    void ended() {
        if (down.ended() && up.ended()) {
            network.gone(this);
        }
    }

    Link agentEnd() {
        return new Link() {
            @Override
            public void send(AgentMessage message) {
                network.simulation().sent(agentPlace, message);
                up.send(
                        Messages.brief(message),
                        Messages.mayVanish(message),
                        Messages.mayRepeat(message),
                        () -> receiver.ifPresent(r -> r.received(message)),
                        listener::writable,
                        agent);
            }

            @Override
            public boolean ready() {
                return up.ready();
            }

            @Override
            public void close() {
                SimConnection.this.close(down, up, "closed");
            }
        };
    }

    private SimNetwork.Sender serverEnd() {
        SimProcess server = target.orElseThrow().process();
        return new SimNetwork.Sender() {
            @Override
            public void send(ControlMessage said) {
                ControlMessage message = network.tampered(said);
                down.send(
                        Messages.brief(message),
                        Messages.mayVanish(message),
                        Messages.mayRepeat(message),
                        () -> listener.received(message),
                        () -> receiver.ifPresent(SimNetwork.Receiver::writable),
                        server);
            }

            @Override
            public boolean ready() {
                return down.ready();
            }

            @Override
            public void close() {
                SimConnection.this.close(up, down, "closed");
            }
        };
    }
}
