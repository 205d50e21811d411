package dev.staithe.agent;

import dev.staithe.runtime.ConfigFile;
import dev.staithe.runtime.DaemonLog;
import dev.staithe.runtime.DaemonProcess;
import dev.staithe.runtime.DirectoryLock;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.SystemEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Starts an agent: {@code --config FILE}. What keeps it from starting is one line on standard error.
 *
 * <p>With {@code --rehearse} it starts beside the one that runs, in a data directory of its own, finds no control plane, and
 * ends: that loads the classes of which the launcher keeps an archive, and changes nothing on the host.
 */
public final class Main {
    private static final int EXIT_ERROR = 1;
    private static final int EXIT_USAGE = 64;
    private static final long LEAVE_SECONDS = 2;
    private static final String USAGE = "usage: staithe-agent [--rehearse] --config FILE | --version";
    private static final long REHEARSAL_SECONDS = 3;

    private Main() {}

    public static void main(String[] arguments) throws InterruptedException {
        DaemonLog.start();
        List<String> given = List.of(arguments);
        if (given.size() == 2 && given.getFirst().equals("--config")) {
            run(Path.of(given.getLast()));
        } else if (given.size() == 3 && given.subList(0, 2).equals(List.of("--rehearse", "--config"))) {
            rehearse(Path.of(given.getLast()));
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
            Environment environment = SystemEnvironment.create();
            // A ledger that cannot be read is said here in one line, rather than later as a fault.
            Agent agent = Agent.create(config, environment, Surroundings.real(config, environment));
            agent.start();
            DaemonProcess.runUntilSignalled(() -> leave(agent));
            lock.close();
        } catch (ConfigFile.Invalid | IOException cannotStart) {
            end(EXIT_ERROR, String.valueOf(cannotStart.getMessage()));
        }
    }

    private static void rehearse(Path file) throws InterruptedException {
        try {
            AgentConfig config = ConfigFile.read(file, AgentConfig.class);
            Path directory = Files.createTempDirectory("staithe-rehearsal");
            try {
                AgentConfig apart = config.rehearsing(directory);
                Environment environment = SystemEnvironment.create();
                Agent agent = Agent.create(
                        apart,
                        environment,
                        Surroundings.real(apart, environment).watchingOnly());
                agent.start();
                new CountDownLatch(1).await(REHEARSAL_SECONDS, TimeUnit.SECONDS);
                leave(agent);
            } finally {
                remove(directory);
            }
            System.exit(0);
        } catch (ConfigFile.Invalid | IOException cannotStart) {
            end(EXIT_ERROR, String.valueOf(cannotStart.getMessage()));
        }
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> inside = Files.walk(directory)) {
            for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
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
