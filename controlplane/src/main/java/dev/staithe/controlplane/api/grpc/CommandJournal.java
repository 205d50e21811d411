package dev.staithe.controlplane.api.grpc;

import dev.staithe.controlplane.events.ClusterEvent.Command;
import dev.staithe.controlplane.events.ClusterEvent.CommandEnd;
import dev.staithe.controlplane.events.ClusterEvent.Subject;
import dev.staithe.controlplane.events.ClusterEvents;
import dev.staithe.controlplane.intent.Commands.Target;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.state.ClusterView;
import dev.staithe.proto.v1.ExecBegin;
import dev.staithe.runtime.Time;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down who runs which command where, and how it ended: as events of the cluster, and in the log. Both have the command
 * line as it was given: whoever puts a secret on a command line has shown it. On the control loop.
 */
final class CommandJournal {
    private static final Logger LOG = LoggerFactory.getLogger(CommandJournal.class);
    private static final int LONGEST_LINE = 4096;

    private final ClusterEvents events;
    private final ClusterView view;
    private final Time time;

    CommandJournal(ClusterEvents events, ClusterView view, Time time) {
        this.events = events;
        this.view = view;
        this.time = time;
    }

    /** One command, from its beginning to its end. */
    final class Entry {
        private final Target target;
        private final Command command;
        private final long begun = time.nanos();

        private Entry(Target target, Command command) {
            this.target = target;
            this.command = command;
        }

        void ended(OptionalInt exitCode, String reason) {
            CommandEnd end = new CommandEnd(exitCode, reason, Duration.ofNanos(time.nanos() - begun));
            note(Optional.of(end));
            LOG.atInfo()
                    .addKeyValue("task", target.task().id())
                    .addKeyValue("container", target.container())
                    .addKeyValue("caller", command.address())
                    .addKeyValue("claimedUser", command.claimedUser())
                    .addKeyValue("exitCode", exitCode.isPresent() ? exitCode.getAsInt() : "unknown")
                    .addKeyValue("duration", end.duration())
                    .log("command ended: {}{}", command.line(), reason.isEmpty() ? "" : " (" + reason + ")");
        }

        private void note(Optional<CommandEnd> end) {
            events.note(new Subject.CommandRun(target.task(), command, end), view.current());
        }
    }

    /** A command is about to be started. */
    Entry begin(Target target, ExecBegin request, String address) {
        Command command =
                new Command(target.container(), line(request.getCommandList()), address, request.getClaimedUser());
        LOG.atInfo()
                .addKeyValue("task", target.task().id())
                .addKeyValue("container", target.container())
                .addKeyValue("caller", address)
                .addKeyValue("claimedUser", IntentException.shown(command.claimedUser()))
                .log("command begun: {}", command.line());
        Entry entry = new Entry(target, command);
        entry.note(Optional.empty());
        return entry;
    }

    /** As it could be typed, on one line. */
    static String line(List<String> command) {
        String line = command.stream().map(CommandJournal::quoted).collect(Collectors.joining(" "));
        return line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE) + "...";
    }

    private static String quoted(String argument) {
        String shown = argument.replace("\n", "\\n").replace("\r", "\\r").replaceAll("\\p{Cntrl}", "?");
        return shown.matches("[A-Za-z0-9_@%+=:,./-]+") ? shown : "'" + shown.replace("'", "'\\''") + "'";
    }
}
