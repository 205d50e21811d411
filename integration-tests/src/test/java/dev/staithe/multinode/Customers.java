package dev.staithe.multinode;

import dev.staithe.cli.client.ControlPlane;
import dev.staithe.proto.v1.Container;
import dev.staithe.proto.v1.NetworkBinding;
import dev.staithe.proto.v1.Task;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that keep their connections for several requests, some of which take seconds. One that is not let in goes to the
 * next task; one that was let in counts on its answer. What they speak: a line says how long the answer takes, in seconds.
 */
final class Customers implements AutoCloseable {
    /**
     * What a container runs that serves them on its port 8080, and that ends at once when it is told to. Each l of nc is room
     * for one connection that is not accepted yet.
     */
    static final String SERVER = "trap 'exit 0' TERM;" + " nc -" + "l".repeat(60)
            + " -p 8080 -e sh -c 'while read -r s; do sleep $s; echo done; done' & wait";

    private static final List<String> SECONDS = List.of("0.05", "0.5", "5");
    private static final int REQUESTS_A_CONNECTION = 2;

    /** Late enough to knock at the doors of tasks that let nobody in any more. */
    private static final Duration REFRESH = Duration.ofSeconds(2);

    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final int CONNECT_MILLIS = 2000;
    private static final int ANSWER_MILLIS = 20_000;

    private final List<String> addresses;
    private final String service;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger broken = new AtomicInteger();
    private volatile boolean leaving;

    /**
     * What they have met.
     *
     * @param answered requests
     * @param refused connections that were not let in
     * @param broken requests of connections that were let in, without an answer
     */
    record Count(int answered, int refused, int broken) {}

    Customers(String address, String service, int customers) {
        this.addresses = List.of(address);
        this.service = service;
        for (int i = 0; i < customers; i++) {
            int number = i;
            Thread thread = new Thread(() -> shop(number), "customer-" + number);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    Count count() {
        return new Count(answered.get(), refused.get(), broken.get());
    }

    /** Lets each finish what it is at. */
    @Override
    public void close() {
        leaving = true;
        for (Thread thread : threads) {
            try {
                thread.join(Duration.ofMillis(2L * ANSWER_MILLIS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void shop(int number) {
        Random random = new Random(number);
        try (Api api = new Api(addresses)) {
            List<InetSocketAddress> tasks = List.of();
            long refreshed = 0;
            while (!leaving) {
                if (tasks.isEmpty() || System.nanoTime() - refreshed > REFRESH.toNanos()) {
                    tasks = tasks(api);
                    refreshed = System.nanoTime();
                }
                if (tasks.isEmpty() || !visit(tasks.get(random.nextInt(tasks.size())), random)) {
                    ControlPlane.pause(PAUSE);
                }
            }
        }
    }

    /** One connection with its requests; false when it was not let in. */
    private boolean visit(InetSocketAddress task, Random random) {
        try (Socket socket = new Socket()) {
            try {
                socket.connect(task, CONNECT_MILLIS);
            } catch (IOException notLetIn) {
                refused.incrementAndGet();
                return false;
            }
            for (int i = 0; i < REQUESTS_A_CONNECTION; i++) {
                long asked = System.nanoTime();
                try {
                    ask(socket, SECONDS.get(random.nextInt(SECONDS.size())));
                    answered.incrementAndGet();
                } catch (IOException lost) {
                    broken.incrementAndGet();
                    System.err.println(Instant.now() + " request " + i + " to " + task + " broken after "
                            + Duration.ofNanos(System.nanoTime() - asked).toMillis() + " ms: " + lost);
                    return true;
                }
            }
            return true;
        } catch (IOException notClosed) {
            return true;
        }
    }

    private static void ask(Socket socket, String seconds) throws IOException {
        socket.setSoTimeout(ANSWER_MILLIS);
        socket.getOutputStream().write((seconds + "\n").getBytes(StandardCharsets.US_ASCII));
        String answer = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                .readLine();
        if (!"done".equals(answer)) {
            throw new IOException("the connection ended: " + answer);
        }
    }

    private List<InetSocketAddress> tasks(Api api) {
        List<InetSocketAddress> found = new ArrayList<>();
        for (Task task : api.tasks(service, "RUNNING")) {
            for (Container container : task.getContainersList()) {
                for (NetworkBinding binding : container.getNetworkBindingsList()) {
                    found.add(new InetSocketAddress(task.getHostAddress(), binding.getHostPort()));
                }
            }
        }
        return found;
    }
}
