package dev.staithe.agent;

import dev.staithe.agent.container.docker.DockerDeadlines;
import dev.staithe.agent.container.docker.DockerRuntime;
import dev.staithe.agent.host.HostIdentity;
import dev.staithe.agent.ledger.FileLedger;
import dev.staithe.agent.session.grpc.GrpcDialer;
import dev.staithe.runtime.ConfigFile;
import dev.staithe.runtime.DaemonLog;
import dev.staithe.runtime.DaemonProcess;
import dev.staithe.runtime.DirectoryLock;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.SystemEnvironment;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Starts an agent: {@code --config FILE}. What keeps it from starting is one line on standard error. */
public final class Main {
    private static final int EXIT_ERROR = 1;
    private static final int EXIT_USAGE = 64;
    private static final long LEAVE_SECONDS = 2;
    private static final String USAGE = "usage: staithe-agent --config FILE | --version";

    private Main() {}

    public static void main(String[] arguments) throws InterruptedException {
        DaemonLog.start();
        List<String> given = List.of(arguments);
        if (given.size() == 2 && given.getFirst().equals("--config")) {
            run(Path.of(given.getLast()));
        } else if (given.equals(List.of("--version"))) {
            System.out.println("staithe-agent " + AgentVersion.text());
        } else if (given.equals(List.of("--help"))) {
            System.out.println(USAGE);
        } else {
            end(EXIT_USAGE, USAGE);
        }
    }

    private static void run(Path file) throws InterruptedException {
        try {
            AgentConfig config = ConfigFile.read(file, AgentConfig.class);
            // Held for as long as the process lives; the kernel gives it back.
            DirectoryLock lock = DirectoryLock.acquire(config.dataDirectory());
            FileLedger ledger = new FileLedger(config.dataDirectory());
            // Said here in one line, rather than later as a fault.
            ledger.load();
            Environment environment = SystemEnvironment.create();
            Agent agent = Agent.create(
                    config,
                    environment,
                    HostIdentity.read(),
                    ledger,
                    instance -> new DockerRuntime(
                            URI.create(config.dockerHost()), instance, environment, DockerDeadlines.standard()),
                    new GrpcDialer());
            agent.start();
            DaemonProcess.runUntilSignalled(() -> leave(agent));
            lock.close();
        } catch (ConfigFile.Invalid | IOException cannotStart) {
            end(EXIT_ERROR, String.valueOf(cannotStart.getMessage()));
        }
    }

    /** A crash does no harm, so this does not wait for long. */
    private static void leave(Agent agent) {
        CountDownLatch left = new CountDownLatch(1);
        agent.stop(left::countDown);
        try {
            if (!left.await(LEAVE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("the agent is busy; it ends all the same");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void end(int status, String why) {
        System.err.println(why);
        System.exit(status);
    }
}
