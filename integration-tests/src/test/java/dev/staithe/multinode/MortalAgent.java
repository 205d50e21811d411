package dev.staithe.multinode;

import dev.staithe.agent.Agent;
import dev.staithe.agent.AgentConfig;
import dev.staithe.agent.container.ContainerRuntime;
import dev.staithe.agent.container.docker.DockerDeadlines;
import dev.staithe.agent.container.docker.DockerRuntime;
import dev.staithe.agent.host.HostIdentity;
import dev.staithe.agent.ledger.FileLedger;
import dev.staithe.agent.ledger.TaskLedger;
import dev.staithe.agent.session.Dialer;
import dev.staithe.agent.session.Link;
import dev.staithe.agent.session.grpc.GrpcDialer;
import dev.staithe.proto.agent.v1.AgentMessage;
import dev.staithe.runtime.ConfigFile;
import dev.staithe.runtime.DaemonLog;
import dev.staithe.runtime.DaemonProcess;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.SystemEnvironment;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The agent as it is shipped, but for its end: it dies as by {@code kill -9} at the n-th boundary, which is the moment after
 * a call that leaves a trace outside the process: a write of the ledger, a change at the engine, a report. (The moment before
 * one is the moment after the one before.) Counted from the first write that names a task which the ledger did not hold at
 * the start.
 */
final class MortalAgent {
    /** A system property: at which boundary; 0 = never. */
    static final String BOUNDARY = "mortal.boundary";

    private static final int KILLED = 137;
    private static final Set<String> CHANGES =
            new TreeSet<>(Set.of("create", "start", "stop", "remove", "removeVolume"));

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
        FileLedger ledger = new FileLedger(config.dataDirectory());
        ledger.load().tasks().forEach(task -> known.add(task.taskId()));
        Environment environment = SystemEnvironment.create();
        Agent agent = Agent.create(
                config,
                environment,
                HostIdentity.read(),
                mortal(ledger),
                instance -> mortal(new DockerRuntime(
                        URI.create(config.dockerHost()), instance, environment, DockerDeadlines.standard())),
                mortal(new GrpcDialer()));
        agent.start();
        DaemonProcess.runUntilSignalled(agent::stop);
    }

    private void boundary(String what) {
        if (counting && passed.incrementAndGet() == mortal) {
            System.err.println("dies " + what);
            System.err.flush();
            Runtime.getRuntime().halt(KILLED);
        }
    }

    private TaskLedger mortal(TaskLedger ledger) {
        return new TaskLedger() {
            @Override
            public Contents load() throws IOException {
                return ledger.load();
            }

            @Override
            public void write(Changes changes) throws IOException {
                counting |= changes.tasks().stream().anyMatch(task -> !known.contains(task.taskId()));
                ledger.write(changes);
                boundary("after the ledger was written");
            }

            @Override
            public void close() {
                ledger.close();
            }
        };
    }

    private ContainerRuntime mortal(ContainerRuntime runtime) {
        return (ContainerRuntime) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ContainerRuntime.class}, (proxy, method, values) -> {
                    try {
                        Object answer = method.invoke(runtime, values);
                        if (CHANGES.contains(method.getName())) {
                            boundary("after " + method.getName());
                        }
                        return answer;
                    } catch (InvocationTargetException refused) {
                        throw refused.getCause();
                    }
                });
    }

    private Dialer mortal(Dialer dialer) {
        return (address, listener) -> {
            Link link = dialer.dial(address, listener);
            return new Link() {
                @Override
                public void send(AgentMessage message) {
                    link.send(message);
                    if (message.hasReport()) {
                        boundary("after a report");
                    }
                }

                @Override
                public boolean ready() {
                    return link.ready();
                }

                @Override
                public void close() {
                    link.close();
                }
            };
        };
    }
}
