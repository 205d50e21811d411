package dev.staithe.agent.exec;

import dev.staithe.agent.container.Execs;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.proto.agent.v1.ExecAsk;
import dev.staithe.proto.v1.TerminalSize;
import java.util.Optional;

/** What an order to run a command must look like, and when it is refused. The control plane has checked it all before. */
final class ExecCheck {
    private static final int MOST_ARGUMENTS = 1024;
    private static final int MOST_BYTES = 64 << 10;
    private static final int LARGEST_SIZE = 65_535;

    private ExecCheck() {}

    /** What is wrong with the order itself; empty when nothing is. */
    static Optional<String> problem(ExecAsk ask) {
        int arguments = ask.getCommandCount();
        if (arguments < 1 || arguments > MOST_ARGUMENTS || ask.getCommand(0).isEmpty()) {
            return Optional.of("command: " + arguments + " arguments (expected: a program and at most "
                    + (MOST_ARGUMENTS - 1) + " arguments)");
        }
        int bytes = ask.getCommandList().stream().mapToInt(String::length).sum();
        if (bytes > MOST_BYTES) {
            return Optional.of("command: " + bytes + " characters (expected: at most " + MOST_BYTES + ")");
        }
        if (ask.getCommandList().stream().anyMatch(argument -> argument.indexOf('\0') >= 0)) {
            return Optional.of("command: a NUL character (expected: none)");
        }
        return ask.hasSize() && !fits(ask.getSize())
                ? Optional.of("size: " + ask.getSize().getColumns() + " columns, "
                        + ask.getSize().getRows() + " rows (expected: 1-" + LARGEST_SIZE + " each)")
                : Optional.empty();
    }

    static boolean fits(TerminalSize size) {
        return size.getColumns() >= 1
                && size.getColumns() <= LARGEST_SIZE
                && size.getRows() >= 1
                && size.getRows() <= LARGEST_SIZE;
    }

    /** Why no command may be run there now; empty when one may. */
    static Optional<String> refusal(ExecAsk ask, Optional<LocalTask> task, Optional<LocalContainer> container) {
        if (task.isEmpty()) {
            return Optional.of("task " + ask.getTaskId() + " is not on this host");
        }
        AssignedTask assignment = task.get().assignment();
        if (assignment == null || !assignment.executeCommand()) {
            return Optional.of("task " + ask.getTaskId() + " was started without enableExecuteCommand");
        }
        if (container.isEmpty()) {
            return Optional.of("container " + ask.getContainer() + " is not one of the task's");
        }
        return container.get().live() && container.get().onEngine()
                ? Optional.empty()
                : Optional.of("container " + ask.getContainer() + " is not running");
    }

    static Execs.Command command(ExecAsk ask) {
        return new Execs.Command(
                ask.getCommandList(),
                ask.getTty(),
                ask.getInteractive(),
                ask.getTty() && ask.hasSize() ? Optional.of(size(ask.getSize())) : Optional.empty());
    }

    static Execs.Size size(TerminalSize size) {
        return new Execs.Size(size.getColumns(), size.getRows());
    }
}
