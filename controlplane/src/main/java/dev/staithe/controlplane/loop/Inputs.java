package dev.staithe.controlplane.loop;

import dev.staithe.controlplane.dispatch.Receipt;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.TaskCommands;
import dev.staithe.controlplane.intent.Written;
import dev.staithe.controlplane.leader.LeaderRoles;
import dev.staithe.controlplane.leader.Leadership;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.agent.v1.Hello;
import dev.staithe.proto.agent.v1.TaskReport;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * What waits for the next pass besides dirty keys: the newest word of each host, and commands. Taken in by a leader only, and
 * dropped with the leadership: hosts repeat their words to the next leader, and every command is answered. What a pass took
 * comes back when its commit failed, and yields to what is newer. Confined to the control loop.
 */
final class Inputs implements LeaderRoles.Role {
    /** Registrations by instance. */
    private final SortedMap<String, Hello> hellos = new TreeMap<>();

    /** Whether the engine answers, by instance. */
    private final SortedMap<String, Boolean> heard = new TreeMap<>();

    /** The newest report of each task, with the instance that reported it. */
    private final SortedMap<String, Reported> reports = new TreeMap<>();

    /** Of the newest message with reports that has arrived, by instance. */
    private final SortedMap<String, Receipt> receipts = new TreeMap<>();

    private final List<Command> commands = new ArrayList<>();

    /** Who asked for the leader's state before it was current. */
    private final List<CompletableFuture<ClusterState>> askers = new ArrayList<>();

    private boolean open;

    /** A report and who sent it. */
    record Reported(String instanceId, TaskReport report) {}

    /** Somebody waits for an answer. */
    sealed interface Command {
        record Run(TaskCommands.RunTasks command, CompletableFuture<Written<TaskCommands.Outcome>> answer)
                implements Command {}

        record Start(TaskCommands.StartTasks command, CompletableFuture<Written<TaskCommands.Outcome>> answer)
                implements Command {}

        record Stop(TaskCommands.StopTask command, CompletableFuture<Written<Task>> answer) implements Command {}

        record Protect(TaskCommands.ProtectTasks command, CompletableFuture<Written<TaskCommands.Outcome>> answer)
                implements Command {}

        record Tag(TaskCommands.TagTask command, CompletableFuture<Written<Task>> answer) implements Command {}

        CompletableFuture<?> answer();

        default void fail(IntentException why) {
            answer().completeExceptionally(why);
        }

        /** Whether nobody waits for the answer any more: it must not be obeyed late. */
        default boolean over() {
            return answer().isDone();
        }
    }

    /** What one pass takes. */
    record Taken(
            SortedMap<String, Hello> hellos,
            SortedMap<String, Boolean> heard,
            SortedMap<String, Reported> reports,
            SortedMap<String, Receipt> receipts,
            List<Command> commands) {
        /** The same, for when the commands have been answered. */
        Taken withoutCommands() {
            return new Taken(hellos, heard, reports, receipts, List.of());
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

    void reported(String instanceId, Receipt receipt, List<TaskReport> tasks) {
        receipts.merge(instanceId, receipt, Receipt::later);
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
        return hellos.isEmpty() && heard.isEmpty() && reports.isEmpty() && receipts.isEmpty() && commands.isEmpty();
    }

    Taken take() {
        Taken taken = new Taken(
                new TreeMap<>(hellos),
                new TreeMap<>(heard),
                new TreeMap<>(reports),
                new TreeMap<>(receipts),
                List.copyOf(commands));
        clear();
        return taken;
    }

    /** Puts back what a pass took and could not commit. */
    void giveBack(Taken taken) {
        taken.hellos().forEach(hellos::putIfAbsent);
        taken.heard().forEach(heard::putIfAbsent);
        taken.reports().forEach((task, report) -> reports.merge(task, report, Inputs::newer));
        taken.receipts().forEach((instance, receipt) -> receipts.merge(instance, receipt, Receipt::later));
        commands.addAll(0, taken.commands());
    }

    /** Somebody wants the leader's state, which is not current yet. */
    void asker(CompletableFuture<ClusterState> answer) {
        askers.add(answer);
    }

    /** The leader's state is current. */
    void answerAskers(ClusterState state) {
        askers.forEach(a -> a.complete(state));
        askers.clear();
    }

    /** Nobody who waits will get what was asked for. */
    void refuse(IntentException why) {
        List<Command> waiting = List.copyOf(commands);
        commands.clear();
        waiting.forEach(c -> c.fail(why));
        refuseAskers(why);
    }

    private void refuseAskers(IntentException why) {
        askers.forEach(a -> a.completeExceptionally(why));
        askers.clear();
    }

    private void clear() {
        hellos.clear();
        heard.clear();
        reports.clear();
        receipts.clear();
        commands.clear();
    }

    /** Whether anything is taken in: whether this replica leads. */
    boolean open() {
        return open;
    }

    @Override
    public void start(Leadership leadership, Runnable ready) {
        open = true;
        ready.run();
    }

    @Override
    public void stop(String why) {
        open = false;
        // They only looked: whoever leads next answers them.
        refuseAskers(IntentException.noLeader());
        refuse(leadershipLost(why));
        clear();
    }

    @Override
    public boolean running() {
        return open || !isEmpty() || !askers.isEmpty();
    }

    static IntentException storeFull(String why) {
        return IntentException.of(
                IntentException.Reason.STORE_FULL,
                "the store takes no changes: " + why + " (look whether it was done before you try again)");
    }

    static IntentException leadershipLost(String why) {
        return IntentException.of(
                IntentException.Reason.STORE_UNAVAILABLE,
                "the control plane stopped leading before the answer was certain: look whether it was done, then try "
                        + "again (" + why + ")");
    }
}
