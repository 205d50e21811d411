package dev.staithe.cli.command;

import dev.staithe.cli.client.ControlPlane;
import dev.staithe.cli.render.Output;
import dev.staithe.cli.render.Screen;
import dev.staithe.runtime.Environment;
import java.io.PrintStream;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one run of the command line has at hand: the screen, the settings, and the control plane once a verb asks for
 * it. Confined to the thread that runs the verb.
 */
final class Session implements AutoCloseable {
    private final Screen screen;
    private final Map<String, String> variables;
    private final Environment environment;
    private final StaitheCommand options;
    private @Nullable Settings settings;
    private @Nullable ControlPlane controlPlane;

    Session(Screen screen, Map<String, String> variables, Environment environment, StaitheCommand options) {
        this.screen = screen;
        this.variables = variables;
        this.environment = environment;
        this.options = options;
    }

    Screen screen() {
        return screen;
    }

    Map<String, String> variables() {
        return variables;
    }

    Environment environment() {
        return environment;
    }

    Instant now() {
        return environment.time().now();
    }

    Output output() {
        return new Output(options.output, screen.out());
    }

    /** Where notes and progress go: they never mix with a result that a script reads. */
    PrintStream notes() {
        return output().forPeople() ? screen.out() : screen.err();
    }

    /** A cluster's option for a command that is shown to the user; empty for the default cluster. */
    String clusterOption() {
        return cluster().equals(Settings.DEFAULT_CLUSTER) ? "" : " --cluster " + cluster();
    }

    /** The name of the cluster that the command is about. */
    String cluster() {
        return settings().cluster();
    }

    ControlPlane controlPlane() {
        ControlPlane connected = controlPlane;
        if (connected == null) {
            connected = new ControlPlane(settings().server(), environment.time());
            controlPlane = connected;
        }
        return connected;
    }

    private Settings settings() {
        Settings resolved = settings;
        if (resolved == null) {
            resolved = Settings.resolve(options.server, options.cluster, variables);
            settings = resolved;
        }
        return resolved;
    }

    @Override
    public void close() {
        ControlPlane connected = controlPlane;
        if (connected != null) {
            connected.close();
        }
        screen.out().flush();
        screen.err().flush();
    }
}
