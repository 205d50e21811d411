package dev.staithe.cli.command;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "completion",
        description = "Prints the completion script for a shell.",
        footerHeading = "%nExamples:%n",
        footer = {"  source <(staithe completion bash)", "  staithe completion bash > /etc/bash_completion.d/staithe"})
final class CompletionCommand implements Verb {
    @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
    String shell = "";

    @Override
    public ExitCode run(Session session) {
        if (!List.of("bash", "zsh").contains(shell)) {
            throw CommandFailure.usage("SHELL: " + shell + " (expected: bash or zsh)");
        }
        CommandLine tree = CommandTree.whole();
        // One script for both: it turns on zsh's bash completion by itself.
        session.screen().out().println(AutoComplete.bash(tree.getCommandName(), tree));
        return ExitCode.OK;
    }
}
