package dev.staithe.multinode;

import dev.staithe.agent.Agent;
import dev.staithe.agent.AgentConfig;
import dev.staithe.agent.Surroundings;
import dev.staithe.agent.container.ContainerRuntime;
import dev.staithe.agent.ledger.TaskLedger;
import dev.staithe.agent.session.Link;
import dev.staithe.proto.agent.v1.AgentMessage;
import dev.staithe.runtime.ConfigFile;
import dev.staithe.runtime.DaemonLog;
import dev.staithe.runtime.DaemonProcess;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.SystemEnvironment;
import dev.staithe.runtime.Time;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The agent as it is shipped, but for its end: it dies as by {@code kill -9} at the n-th boundary, which is the moment after
 * a call that leaves a trace outside the process: a write of the ledger, a change at the engine, a report. (The moment before
 * one is the moment after the one before.) Counted from the first write that names a task which the ledger did not hold at
 * the start. Its wall clock can be set wrong, too.
 */
final class MortalAgent {
    /** A system property: at which boundary; 0 = never. */
    static final String BOUNDARY = "mortal.boundary";

    /** A system property: a file with the number of seconds by which the wall clock is wrong. */
    static final String CLOCK = "mortal.clock";

    private static final int KILLED = 137;
    private static final Set<String> CHANGES =
            new TreeSet<>(Set.of("write", "create", "start", "stop", "remove", "removeVolume"));

    private final int mortal = Integer.getInteger(BOUNDARY, 0);
    private final AtomicInteger passed = new AtomicInteger();
    private final Set<String> known = new ConcurrentSkipListSet<>();
    private volatile boolean counting;

    private MortalAgent() {}

    public static void main(String[] arguments) throws IOException, ConfigFile.Invalid, InterruptedException {
        DaemonLog.start();
        new MortalAgent().run(ConfigFile.read(Path.of(arguments[1]), AgentConfig.class));
    }

    private void run(AgentConfig config) throws IOException, InterruptedException {
        Environment environment = shifted(SystemEnvironment.create());
        Surroundings real = Surroundings.real(config, environment);
        real.ledger().load().tasks().forEach(task -> known.add(task.taskId()));
        Surroundings mortal = new Surroundings(
                real.host(),
                wrapped(TaskLedger.class, real.ledger(), this::counts),
                instance -> wrapped(ContainerRuntime.class, real.engine().open(instance), values -> {}),
                real.gate(),
                (address, listener) -> wrapped(Link.class, real.dialer().dial(address, listener), values -> {}));
        Agent agent = Agent.create(config, environment, mortal);
        agent.start();
        DaemonProcess.runUntilSignalled(agent::stop);
    }

    /** With a wall clock that is wrong by as many seconds as a file says, for as long as it says so. */
    private static Environment shifted(Environment right) {
        String file = System.getProperty(CLOCK, "");
        if (file.isEmpty()) {
            return right;
        }
        Time time = new Time() {
            @Override
            public Instant now() {
                try {
                    return right.time()
                            .now()
                            .plusSeconds(Long.parseLong(
                                    Files.readString(Path.of(file)).strip()));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            @Override
            public long nanos() {
                return right.time().nanos();
            }
        };
        return new Environment(time, right.loops(), right.effects(), right.randomness(), right.ids(), right.faults());
    }

    private void counts(Object[] values) {
        if (values != null && values[0] instanceof TaskLedger.Changes changes) {
            counting |= changes.tasks().stream().anyMatch(task -> !known.contains(task.taskId()));
        }
    }

    /** The same, which dies after a call that leaves a trace. */
    private <T> T wrapped(Class<T> type, T real, Consumer<Object[]> before) {
        return type.cast(Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {type}, (proxy, method, values) -> {
                    before.accept(values);
                    try {
                        Object answer = method.invoke(real, values);
                        if (leavesATrace(method.getName(), values)) {
                            boundary("after " + method.getName());
                        }
                        return answer;
                    } catch (InvocationTargetException refused) {
                        throw refused.getCause();
                    }
                }));
    }

    private static boolean leavesATrace(String method, Object[] values) {
        return CHANGES.contains(method)
                || (method.equals("send") && values[0] instanceof AgentMessage message && message.hasReport());
    }

    private void boundary(String what) {
        if (counting && passed.incrementAndGet() == mortal) {
            System.err.println("dies " + what);
            System.err.flush();
            Runtime.getRuntime().halt(KILLED);
        }
    }
}
