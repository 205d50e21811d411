package dev.staithe.cli.command;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import dev.staithe.proto.v1.ExecBegin;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "exec",
        description = "Runs a command in a container of a task that runs, and exits with its exit code.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  staithe task exec -it web/1 -- sh",
            "  staithe task exec web/1 --container app -- cat /etc/hosts",
            "",
            "The task must have been started with --enable-execute-command. Who ran what is recorded: see",
            "`staithe event watch --type command`."
        })
final class TaskExec implements Verb {
    private static final int LONGEST_USER = 255;

    @Parameters(index = "0", paramLabel = "TASK", description = "SERVICE/N, or the id or a unique beginning of it.")
    String name = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "COMMAND",
            description = "After --: the program and its arguments. No shell is asked.")
    List<String> command = new ArrayList<>();

    @Option(
            names = {"-i", "--interactive"},
            description = "Hand it what comes from standard input.")
    boolean interactive;

    @Option(
            names = {"-t", "--tty"},
            description = "Give it a terminal: this one.")
    boolean tty;

    @Option(names = "--container", paramLabel = "NAME", description = "Where, when the task has several containers.")
    String container = "";

    @Override
    public ExitCode run(Session session) throws Exception {
        if (command.isEmpty()) {
            throw CommandFailure.usage(
                    "COMMAND is missing (expected: what to run, such as `staithe task exec -it " + name + " -- sh`)");
        }
        if (tty && !session.screen().typed()) {
            throw CommandFailure.usage(
                    "-t: standard input is not a terminal (expected: one, or the command without -t)");
        }
        ExecBegin.Builder begin = ExecBegin.newBuilder()
                .setCluster(session.cluster())
                .setTask(Lookup.taskId(session, name))
                .setContainer(container)
                .addAllCommand(command)
                .setTty(tty)
                .setInteractive(interactive)
                .setClaimedUser(user());
        try (RemoteCommand remote = new RemoteCommand(session, interactive)) {
            if (!tty) {
                return remote.run(begin.build());
            }
            try (LocalTerminal terminal = LocalTerminal.open()) {
                return remote.run(begin.setSize(terminal.size()).build(), terminal);
            }
        }
    }

    private static String user() {
        String user = System.getProperty("user.name", "");
        return user.length() <= LONGEST_USER ? user : user.substring(0, LONGEST_USER);
    }
}
