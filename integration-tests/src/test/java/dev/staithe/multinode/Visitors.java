package dev.staithe.multinode;

import dev.staithe.cli.client.ControlPlane;
import dev.staithe.proto.v1.Container;
import dev.staithe.proto.v1.NetworkBinding;
import dev.staithe.proto.v1.Task;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * People who look at the pages of a service all the time: a thread that knows its running tasks, asks one, and the next when
 * that one does not answer, as a careful client does. Counts what it went through.
 */
final class Visitors implements AutoCloseable {
    private static final Duration REFRESH = Duration.ofMillis(200);
    private static final Duration BETWEEN = Duration.ofMillis(3);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int CONNECT_MILLIS = 300;
    private static final int ANSWER_MILLIS = 2000;
    private static final byte[] REQUEST = "GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Api api;
    private final String service;
    private final Thread thread = new Thread(this::visit, "visitors");
    private final Random random = new Random(1);
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger broken = new AtomicInteger();
    private final AtomicInteger unanswered = new AtomicInteger();
    private volatile boolean leaving;
    private List<InetSocketAddress> pages = List.of();
    private long refreshed;

    /**
     * What visitors have met.
     *
     * @param answered requests that were answered, if not by the first task asked
     * @param refused connections that were not accepted; the next task was asked
     * @param broken connections that were accepted, and ended before the answer; the next task was asked
     * @param unanswered requests that no task answered for five seconds
     */
    record Count(int answered, int refused, int broken, int unanswered) {}

    /** @param address HOST:PORT of a control plane */
    Visitors(String address, String service) {
        api = new Api(List.of(address));
        this.service = service;
        thread.setDaemon(true);
        thread.start();
    }

    Count count() {
        if (!thread.isAlive()) {
            throw new AssertionError("the visitors have gone; the cause is on standard error");
        }
        return new Count(answered.get(), refused.get(), broken.get(), unanswered.get());
    }

    @Override
    public void close() {
        leaving = true;
        try {
            thread.join(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        api.close();
    }

    private void visit() {
        while (!leaving) {
            request();
            ControlPlane.pause(BETWEEN);
        }
    }

    /** One request, asked of one task after the other. */
    private void request() {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (!leaving) {
            for (InetSocketAddress page : pages()) {
                if (ask(page)) {
                    answered.incrementAndGet();
                    return;
                }
            }
            if (System.nanoTime() > giveUp) {
                unanswered.incrementAndGet();
                return;
            }
        }
    }

    private boolean ask(InetSocketAddress page) {
        try (Socket socket = new Socket()) {
            try {
                socket.connect(page, CONNECT_MILLIS);
            } catch (IOException e) {
                refused.incrementAndGet();
                return false;
            }
            try {
                socket.setSoTimeout(ANSWER_MILLIS);
                socket.getOutputStream().write(REQUEST);
                if (answer(socket.getInputStream()).contains("Hello from task")) {
                    return true;
                }
            } catch (IOException e) {
                // Counted below, as an answer that ends too early is.
            }
            broken.incrementAndGet();
            return false;
        } catch (IOException notClosed) {
            return false;
        }
    }

    private static String answer(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Of the tasks that run, in any order: asked for now and then, as a load balancer would. */
    private List<InetSocketAddress> pages() {
        if (System.nanoTime() - refreshed > REFRESH.toNanos() || pages.isEmpty()) {
            List<InetSocketAddress> found = new ArrayList<>();
            for (Task task : api.tasks(service, "RUNNING")) {
                for (Container container : task.getContainersList()) {
                    for (NetworkBinding binding : container.getNetworkBindingsList()) {
                        found.add(new InetSocketAddress(task.getHostAddress(), binding.getHostPort()));
                    }
                }
            }
            pages = found;
            refreshed = System.nanoTime();
        }
        List<InetSocketAddress> shuffled = new ArrayList<>(pages);
        Collections.shuffle(shuffled, random);
        return shuffled;
    }
}
