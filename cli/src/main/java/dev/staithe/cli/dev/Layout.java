package dev.staithe.cli.dev;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/** Where everything of one standalone Staithe lies: configuration, data, logs, process files. */
public record Layout(Path directory) {
    public Layout {
        directory = directory.toAbsolutePath().normalize();
    }

    /** The usual place: /var/lib for root, the XDG state directory for everybody else. */
    public static Layout usual(Map<String, String> variables) {
        if (System.getProperty("user.name", "").equals("root")) {
            return new Layout(Path.of("/var/lib/staithe/dev"));
        }
        String state = variables.getOrDefault("XDG_STATE_HOME", "");
        String home = variables.getOrDefault("HOME", System.getProperty("user.home", "/"));
        Path base = state.isEmpty() ? Path.of(home, ".local", "state") : Path.of(state);
        return new Layout(base.resolve("staithe").resolve("dev"));
    }

    Path logs() {
        return directory.resolve("logs");
    }

    Path controlPlaneData() {
        return directory.resolve("controlplane");
    }

    Path agentData() {
        return directory.resolve("agent");
    }

    /** The key that secrets are encrypted with, beside the store and not in it. */
    Path secretsKey() {
        return directory.resolve("secrets.key");
    }

    /** The container instances that agents of this directory have been: by these ids their containers are found. */
    Path instances() {
        return directory.resolve("instances");
    }

    Daemon controlPlane() {
        return new Daemon("controlplane", "control-plane", "dev.staithe.controlplane.Main", this);
    }

    Daemon agent() {
        return new Daemon("agent", "agent", "dev.staithe.agent.Main", this);
    }

    boolean exists() {
        return Files.isDirectory(directory);
    }

    void create() {
        try {
            for (Path path : new Path[] {directory, logs()}) {
                if (!Files.isDirectory(path)) {
                    Files.createDirectories(
                            path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                }
            }
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.ERROR,
                    "cannot make the directory " + directory + ": " + reason(e),
                    "--directory for another place",
                    e);
        }
    }

    static String reason(IOException e) {
        return e.getClass().getSimpleName().replace("Exception", "") + " " + e.getMessage();
    }
}
