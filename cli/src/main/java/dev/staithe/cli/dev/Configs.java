package dev.staithe.cli.dev;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes what the daemons read: short delays, one machine, nothing that listens beyond it. */
final class Configs {
    private static final String MARK =
            "# Written by `staithe dev up` at each start. Remove this line to keep changes of your own.";
    private static final Pattern LISTEN = Pattern.compile("(?m)^listen:\\s*\\S*:(\\d+)\\s*$");

    private Configs() {}

    static void write(Layout layout, int port, Engine engine) {
        KeyFile.make(layout.secretsKey());
        write(layout.controlPlane().configFile(), """
                %s
                nodeId: dev
                listen: 127.0.0.1:%d
                advertise: 127.0.0.1:%d
                store:
                  type: local
                  directory: %s
                healthyAfter: 2s
                secretsKeyFile: %s
                """.formatted(
                        MARK, port, port, quoted(layout.controlPlaneData()), quoted(layout.secretsKey())));
        write(layout.agent().configFile(), """
                %s
                controlPlanes: ['127.0.0.1:%d']
                cluster: default
                dataDirectory: %s
                dockerHost: %s
                address: 127.0.0.1
                imagePullBehavior: prefer-cached
                taskCleanupWait: 10m
                """.formatted(MARK, port, quoted(layout.agentData()), engine.address()));
    }

    private static void write(Path file, String content) {
        try {
            if (Files.exists(file) && !Files.readString(file).startsWith(MARK)) {
                return;
            }
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.ERROR,
                    "cannot write " + file + ": " + Layout.reason(e),
                    "--directory for another place",
                    e);
        }
    }

    /** The port that the control plane of this directory was last told to listen on. */
    static Optional<Integer> port(Layout layout) {
        try {
            Matcher listen =
                    LISTEN.matcher(Files.readString(layout.controlPlane().configFile()));
            return listen.find() ? Optional.of(Integer.valueOf(listen.group(1))) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String quoted(Path path) {
        return "'" + path.toString().replace("'", "''") + "'";
    }
}
