package dev.staithe.cli;

import dev.staithe.cli.command.CommandTree;
import dev.staithe.cli.render.Screen;
import dev.staithe.runtime.SystemEnvironment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The process {@code staithe}: wires the system's streams and clocks to the commands. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        List<String> typed = Arrays.asList(arguments);
        Logging.configure(typed.contains("--debug"));
        Map<String, String> variables = System.getenv();
        int status = new CommandTree(Screen.system(variables), variables, SystemEnvironment.create()).run(typed);
        System.exit(status);
    }
}
