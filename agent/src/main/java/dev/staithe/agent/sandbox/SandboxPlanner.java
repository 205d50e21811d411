package dev.staithe.agent.sandbox;

import dev.staithe.agent.container.NetworkSettings;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.AssignedTask.Desired;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.model.Progress.Status;
import dev.staithe.agent.sandbox.Sandbox.Use;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Says which sandboxes to make and which to remove. Pure.
 *
 * <p>Every service with a task that runs here is to have some ready for each of its containers; containers of the same settings,
 * of whatever service, draw on the same ones. A sandbox whose container is over goes at once: it holds host ports. One that
 * nobody would ask for any more goes after a while: a service that is deployed anew is without tasks for a moment.
 */
final class SandboxPlanner {
    private static final String SERVICE = "service:";

    private final Limits limits;

    /**
     * @param perService ready ones for each container of each service
     * @param most ready ones on the host
     */
    record Limits(int perService, int most) {}

    /** So many of these are to be ready. */
    record Wanted(NetworkSettings settings, int count) {}

    /**
     * What to do.
     *
     * @param remove ids
     * @param make the next one; there may be more to make after it
     */
    record Plan(List<String> remove, Optional<NetworkSettings> make) {
        Plan {
            remove = List.copyOf(remove);
        }
    }

    SandboxPlanner(Limits limits) {
        this.limits = limits;
    }

    /** What should be ready for these tasks, by key. */
    SortedMap<String, Wanted> wanted(List<LocalTask> tasks) {
        TreeMap<String, AssignedTask> services = new TreeMap<>();
        for (LocalTask task : tasks) {
            AssignedTask assignment = task.assignment();
            if (assignment != null
                    && assignment.group().startsWith(SERVICE)
                    && assignment.desired() == Desired.RUNNING
                    && task.status().compareTo(Status.RUNNING) <= 0) {
                services.merge(
                        assignment.cluster() + "/" + assignment.group(),
                        assignment,
                        (one, other) -> one.revision() >= other.revision() ? one : other);
            }
        }
        TreeMap<String, Wanted> wanted = new TreeMap<>();
        if (limits.perService() == 0 || limits.most() == 0) {
            return wanted;
        }
        for (AssignedTask service : services.values()) {
            service.definition().getContainerDefinitionsList().stream()
                    .flatMap(c -> NetworkSettings.of(service.definition(), c).stream())
                    .forEach(settings -> wanted.merge(
                            settings.key(),
                            new Wanted(settings, limits.perService()),
                            (one, other) -> new Wanted(settings, one.count() + other.count())));
        }
        return wanted;
    }

    /**
     * Decides.
     *
     * @param held every sandbox of this host, but those that are being removed
     * @param making keys of those that are being made
     * @param kept keys that are wanted no more and not for long
     * @param blocked keys that could not be made a moment ago
     */
    Plan plan(
            SortedMap<String, Wanted> wanted,
            List<LocalTask> tasks,
            List<Sandbox> held,
            List<String> making,
            SortedSet<String> kept,
            SortedSet<String> blocked) {
        List<String> remove = new ArrayList<>();
        TreeMap<String, Integer> ready = new TreeMap<>();
        List<Sandbox> idle = new ArrayList<>();
        for (Sandbox sandbox : held) {
            boolean stays = switch (sandbox.use()) {
                case Use.By by -> needed(by, tasks);
                case Use.Free free ->
                    sandbox.running()
                            && (kept.contains(sandbox.key())
                                    || ready.getOrDefault(sandbox.key(), 0) < count(wanted, sandbox.key()));
            };
            if (!stays) {
                remove.add(sandbox.id());
            } else if (sandbox.free()) {
                ready.merge(sandbox.key(), 1, Integer::sum);
                idle.add(sandbox);
            }
        }
        making.forEach(key -> ready.merge(key, 1, Integer::sum));
        Optional<NetworkSettings> next = scarcest(wanted, ready, blocked);
        int spare = limits.most()
                - ready.values().stream().mapToInt(Integer::intValue).sum();
        if (spare < 0) {
            idle.stream()
                    .sorted(Comparator.comparingInt(s -> count(wanted, s.key())))
                    .limit(-spare)
                    .forEach(s -> remove.add(s.id()));
        } else if (spare == 0 && next.isPresent()) {
            int scarce = ready.getOrDefault(next.get().key(), 0);
            idle.stream()
                    .filter(s -> count(wanted, s.key()) == 0 || ready.getOrDefault(s.key(), 0) > scarce + 1)
                    .min(Comparator.comparingInt(s -> count(wanted, s.key())))
                    .ifPresent(s -> remove.add(s.id()));
        }
        return new Plan(remove, spare > 0 ? next : Optional.empty());
    }

    /** Of what is missing, that of which the least part is there: with little room everybody gets one before any gets two. */
    private static Optional<NetworkSettings> scarcest(
            SortedMap<String, Wanted> wanted, SortedMap<String, Integer> ready, SortedSet<String> blocked) {
        Optional<NetworkSettings> next = Optional.empty();
        int least = Integer.MAX_VALUE;
        for (Map.Entry<String, Wanted> entry : wanted.entrySet()) {
            int there = ready.getOrDefault(entry.getKey(), 0);
            if (there < entry.getValue().count() && there < least && !blocked.contains(entry.getKey())) {
                least = there;
                next = Optional.of(entry.getValue().settings());
            }
        }
        return next;
    }

    private static boolean needed(Use.By by, List<LocalTask> tasks) {
        return tasks.stream().anyMatch(task -> task.taskId().equals(by.taskId()) && needs(task, by.container()));
    }

    /** Whether the container may still want its network: also one that is about to be made. */
    static boolean needs(LocalTask task, String container) {
        return task.status() != Status.STOPPED
                && task.container(container).filter(c -> !c.over() || c.live()).isPresent();
    }

    /** Keys of sandboxes that are free and not asked for. */
    static SortedSet<String> unwanted(SortedMap<String, Wanted> wanted, List<Sandbox> held) {
        TreeSet<String> keys = new TreeSet<>();
        held.stream()
                .filter(Sandbox::free)
                .map(Sandbox::key)
                .filter(key -> !wanted.containsKey(key))
                .forEach(keys::add);
        return keys;
    }

    private static int count(SortedMap<String, Wanted> wanted, String key) {
        Wanted found = wanted.get(key);
        return found == null ? 0 : found.count();
    }
}
