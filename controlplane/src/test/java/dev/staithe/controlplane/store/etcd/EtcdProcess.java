package dev.staithe.controlplane.store.etcd;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A real etcd of one member, on free ports of the loopback and a data directory of the test's own. */
public final class EtcdProcess implements AutoCloseable {
    private static final String BINARY = System.getProperty("etcd", "etcd");
    private static final int LINES_KEPT = 50;

    private final Path data;
    private final List<String> options;
    private final int clientPort;
    private final int peerPort;
    private Process process;

    private EtcdProcess(Path data, List<String> options) throws IOException {
        this.data = data;
        this.options = options;
        try (ServerSocket client = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket peer = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            clientPort = client.getLocalPort();
            peerPort = peer.getLocalPort();
        }
        process = launch();
        // Also when the JVM is stopped in the middle of a test.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> process.destroyForcibly()));
    }

    /** Starts etcd and waits until it answers. */
    public static EtcdProcess start(Path data, String... options) throws IOException {
        return new EtcdProcess(data, List.of(options));
    }

    /** HOST:PORT for clients. */
    public String endpoint() {
        return "127.0.0.1:" + clientPort;
    }

    /** Ends it at once, as a power cut would. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Starts it again after {@link #kill}, on the same data and ports. */
    public void startAgain() throws IOException {
        process = launch();
    }

    /** It keeps its connections but does nothing. */
    public void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    public void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    @Override
    public void close() {
        kill();
    }

    private void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    private Process launch() throws IOException {
        String client = "http://" + endpoint();
        String peer = "http://127.0.0.1:" + peerPort;
        List<String> command = new ArrayList<>(List.of(
                BINARY,
                "--name=test",
                "--data-dir=" + data,
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=test=" + peer,
                "--logger=zap"));
        command.addAll(options);
        Process started;
        try {
            started = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new IOException(
                    "these tests need the program `etcd` (on Debian: apt-get install etcd-server): " + e.getMessage(),
                    e);
        }
        awaitReady(started);
        return started;
    }

    /** Reads what etcd says, until it ends; answers when it says that it is ready. */
    private static void awaitReady(Process started) throws IOException {
        List<String> said = Collections.synchronizedList(new ArrayList<>());
        CompletableFuture<Boolean> ready = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("etcd-output").start(() -> {
            try (BufferedReader output = started.inputReader()) {
                for (String line = output.readLine(); line != null; line = output.readLine()) {
                    if (said.size() < LINES_KEPT) {
                        said.add(line);
                    }
                    if (line.contains("ready to serve client requests")
                            || line.contains("serving insecure client requests")
                            || line.contains("serving client traffic insecurely")) {
                        ready.complete(true);
                    }
                }
            } catch (IOException e) {
                said.add(e.toString());
            }
            ready.complete(false);
        });
        if (!ready.completeOnTimeout(false, 30, TimeUnit.SECONDS).join()) {
            started.destroyForcibly();
            throw new IOException("etcd did not start:\n" + String.join("\n", said));
        }
    }
}
