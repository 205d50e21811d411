package dev.staithe.controlplane.intent;

import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.intent.Writes.Proposal;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.store.Guard;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets and deletes custom attributes of hosts. The rules are ECS's: at most ten in a call and ten on an instance, and names
 * that begin with {@code ecs.} or {@code com.amazonaws.} belong to the agents. All that one call asks for is written by one
 * transaction, or none of it.
 *
 * <p>Blocks: called by API threads. Keeps no state.
 */
public final class HostAttributes {
    private static final Logger LOG = LoggerFactory.getLogger(HostAttributes.class);

    private static final int MOST = 10;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.\\\\/-]{1,128}");
    private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9_.\\\\/@: -]{0,128}");

    private final Store store;
    private final Writes writes;

    public HostAttributes(Store store) {
        this.store = store;
        writes = new Writes(store);
    }

    /**
     * One attribute of one instance.
     *
     * @param value may be empty; of one that is to be deleted, empty = whatever it is
     */
    public record Wanted(ContainerInstance instance, String name, String value) {}

    /** Whether only agents may give attributes of this name. */
    public static boolean reserved(String name) {
        return name.startsWith("ecs.") || name.startsWith("com.amazonaws.");
    }

    /** Sets each attribute, in place of what it was. */
    public Written<List<Wanted>> put(List<Wanted> wanted) throws IntentException {
        check(wanted);
        return change(wanted, HostAttributes::put);
    }

    /** Deletes each attribute. One that the instance does not have, or has from its agent, is refused. */
    public Written<List<Wanted>> delete(List<Wanted> wanted) throws IntentException {
        check(wanted);
        return change(wanted, HostAttributes::delete);
    }

    private static void check(List<Wanted> wanted) throws IntentException {
        Problems problems = new Problems();
        if (wanted.isEmpty() || wanted.size() > MOST) {
            problems.invalid("attributes", wanted.size() + " attributes", "1-" + MOST);
        }
        for (int i = 0; i < wanted.size(); i++) {
            String at = "attributes[" + i + "]";
            String name = wanted.get(i).name();
            String value = wanted.get(i).value();
            if (!NAME.matcher(name).matches()) {
                problems.invalid(at + ".name", name, "1-128 of A-Z a-z 0-9 _ . \\ / -");
            } else if (reserved(name)) {
                problems.invalid(at + ".name", name, "a name that does not begin with ecs. or com.amazonaws.");
            }
            if (!VALUE.matcher(value).matches() || !value.equals(value.strip())) {
                problems.invalid(
                        at + ".value", value, "0-128 of A-Z a-z 0-9 _ . \\ / @ : - and spaces, none at the ends");
            }
        }
        problems.throwIfAny();
    }

    /** Changes the attributes that operators gave one instance. */
    @FunctionalInterface
    private interface Step {
        void change(ContainerInstance instance, SortedMap<String, String> attributes, Wanted wanted)
                throws IntentException;
    }

    private Written<List<Wanted>> change(List<Wanted> wanted, Step step) throws IntentException {
        SortedMap<String, ContainerInstance> instances = new TreeMap<>();
        wanted.forEach(w -> instances.put(w.instance().id(), w.instance()));
        Written<List<Wanted>> written = writes.apply("attributes of container instances", () -> {
            List<Guard> guards = new ArrayList<>();
            List<Mutation> mutations = new ArrayList<>();
            long newest = 0;
            for (ContainerInstance known : instances.values()) {
                StoredHost host = StoredHost.read(store, known);
                newest = Math.max(newest, host.revision());
                SortedMap<String, String> attributes =
                        new TreeMap<>(host.instance().wish().attributes());
                for (Wanted one : wanted) {
                    if (one.instance().id().equals(known.id())) {
                        step.change(host.instance(), attributes, one);
                    }
                }
                if (!attributes.equals(host.instance().wish().attributes())) {
                    guards.addAll(host.guards());
                    mutations.add(host.put(host.instance().wish().attributes(attributes)));
                }
            }
            return mutations.isEmpty()
                    ? new Proposal.Keep<>(wanted, newest)
                    : new Proposal.Change<>(wanted, mutations.getFirst().key(), guards, mutations);
        });
        LOG.atInfo()
                .addKeyValue("instances", instances.keySet())
                .addKeyValue("attributes", wanted.stream().map(Wanted::name).toList())
                .addKeyValue("rev", written.revision())
                .log("attributes changed");
        return written;
    }

    private static void put(ContainerInstance instance, SortedMap<String, String> attributes, Wanted wanted)
            throws IntentException {
        attributes.put(wanted.name(), wanted.value());
        SortedSet<String> custom = new TreeSet<>(attributes.keySet());
        instance.registeredAttributes().keySet().stream()
                .filter(name -> !reserved(name))
                .forEach(custom::add);
        if (custom.size() > MOST) {
            throw IntentException.of(
                    Reason.ATTRIBUTE_LIMIT_EXCEEDED,
                    "AttributeLimitExceededException: container instance " + instance.hostName() + " would have "
                            + custom.size() + " custom attributes (expected: at most " + MOST
                            + "; delete one that is not used)");
        }
    }

    private static void delete(ContainerInstance instance, SortedMap<String, String> attributes, Wanted wanted)
            throws IntentException {
        String there = attributes.get(wanted.name());
        if (there == null) {
            throw IntentException.of(
                    Reason.ATTRIBUTE_NOT_FOUND,
                    instance.attribute(wanted.name()) == null
                            ? "container instance " + instance.hostName() + " has no attribute " + wanted.name()
                            : "attribute " + wanted.name() + " of container instance " + instance.hostName()
                                    + " comes from its agent (change it in the agent's configuration)");
        }
        if (!wanted.value().isEmpty() && !wanted.value().equals(there)) {
            throw IntentException.of(
                    Reason.ATTRIBUTE_NOT_FOUND,
                    "attribute " + wanted.name() + " of container instance " + instance.hostName() + " is "
                            + IntentException.shown(there) + ", not " + IntentException.shown(wanted.value()));
        }
        attributes.remove(wanted.name());
    }
}
