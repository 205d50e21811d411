package dev.staithe.agent.reconcile;

import dev.staithe.agent.model.Progress.Status;
import dev.staithe.agent.model.TaskDemand;
import dev.staithe.proto.agent.v1.HostFacts;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * The host's own books: whether a task may take what it needs, beside what others still hold. The control plane counts too,
 * but it learns of a release from reports, and may be wrong about this host; here nothing is given twice. Pure.
 *
 * <p>What is held comes first, whatever the queue says; then those that wait, oldest first. One that waits keeps its place: a
 * later task goes ahead only with what is left when all the earlier ones are served, so that none of them ever waits longer
 * for its sake. Nothing is given back before a task has STOPPED.
 *
 * @param cpu units that tasks may take
 * @param memory MiB that tasks may take
 * @param reservedPorts that tasks may not have, "22/tcp"
 * @param gpus ids of those that tasks may have
 */
public record Admission(long cpu, long memory, SortedSet<String> reservedPorts, SortedSet<String> gpus) {
    private static final int ID_DIGITS = 12;

    /** A task that holds, or wants, a part of the host. */
    public record Claimant(String taskId, Status status, TaskDemand demand) {}

    /** Whether a task may be created. */
    public sealed interface Answer {
        /** It may. */
        record Admitted() implements Answer {}

        /**
         * It has to wait.
         *
         * @param what for people: "waits for 512 MiB of memory that task 0123456789ab (STOPPING) still holds"
         */
        record Waits(String what) implements Answer {}

        /** It asks for more than this host has when nothing else is on it. */
        record Never(String why) implements Answer {}
    }

    public static final Answer ADMITTED = new Answer.Admitted();

    /** What the host told the control plane that it has. */
    public static Admission of(HostFacts facts) {
        TreeSet<String> ports = new TreeSet<>();
        facts.getReservedTcpPortsList().forEach(port -> ports.add(TaskDemand.port(port, "tcp")));
        facts.getReservedUdpPortsList().forEach(port -> ports.add(TaskDemand.port(port, "udp")));
        return new Admission(facts.getCpuUnits(), facts.getMemoryMib(), ports, new TreeSet<>(facts.getGpuIdsList()));
    }

    /**
     * Answers one task.
     *
     * @param before every task that goes before it: those that hold something already, then those that wait longer
     */
    public Answer answer(TaskDemand wanted, List<Claimant> before) {
        Optional<String> never = never(wanted);
        if (never.isPresent()) {
            return new Answer.Never("ResourceInitializationError: " + never.get());
        }
        return amount("CPU units", wanted.cpu(), cpu, TaskDemand::cpu, before)
                .or(() -> amount("MiB of memory", wanted.memory(), memory, TaskDemand::memory, before))
                .or(() -> taken("port ", wanted.ports(), TaskDemand::ports, before))
                .or(() -> taken("GPU ", wanted.gpus(), TaskDemand::gpus, before))
                .<Answer>map(Answer.Waits::new)
                .orElse(ADMITTED);
    }

    private Optional<String> never(TaskDemand wanted) {
        if (wanted.cpu() > cpu) {
            return refusal("cpu", wanted.cpu() + " units", "at most " + cpu + ", all that this host has for tasks");
        }
        if (wanted.memory() > memory) {
            return refusal(
                    "memory", wanted.memory() + " MiB", "at most " + memory + " MiB, all that this host has for tasks");
        }
        for (String port : wanted.ports()) {
            if (reservedPorts.contains(port)) {
                return refusal("hostPort", port, "a port that is not reserved on this host");
            }
        }
        for (String gpu : wanted.gpus()) {
            if (!gpus.contains(gpu)) {
                return refusal("GPU", gpu, "one of this host's: " + String.join(", ", gpus));
            }
        }
        return Optional.empty();
    }

    private static Optional<String> refusal(String field, String value, String expected) {
        return Optional.of(field + ": " + value + " (expected: " + expected + ")");
    }

    private static Optional<String> amount(
            String unit, long wanted, long all, ToLongFunction<TaskDemand> of, List<Claimant> before) {
        long taken = before.stream().mapToLong(c -> of.applyAsLong(c.demand())).sum();
        return wanted == 0 || wanted <= all - taken
                ? Optional.empty()
                : Optional.of(waiting(wanted + " " + unit, before, demand -> of.applyAsLong(demand) > 0));
    }

    private static Optional<String> taken(
            String kind, SortedSet<String> wanted, Function<TaskDemand, SortedSet<String>> of, List<Claimant> before) {
        return wanted.stream()
                .filter(each ->
                        before.stream().anyMatch(c -> of.apply(c.demand()).contains(each)))
                .findFirst()
                .map(each ->
                        waiting(kind + each, before, demand -> of.apply(demand).contains(each)));
    }

    /** Names one who has it: rather one that is on its way out. */
    private static String waiting(String what, List<Claimant> before, Predicate<TaskDemand> has) {
        List<Claimant> holders =
                before.stream().filter(c -> has.test(c.demand())).toList();
        Optional<Claimant> named = holders.stream()
                .filter(c -> c.status().compareTo(Status.RUNNING) > 0)
                .findFirst()
                .or(() -> holders.stream().findFirst());
        return "waits for " + what
                + named.map(c -> " that task "
                                + c.taskId()
                                        .substring(
                                                0,
                                                Math.min(ID_DIGITS, c.taskId().length())) + " (" + c.status()
                                + ") still holds")
                        .orElse("");
    }
}
