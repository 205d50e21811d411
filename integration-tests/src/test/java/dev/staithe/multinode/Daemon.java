package dev.staithe.multinode;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program that runs as a process of its own, can be killed, stopped and started again, and keeps one log. */
final class Daemon implements AutoCloseable {
    private static final Duration END_LIMIT = Duration.ofSeconds(30);

    private final String name;
    private final List<String> command;
    private final Path log;
    private final boolean clearsUp;
    private Process process;

    private Daemon(String name, List<String> command, Path log, boolean clearsUp) {
        this.name = name;
        this.command = List.copyOf(command);
        this.log = log;
        this.clearsUp = clearsUp;
        process = launch();
        // Also when the tests are stopped in the middle.
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    }

    /**
     * Starts a program that has to clear up before it ends: in the end it is asked to, and not killed. Answers at once.
     * Its output is appended to the log.
     */
    static Daemon program(String name, List<String> command, Path log) {
        return new Daemon(name, command, log, true);
    }

    /**
     * Starts a Java main class with {@code --config FILE}, on the class path of the tests.
     *
     * @param flags more of the virtual machine's
     */
    static Daemon java(String name, Class<?> main, Path config, Path log, List<String> flags) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"));
        command.add("--enable-native-access=ALL-UNNAMED");
        // Libraries unpack native code there, and remove it only when they are not killed.
        command.add("-Djava.io.tmpdir=" + log.getParent());
        // The class path has a logging configuration for each module's tests; daemons use none of them.
        command.add("-Dlogback.statusListenerClass=ch.qos.logback.core.status.NopStatusListener");
        if (Runtime.version().feature() >= 23) {
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of("--config", config.toString()));
        return new Daemon(name, command, log, false);
    }

    String name() {
        return name;
    }

    long pid() {
        return process.pid();
    }

    boolean alive() {
        return process.isAlive();
    }

    /** Ends it as a power cut would. */
    void kill9() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Asks it to end, and waits until it has. */
    void stop() {
        process.destroy();
        awaitEnd();
    }

    /** It keeps its connections but does nothing. */
    void pause() {
        signal("STOP");
    }

    void resume() {
        signal("CONT");
    }

    /** Starts it again after it has ended, with the same configuration and log. */
    void startAgain() {
        if (process.isAlive()) {
            throw new IllegalStateException(name + " runs");
        }
        process = launch();
    }

    /** Waits until it ends by itself; answers its exit status. */
    int exitStatus() {
        awaitEnd();
        return process.exitValue();
    }

    /** What it has said, line by line. */
    List<String> log() {
        try {
            return new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            return List.of(e.toString());
        }
    }

    /** The lines that contain the text. */
    List<String> log(String text) {
        return log().stream().filter(line -> line.contains(text)).toList();
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            resume();
            if (clearsUp) {
                stop();
            } else {
                kill9();
            }
        }
    }

    private Process launch() {
        try {
            return new ProcessBuilder(command)
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new AssertionError("cannot start " + name, e);
        }
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(END_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError(name + " did not end within " + END_LIMIT.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while " + name + " was ending", e);
        }
    }

    private void signal(String signal) {
        try {
            int status = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
            if (status != 0 && process.isAlive()) {
                throw new AssertionError("SIG" + signal + " could not be sent to " + name);
            }
        } catch (IOException e) {
            throw new AssertionError("SIG" + signal + " could not be sent to " + name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while signalling " + name, e);
        }
    }
}
