package dev.staithe.bench;

import dev.staithe.cli.client.ControlPlane;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * How long until a killed container is replaced, and until forty tasks run, each beside the raw engine's time for the same in
 * the same run, turn by turn.
 *
 * <p>Both sides are measured alike: from the call that kills, or that asks for the tasks, to the engine's own event that the
 * last container started. With ready sandboxes the raw engine does it both ways, with and without networks made beforehand.
 *
 * <p>{@code main(HOST:PORT, IMAGE, SAMPLES, READY)}; the control plane must have one agent on this host, which keeps READY
 * sandboxes ready for each service: 0, or 40 and more.
 */
public final class ReplacementBench {
    private static final int MANY = 40;
    private static final int MANY_SAMPLES = 3;
    private static final int[] AT_ONCE = {4, 8, 16};

    private final BenchServices services;
    private final RawEngine engine;
    private final String image;
    private final int ready;

    private ReplacementBench(BenchServices services, RawEngine engine, String image, int ready) {
        this.services = services;
        this.engine = engine;
        this.image = image;
        this.ready = ready;
    }

    public static void main(String[] args) throws Exception {
        if (args.length != 4) {
            System.err.println("usage: ReplacementBench HOST:PORT IMAGE SAMPLES READY");
            System.exit(64);
        }
        ManagedChannel channel =
                NettyChannelBuilder.forTarget(args[0]).usePlaintext().build();
        try (RawEngine engine = new RawEngine(BenchServices.FAMILY_LABEL)) {
            ReplacementBench bench = new ReplacementBench(
                    new BenchServices(channel, args[1]), engine, args[1], Integer.parseInt(args[3]));
            System.out.println(Figures.header());
            bench.replacement(Integer.parseInt(args[2]));
            bench.many();
        } finally {
            channel.shutdownNow();
        }
    }

    private void replacement(int samples) throws Exception {
        Figures bridge = new Figures("killed -> replaced, raw engine");
        Figures joined = new Figures("killed -> replaced, raw engine, network made before");
        Figures own = new Figures("killed -> replaced, a service" + (ready > 0 ? ", ready sandboxes" : ""));
        services.create("bench-one", 1);
        try {
            for (int i = 0; i < samples; i++) {
                services.awaitUp("bench-one", 1);
                awaitReady(Math.min(ready, 1));
                bridge.add(replaceRaw());
                if (ready > 0) {
                    joined.add(replaceJoined());
                }
                own.add(replaceOwn());
            }
            if (ready > 0) {
                awaitReady(ready);
                System.out.println(SandboxCost.of(engine));
            }
        } finally {
            services.delete("bench-one");
        }
        System.out.println(bridge.row(bridge));
        if (ready > 0) {
            System.out.println(joined.row(bridge));
        }
        System.out.println(own.row(ready > 0 ? joined : bridge));
    }

    private long replaceRaw() throws InterruptedException {
        String first = engine.run(image);
        long nanos = replaced(first, () -> engine.run(image));
        engine.removeAll();
        return nanos;
    }

    private long replaceJoined() throws InterruptedException {
        String first = engine.runIn(image, engine.hold());
        String network = engine.hold();
        long nanos = replaced(first, () -> engine.runIn(image, network));
        engine.removeAll();
        return nanos;
    }

    private long replaced(String first, Runnable second) throws InterruptedException {
        engine.next("raw");
        engine.listen();
        long begin = System.nanoTime();
        engine.kill(first);
        second.run();
        return engine.next("raw").atNanos() - begin;
    }

    private long replaceOwn() throws InterruptedException {
        String container = services.container("bench-one");
        engine.listen();
        long begin = System.nanoTime();
        engine.kill(container);
        return engine.next(BenchServices.FAMILY).atNanos() - begin;
    }

    private void many() throws Exception {
        Figures raw = bestRaw();
        System.out.println(raw.row(raw, MANY));
        Figures own = new Figures(MANY + " tasks -> all started, a service" + (ready > 0 ? ", ready sandboxes" : ""));
        for (int i = 0; i < MANY_SAMPLES; i++) {
            own.add(ready > 0 ? scaledUp("bench-many-" + i) : created("bench-many-" + i));
        }
        System.out.println(own.row(raw, MANY));
    }

    /** At each degree of parallelism as often as the service is measured; the best is the floor. */
    private Figures bestRaw() throws Exception {
        List<Figures> all = new ArrayList<>();
        for (int atOnce : AT_ONCE) {
            Figures figures = new Figures(MANY + " tasks -> all started, raw engine"
                    + (ready > 0 ? ", made before" : "") + ", " + atOnce + " at once");
            for (int i = 0; i < MANY_SAMPLES; i++) {
                List<Callable<String>> runs = new ArrayList<>();
                for (int task = 0; task < MANY; task++) {
                    if (ready > 0) {
                        String network = engine.hold();
                        runs.add(() -> engine.runIn(image, network));
                    } else {
                        runs.add(() -> engine.run(image));
                    }
                }
                figures.add(engine.many(runs, atOnce));
                engine.removeAll();
            }
            all.add(figures);
        }
        return Collections.min(all, (a, b) -> Double.compare(a.at(0.5), b.at(0.5)));
    }

    private long created(String service) throws InterruptedException {
        engine.listen();
        long begin = System.nanoTime();
        services.create(service, MANY);
        long end = engine.last(BenchServices.FAMILY, MANY) - begin;
        services.awaitUp(service, MANY);
        services.delete(service);
        return end;
    }

    /** From one task, so that there is something to keep networks ready for. */
    private long scaledUp(String service) throws InterruptedException {
        services.create(service, 1);
        services.awaitUp(service, 1);
        awaitReady(MANY);
        engine.listen();
        long begin = System.nanoTime();
        services.scale(service, MANY + 1);
        long end = engine.last(BenchServices.FAMILY, MANY) - begin;
        services.awaitUp(service, MANY + 1);
        services.delete(service);
        return end;
    }

    private void awaitReady(int count) {
        long patience = System.nanoTime() + 300_000_000_000L;
        while (engine.ready().size() < count) {
            if (System.nanoTime() > patience) {
                throw new IllegalStateException(
                        engine.ready().size() + " sandboxes are ready after 5 minutes (expected: " + count
                                + "; see sandboxes.perService and sandboxes.most of the agent)");
            }
            ControlPlane.pause(Duration.ofMillis(50));
        }
    }
}
