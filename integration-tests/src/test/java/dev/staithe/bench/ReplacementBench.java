package dev.staithe.bench;

import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.CreateServiceRequest;
import dev.staithe.proto.v1.DeleteServiceRequest;
import dev.staithe.proto.v1.PortMapping;
import dev.staithe.proto.v1.RegisterTaskDefinitionRequest;
import dev.staithe.proto.v1.Service;
import dev.staithe.proto.v1.ServicesGrpc;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskDefinitionsGrpc;
import dev.staithe.proto.v1.WatchServiceRequest;
import dev.staithe.proto.v1.WatchServiceResponse;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * How long until a killed container is replaced, and until twenty tasks run, each beside the raw engine's time for the same
 * in the same run, turn by turn.
 *
 * <p>Both sides are measured alike: from the call that kills, or that asks for the tasks, to the engine's own event that the
 * last container started. {@code main(HOST:PORT, IMAGE, SAMPLES)}; the control plane must have one agent on this host.
 */
public final class ReplacementBench {
    private static final String FAMILY = "bench";
    private static final String FAMILY_LABEL = "dev.staithe.family";
    private static final int MANY = 20;
    private static final int AT_ONCE = 8;
    private static final int MANY_SAMPLES = 3;

    private final ServicesGrpc.ServicesBlockingStub services;
    private final RawEngine engine;
    private final String image;
    private final String definition;

    private ReplacementBench(ManagedChannel channel, RawEngine engine, String image) {
        this.services = ServicesGrpc.newBlockingStub(channel);
        this.engine = engine;
        this.image = image;
        TaskDefinition registered = TaskDefinitionsGrpc.newBlockingStub(channel)
                .withDeadlineAfter(30, TimeUnit.SECONDS)
                .register(RegisterTaskDefinitionRequest.newBuilder()
                        .setTaskDefinition(definition(image))
                        .build())
                .getTaskDefinition();
        this.definition = registered.getFamily() + ":" + registered.getRevision();
    }

    public static void main(String[] args) throws Exception {
        if (args.length != 3) {
            System.err.println("usage: ReplacementBench HOST:PORT IMAGE SAMPLES");
            System.exit(64);
        }
        ManagedChannel channel =
                NettyChannelBuilder.forTarget(args[0]).usePlaintext().build();
        try (RawEngine engine = new RawEngine(FAMILY_LABEL)) {
            ReplacementBench bench = new ReplacementBench(channel, engine, args[1]);
            System.out.println(Figures.header());
            bench.replacement(Integer.parseInt(args[2]));
            bench.many();
        } finally {
            channel.shutdownNow();
        }
    }

    private static TaskDefinition definition(String image) {
        return TaskDefinition.newBuilder()
                .setFamily(FAMILY)
                .addContainerDefinitions(ContainerDefinition.newBuilder()
                        .setName("main")
                        .setImage(image)
                        .setCpu(64)
                        .setMemory(32)
                        .setStopTimeout(2)
                        .addPortMappings(PortMapping.newBuilder().setContainerPort(8080)))
                .build();
    }

    private void replacement(int samples) throws Exception {
        Figures raw = new Figures("killed -> replaced, raw engine");
        Figures own = new Figures("killed -> replaced, service of 1");
        create("bench-one", 1);
        try {
            for (int i = 0; i < samples; i++) {
                raw.add(replaceRaw());
                own.add(replaceOwn());
            }
        } finally {
            delete("bench-one");
        }
        System.out.println(raw.row(raw));
        System.out.println(own.row(raw));
    }

    private long replaceRaw() throws InterruptedException {
        String first = engine.run(image);
        engine.next("raw");
        engine.listen();
        long begin = System.nanoTime();
        engine.kill(first);
        String second = engine.run(image);
        long end = engine.next("raw").atNanos();
        engine.remove(first);
        engine.remove(second);
        return end - begin;
    }

    private long replaceOwn() throws InterruptedException {
        String container = await("bench-one", up(1)).getTasksList().stream()
                .filter(t -> t.getLastStatus().equals("RUNNING"))
                .map(t -> t.getContainers(0).getRuntimeId())
                .findFirst()
                .orElseThrow();
        engine.listen();
        long begin = System.nanoTime();
        engine.kill(container);
        return engine.next(FAMILY).atNanos() - begin;
    }

    private void many() throws Exception {
        Figures raw = new Figures(MANY + " tasks -> all started, raw engine, " + AT_ONCE + " at once");
        Figures own = new Figures(MANY + " tasks -> all started, a service");
        for (int i = 0; i < MANY_SAMPLES; i++) {
            raw.add(manyRaw());
            own.add(manyOwn("bench-many-" + i));
        }
        System.out.println(raw.row(raw));
        System.out.println(own.row(raw));
    }

    private long manyRaw() throws Exception {
        engine.listen();
        long begin = System.nanoTime();
        List<Future<String>> runs = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            Callable<String> run = () -> engine.run(image);
            for (int i = 0; i < MANY; i++) {
                runs.add(threads.submit(run));
            }
        }
        long end = last("raw") - begin;
        for (Future<String> run : runs) {
            engine.remove(run.get());
        }
        return end;
    }

    private long manyOwn(String service) throws Exception {
        engine.listen();
        long begin = System.nanoTime();
        create(service, MANY);
        long end = last(FAMILY) - begin;
        await(service, up(MANY));
        delete(service);
        return end;
    }

    private long last(String label) throws InterruptedException {
        long at = 0;
        for (int i = 0; i < MANY; i++) {
            at = engine.next(label).atNanos();
        }
        return at;
    }

    private void create(String name, int count) {
        var unused = services.withDeadlineAfter(30, TimeUnit.SECONDS)
                .create(CreateServiceRequest.newBuilder()
                        .setServiceName(name)
                        .setTaskDefinition(definition)
                        .setDesiredCount(count)
                        .build());
    }

    private void delete(String name) {
        var unused = services.withDeadlineAfter(30, TimeUnit.SECONDS)
                .delete(DeleteServiceRequest.newBuilder()
                        .setService(name)
                        .setForce(true)
                        .build());
        await(name, r -> r.getService().getStatus().equals("INACTIVE"));
    }

    /** Steady as the scheduler has said: a task that dies before it was healthy is one that did not come up, and waits. */
    private static Predicate<WatchServiceResponse> up(int count) {
        return r -> {
            Service service = r.getService();
            return service.getDeploymentsCount() == 1
                    && service.getRunningCount() == count
                    && service.getEventsCount() > 0
                    && service.getEvents(0).getMessage().endsWith("has reached a steady state.")
                    && r.getTasksList().stream().map(Task::getLastStatus).noneMatch("STOPPING"::equals);
        };
    }

    private WatchServiceResponse await(String name, Predicate<WatchServiceResponse> condition) {
        try (Context.CancellableContext call = Context.current().withCancellation()) {
            Context before = call.attach();
            try {
                Iterator<WatchServiceResponse> states = services.withDeadlineAfter(3, TimeUnit.MINUTES)
                        .watch(WatchServiceRequest.newBuilder().setService(name).build());
                while (true) {
                    WatchServiceResponse state = states.next();
                    if (condition.test(state)) {
                        return state;
                    }
                }
            } finally {
                call.detach(before);
            }
        }
    }
}
