package dev.staithe.controlplane.loop;

import dev.staithe.controlplane.intent.Rehearsals;
import dev.staithe.controlplane.intent.Supposition;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Usage;
import dev.staithe.controlplane.reconcile.Settings;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.runtime.Time;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Tries out what the control loop would do: its own passes, on a copy of a state, with hosts that obey at once. So a plan
 * that is shown and one that is carried out come from the same code.
 *
 * <p>Runs on the caller's thread, touches nothing that the loop owns and writes nothing. What only a leader remembers is
 * made up: every host that is connected was heard just now, every task that runs has run long enough, every other host has
 * been silent too long.
 */
public final class Rehearsal implements Rehearsals {
    /** Far more than any roll-out takes; a plan that needs more is cut, and says so. */
    private static final int MOST_STEPS = 1000;

    private final Settings settings;
    private final Time time;

    public Rehearsal(Settings settings, Time time) {
        this.settings = settings;
        this.time = time;
    }

    @Override
    public Rehearsed rehearse(ClusterState live, String cluster, List<Supposition> suppositions) {
        Scenery scenery = Scenery.of(live, cluster, suppositions);
        Stage stage = new Stage(scenery, cluster, settings, time.now().toEpochMilli());
        List<String> notes = new ArrayList<>(scenery.notes());
        int step = 1;
        while (stage.play(step) && step < MOST_STEPS) {
            step++;
        }
        if (step == MOST_STEPS) {
            notes.add("not everything has settled after " + MOST_STEPS + " steps; what follows is not shown");
        }
        ClusterState end = stage.state();
        notes.addAll(stage.notes());
        return new Rehearsed(
                live.revision(), numbered(stage.actions()), shortages(end, cluster), hosts(live, end, scenery), notes);
    }

    /** Steps in which nothing was started or stopped do not count. */
    private static List<Action> numbered(List<Action> actions) {
        SortedSet<Integer> steps = new TreeSet<>();
        actions.forEach(action -> steps.add(action.step()));
        return actions.stream()
                .map(action -> action.at(steps.headSet(action.step()).size() + 1))
                .toList();
    }

    private static List<Shortage> shortages(ClusterState end, String cluster) {
        SortedMap<String, Shortage> shortages = new TreeMap<>();
        for (Service service : end.services()) {
            if (service.cluster().equals(cluster) && !service.deleted()) {
                end.waiting(service.uid())
                        .ifPresent(w -> shortages.put(service.name(), new Shortage(service.name(), w)));
            }
        }
        return List.copyOf(shortages.values());
    }

    private static List<Host> hosts(ClusterState live, ClusterState end, Scenery scenery) {
        List<Host> hosts = new ArrayList<>();
        for (ContainerInstance instance : end.instances()) {
            if (instance.cluster().equals(scenery.cluster())
                    && instance.status() != ContainerInstance.Status.INACTIVE) {
                Usage before = live.usage(instance.id());
                hosts.add(new Host(instance, scenery.fate(instance), before, end.usage(instance.id())));
            }
        }
        hosts.sort(Comparator.comparing((Host h) -> h.instance().hostName())
                .thenComparing(h -> h.instance().id()));
        return hosts;
    }
}
