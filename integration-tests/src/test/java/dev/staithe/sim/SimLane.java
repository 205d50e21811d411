package dev.staithe.sim;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/** One direction of a connection, and the end of it where things arrive. */
final class SimLane {
    /** As many messages the wire holds before it asks to wait. */
    private static final int ROOM = 6;

    private record Item(String what, boolean message, Runnable delivery) {}

    private final SimConnection connection;
    private final SimNetwork network;
    private final SimProcess receiver;
    private final Consumer<String> closed;
    private final Deque<Item> queue = new ArrayDeque<>();
    private long last;
    private boolean closing;
    private boolean ended;
    private boolean stalled;
    private boolean wantsRoom;
    private Runnable hasRoom = () -> {};

    SimLane(SimConnection connection, SimProcess receiver, Consumer<String> closed) {
        this.connection = connection;
        this.network = connection.network();
        this.receiver = receiver;
        this.closed = closed;
    }

    boolean ended() {
        return ended;
    }

    boolean ready() {
        boolean room = queue.size() < ROOM;
        wantsRoom |= !room;
        return room;
    }

    /** Sends a message: it arrives, in its turn, or vanishes, or arrives twice, as the weather is. */
    void send(
            String what,
            boolean mayVanish,
            boolean mayRepeat,
            Runnable delivery,
            Runnable roomAgain,
            SimProcess sender) {
        hasRoom = () -> network.scheduler().after(sender, Duration.ZERO, "writable", roomAgain);
        Weather weather = network.weather();
        if (mayVanish && network.random().chance(weather.lostMessages())) {
            network.simulation().trace(receiver.name(), "lost: " + what);
            return;
        }
        enqueue(new Item(what, true, delivery));
        if (mayRepeat && network.random().chance(weather.repeatedMessages())) {
            enqueue(new Item("again: " + what, true, delivery));
        }
    }

    /** Hands over something that is no message, in its turn. */
    void offer(String what, Runnable delivery) {
        enqueue(new Item(what, false, delivery));
    }

    /** The receiver is told once, after the delay, and nothing arrives after that. */
    void close(String why, Duration delay) {
        if (!closing) {
            closing = true;
            network.scheduler().after(receiver, delay, "closed", () -> {
                abandon();
                network.simulation().trace(receiver.name(), "link closed: " + why);
                closed.accept(why);
            });
        }
    }

    /** Nothing arrives any more. */
    void abandon() {
        closing = true;
        ended = true;
        queue.clear();
        connection.ended();
    }

    /** What was held up goes on. */
    void resume() {
        if (stalled) {
            stalled = false;
            queue.forEach(item -> schedule());
        }
    }

    private void enqueue(Item item) {
        if (ended) {
            return;
        }
        queue.add(item);
        if (!stalled) {
            schedule();
        }
    }

    private void schedule() {
        last = Math.max(last, network.scheduler().nanos() + network.latency().toNanos());
        network.scheduler().at(receiver, last, "arrival", this::next);
    }

    private void next() {
        if (ended || stalled || queue.isEmpty()) {
            return;
        }
        if (connection.cut()) {
            stalled = true;
            return;
        }
        Item item = queue.remove();
        if (item.message() && !item.what().contains("Beat")) {
            network.simulation().trace(receiver.name(), item.what());
        }
        if (wantsRoom && queue.size() < ROOM / 2) {
            wantsRoom = false;
            hasRoom.run();
        }
        item.delivery().run();
    }
}
