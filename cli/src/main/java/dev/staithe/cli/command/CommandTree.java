package dev.staithe.cli.command;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.cli.render.Screen;
import dev.staithe.cli.render.Table;
import dev.staithe.runtime.Environment;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Everything that a user can type, and what happens when it goes wrong: a wrong command line, a refusal and a bug each
 * become a line on standard error and an exit code, never a stack trace unless {@code --debug} asks for it.
 */
public final class CommandTree {
    private final Screen screen;
    private final Map<String, String> variables;
    private final Environment environment;

    public CommandTree(Screen screen, Map<String, String> variables, Environment environment) {
        this.screen = screen;
        this.variables = variables;
        this.environment = environment;
    }

    /** Nouns, and verbs that need none, in the order in which help lists them. */
    private static List<Object> nouns() {
        return List.of(
                new RunCommand(),
                new ServiceNoun(),
                new TaskNoun(),
                new TaskDefinitionNoun(),
                new ClusterNoun(),
                new InstanceNoun(),
                new SecretNoun(),
                new RoleNoun(),
                new TagNoun(),
                new EventNoun(),
                new TopCommand(),
                new PlanCommand(),
                new DevNoun(),
                new CompletionCommand(),
                new VersionCommand());
    }

    /** Runs one command line; answers with the status of the process. */
    public int run(List<String> typed) {
        StaitheCommand options = new StaitheCommand();
        CommandLine tree = tree(options, typed);
        ExitCode code;
        try {
            ParseResult parsed = tree.parseArgs(typed.toArray(String[]::new));
            Integer helped = CommandLine.executeHelpRequest(parsed);
            code = helped != null ? ExitCode.OK : runVerb(parsed, options);
        } catch (ParameterException e) {
            code = explainUsage(e);
        } catch (CommandFailure e) {
            code = explain(e, options.debug);
        } catch (Exception e) {
            code = explainBug(e, options.debug);
        }
        screen.out().flush();
        screen.err().flush();
        return code.code();
    }

    private ExitCode runVerb(ParseResult parsed, StaitheCommand options) throws Exception {
        ParseResult last = parsed;
        while (last.hasSubcommand()) {
            last = last.subcommand();
        }
        if (!(last.commandSpec().userObject() instanceof Verb verb)) {
            last.commandSpec().commandLine().usage(screen.err());
            return ExitCode.USAGE;
        }
        try (Session session = new Session(screen, variables, environment, options)) {
            return verb.run(session);
        }
    }

    /** The whole tree, for help and shell completion. */
    static CommandLine whole() {
        return tree(new StaitheCommand(), List.of(), true);
    }

    /** Building the verbs of a noun costs start-up time: only those of nouns that were typed are built. */
    private CommandLine tree(StaitheCommand options, List<String> typed) {
        CommandLine tree = tree(options, typed, false);
        tree.setOut(new PrintWriter(screen.out(), true, StandardCharsets.UTF_8));
        tree.setErr(new PrintWriter(screen.err(), true, StandardCharsets.UTF_8));
        if (!screen.colour()) {
            tree.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        }
        return tree;
    }

    private static CommandLine tree(StaitheCommand options, List<String> typed, boolean whole) {
        CommandLine root = new CommandLine(CommandSpec.forAnnotatedObject(options));
        for (Object noun : nouns()) {
            CommandSpec spec = CommandSpec.forAnnotatedObject(noun);
            if (noun instanceof Noun group && (whole || isTyped(spec, typed))) {
                group.verbs().forEach(verb -> spec.addSubcommand(null, ordered(CommandSpec.forAnnotatedObject(verb))));
                group.parts().forEach(part -> spec.addSubcommand(null, CommandSpec.forAnnotatedObject(part)));
            }
            root.addSubcommand(new CommandLine(ordered(spec)));
        }
        root.setUsageHelpWidth(Table.WIDTH);
        root.setUsageHelpLongOptionsMaxWidth(32);
        return root;
    }

    /** A command's own options stand before those that every command knows. */
    private static CommandSpec ordered(CommandSpec spec) {
        spec.usageMessage().sortOptions(false);
        return spec;
    }

    private static boolean isTyped(CommandSpec noun, List<String> typed) {
        return typed.contains(noun.name()) || Arrays.stream(noun.aliases()).anyMatch(typed::contains);
    }

    private ExitCode explainUsage(ParameterException e) {
        CommandLine command = e.getCommandLine();
        String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        screen.err().println("error: " + message);
        if (e instanceof UnmatchedArgumentException unmatched
                && !unmatched.getSuggestions().isEmpty()) {
            screen.err().println("did you mean: " + String.join(", ", unmatched.getSuggestions()) + "?");
        }
        screen.err().println("see `" + command.getCommandSpec().qualifiedName() + " --help`");
        return ExitCode.USAGE;
    }

    private ExitCode explain(CommandFailure failure, boolean debug) {
        failure.message()
                .lines()
                .forEach(
                        line -> screen.err().println(line.startsWith(CommandFailure.INDENT) ? line : "error: " + line));
        if (!failure.next().isEmpty()) {
            screen.err().println("try: " + failure.next());
        }
        if (debug) {
            failure.printStackTrace(screen.err());
        }
        return failure.code();
    }

    private ExitCode explainBug(Exception bug, boolean debug) {
        screen.err().println("error: the command line itself failed: " + bug);
        if (debug) {
            bug.printStackTrace(screen.err());
        } else {
            screen.err().println("try: the same command with --debug, and report what it prints");
        }
        return ExitCode.ERROR;
    }
}
