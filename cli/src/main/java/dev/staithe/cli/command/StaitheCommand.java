package dev.staithe.cli.command;

import dev.staithe.cli.render.OutputFormat;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The top of the tree: the options that every command knows. */
@Command(
        name = "staithe",
        description = "Runs containers on your own Linux machines, in the vocabulary of Amazon ECS.",
        synopsisSubcommandLabel = "NOUN VERB",
        footerHeading = "%nExamples:%n",
        footer = {
            "  staithe dev up                                 start a control plane and an agent here",
            "  staithe run -p 8080 example/web:1              run an image and print its address",
            "  staithe service ps web                         what the tasks of a service do",
            "",
            "The server also comes from STAITHE_SERVER or ~/.config/staithe/config.yaml (server: HOST:PORT).",
            "Exit codes: 0 done, 1 error, 2 changes pending (plan), 3 failed and rolled back, 4 failed,",
            "5 cannot be placed, 6 timed out, 7 not found, 8 control plane unreachable, 64 usage."
        })
final class StaitheCommand {
    @Option(
            names = "--server",
            paramLabel = "HOST:PORT",
            scope = ScopeType.INHERIT,
            description = "The control plane (default: 127.0.0.1:7070).")
    @Nullable
    String server;

    @Option(
            names = "--cluster",
            paramLabel = "CLUSTER",
            scope = ScopeType.INHERIT,
            description = "The cluster (default: default).")
    @Nullable
    String cluster;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            scope = ScopeType.INHERIT,
            description = "The form of the result: ${COMPLETION-CANDIDATES} (default: table).")
    OutputFormat output = OutputFormat.table;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show logs and stack traces.")
    boolean debug;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    boolean help;
}
