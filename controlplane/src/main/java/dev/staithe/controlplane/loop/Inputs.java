package dev.staithe.controlplane.loop;

import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.TaskCommands;
import dev.staithe.proto.agent.v1.Hello;
import dev.staithe.proto.agent.v1.TaskReport;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * What waits for the next pass besides dirty keys: the newest word of each host, and commands. Confined to the control
 * loop. What a pass took comes back when its commit failed, and yields to what is newer.
 */
final class Inputs {
    /** Registrations by instance. */
    private final SortedMap<String, Hello> hellos = new TreeMap<>();

    /** Whether the engine answers, by instance. */
    private final SortedMap<String, Boolean> heard = new TreeMap<>();

    /** The newest report of each task, with the instance that reported it. */
    private final SortedMap<String, Reported> reports = new TreeMap<>();

    /** The highest report number that has arrived, by instance. */
    private final SortedMap<String, Long> numbers = new TreeMap<>();

    private final List<Command> commands = new ArrayList<>();

    /** A report and who sent it. */
    record Reported(String instanceId, TaskReport report) {}

    /** Somebody waits for an answer. */
    sealed interface Command {
        /** RunTask. */
        record Run(TaskCommands.RunTaskCommand command, CompletableFuture<TaskCommands.RunTaskResult> answer)
                implements Command {}

        /** StopTask. */
        record Stop(TaskCommands.StopTaskCommand command, CompletableFuture<TaskCommands.StopTaskResult> answer)
                implements Command {}

        default void fail(IntentException why) {
            switch (this) {
                case Run run -> run.answer().completeExceptionally(why);
                case Stop stop -> stop.answer().completeExceptionally(why);
            }
        }
    }

    /** What one pass takes. */
    record Taken(
            SortedMap<String, Hello> hellos,
            SortedMap<String, Boolean> heard,
            SortedMap<String, Reported> reports,
            SortedMap<String, Long> numbers,
            List<Command> commands) {
        /** The same, for when the commands have been answered. */
        Taken withoutCommands() {
            return new Taken(hellos, heard, reports, numbers, List.of());
        }
    }

    static final Taken NOTHING =
            new Taken(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), List.of());

    void hello(Hello hello) {
        hellos.put(hello.getInstanceId(), hello);
    }

    void heard(String instanceId, boolean engineHealthy) {
        heard.put(instanceId, engineHealthy);
    }

    void reported(String instanceId, long number, List<TaskReport> tasks) {
        numbers.merge(instanceId, number, Math::max);
        for (TaskReport report : tasks) {
            reports.merge(report.getTaskId(), new Reported(instanceId, report), Inputs::newer);
        }
    }

    private static Reported newer(Reported a, Reported b) {
        return a.report().getObservation() > b.report().getObservation() ? a : b;
    }

    void command(Command command) {
        commands.add(command);
    }

    boolean isEmpty() {
        return hellos.isEmpty() && heard.isEmpty() && reports.isEmpty() && numbers.isEmpty() && commands.isEmpty();
    }

    Taken take() {
        Taken taken = new Taken(
                new TreeMap<>(hellos),
                new TreeMap<>(heard),
                new TreeMap<>(reports),
                new TreeMap<>(numbers),
                List.copyOf(commands));
        clear();
        return taken;
    }

    /** Puts back what a pass took and could not commit. */
    void giveBack(Taken taken) {
        taken.hellos().forEach(hellos::putIfAbsent);
        taken.heard().forEach(heard::putIfAbsent);
        taken.reports().forEach((task, report) -> reports.merge(task, report, Inputs::newer));
        taken.numbers().forEach((instance, number) -> numbers.merge(instance, number, Math::max));
        commands.addAll(0, taken.commands());
    }

    /** Forgets the words of hosts, which they will repeat to the next leader, and refuses the commands. */
    void drop(IntentException why) {
        List<Command> waiting = List.copyOf(commands);
        clear();
        waiting.forEach(c -> c.fail(why));
    }

    private void clear() {
        hellos.clear();
        heard.clear();
        reports.clear();
        numbers.clear();
        commands.clear();
    }
}
