package dev.staithe.bench;

import dev.staithe.cli.client.ControlPlane;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What an agent costs its host with forty tasks, at rest: memory, processor time, and how long it takes from its command to its
 * session with the control plane.
 *
 * <p>{@code main(HOST:PORT, IMAGE, SAMPLES, LAUNCHER, CONFIG)}: the control plane must have one agent on this host, which was
 * started with that configuration. The last of the agents that this starts is ended.
 */
public final class AgentCost {
    private static final int TASKS = 40;
    private static final String SERVICE = "bench-cost";
    private static final Duration SETTLED = Duration.ofSeconds(60);
    private static final Duration WATCHED = Duration.ofSeconds(60);

    private final String launcher;
    private final String config;

    private AgentCost(String launcher, String config) {
        this.launcher = launcher;
        this.config = config;
    }

    public static void main(String[] args) throws Exception {
        if (args.length != 5) {
            System.err.println("usage: AgentCost HOST:PORT IMAGE SAMPLES LAUNCHER CONFIG");
            System.exit(64);
        }
        ManagedChannel channel =
                NettyChannelBuilder.forTarget(args[0]).usePlaintext().build();
        try {
            BenchServices services = new BenchServices(channel, args[1]);
            services.create(SERVICE, TASKS);
            services.awaitUp(SERVICE, TASKS);
            AgentCost cost = new AgentCost(args[3], args[4]);
            System.out.println(cost.atRest());
            Figures starts = cost.starts(Integer.parseInt(args[2]));
            System.out.println(Figures.header());
            System.out.println(starts.row(starts));
        } finally {
            channel.shutdownNow();
        }
    }

    private String atRest() throws IOException {
        ControlPlane.pause(SETTLED);
        long agent = running();
        double before = Processes.seconds(agent);
        long begin = System.nanoTime();
        ControlPlane.pause(WATCHED);
        double share = (Processes.seconds(agent) - before) / ((System.nanoTime() - begin) / 1e9);
        return String.format(
                Locale.ROOT,
                "an agent with %d tasks, at rest: %.1f MiB resident, of it %.1f MiB its own, the rest pages of files;"
                        + " %.2f %% of a core",
                TASKS,
                Processes.memory(agent, "Rss") / 1024,
                Processes.memory(agent, "Private_Dirty") / 1024,
                share * 100);
    }

    private long running() throws IOException {
        return Processes.found(command ->
                        command.contains("\0dev.staithe.agent.Main\0") && command.contains("\0" + config + "\0"))
                .getFirst();
    }

    private Figures starts(int samples) throws IOException, InterruptedException {
        Figures starts = new Figures("agent started -> session, " + TASKS + " tasks");
        end(ProcessHandle.of(running()).orElseThrow());
        for (int i = 0; i < samples; i++) {
            long begin = System.nanoTime();
            Process process = new ProcessBuilder(launcher, "agent", "--config", config)
                    .redirectErrorStream(true)
                    .start();
            try (BufferedReader log = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = log.readLine(); ; line = log.readLine()) {
                    if (line == null) {
                        throw new IllegalStateException("the agent ended (expected: a session with the control plane)");
                    }
                    if (line.contains("session with the control plane")) {
                        break;
                    }
                }
                starts.add(System.nanoTime() - begin);
                end(process.toHandle());
            }
        }
        return starts;
    }

    private static void end(ProcessHandle process) throws InterruptedException {
        process.destroy();
        try {
            process.onExit().get(30, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException("the agent did not end within 30 s", e);
        }
    }
}
