package dev.staithe.agent.container;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a container gets that nobody else is to see: made when it is created and dropped after. Never printed, logged or
 * stored; the engine is told, for there is no other way into a container.
 */
public final class Confidential {
    public static final Confidential NONE = new Confidential(Map.of(), Map.of(), Map.of(), List.of());

    private static final int SHORTEST_HIDDEN = 4;

    /**
     * A file of the host's memory that is mounted into the container, read-only.
     *
     * @param source absolute, on a tmpfs of the host
     * @param containerPath absolute
     */
    public record FileMount(String source, String containerPath) {}

    private final Map<String, String> defaults;
    private final SortedMap<String, String> variables;
    private final SortedMap<String, String> logOptions;
    private final List<FileMount> files;

    /**
     * Brings them together.
     *
     * @param defaults variables from environment files, in their order, under those of the definition
     * @param variables from secrets, over those of the definition
     * @param logOptions beside those of the definition
     */
    public Confidential(
            Map<String, String> defaults,
            Map<String, String> variables,
            Map<String, String> logOptions,
            List<FileMount> files) {
        this.defaults = Collections.unmodifiableMap(new LinkedHashMap<>(defaults));
        this.variables = Collections.unmodifiableSortedMap(new TreeMap<>(variables));
        this.logOptions = Collections.unmodifiableSortedMap(new TreeMap<>(logOptions));
        this.files = List.copyOf(files);
    }

    /** The same, with these files. */
    public Confidential with(List<FileMount> mounted) {
        return new Confidential(defaults, variables, logOptions, mounted);
    }

    /** NAME=value of everything, given what the definition has: files under it, secrets over it. */
    public List<String> environment(List<String> definition) {
        Map<String, String> merged = new LinkedHashMap<>(defaults);
        for (String variable : definition) {
            int equals = variable.indexOf('=');
            merged.put(equals < 0 ? variable : variable.substring(0, equals), variable.substring(equals + 1));
        }
        merged.putAll(variables);
        return merged.entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .toList();
    }

    public SortedMap<String, String> logOptions() {
        return logOptions;
    }

    public List<FileMount> files() {
        return files;
    }

    public boolean isEmpty() {
        return defaults.isEmpty() && variables.isEmpty() && logOptions.isEmpty() && files.isEmpty();
    }

    /** The fault without any of the values: an engine quotes what it does not like. */
    public ContainerFault hiddenIn(ContainerFault fault) {
        String message = String.valueOf(fault.getMessage());
        for (Map<String, String> each : List.of(defaults, variables, logOptions)) {
            for (String value : each.values()) {
                if (value.length() >= SHORTEST_HIDDEN) {
                    message = message.replace(value, "***");
                }
            }
        }
        // Without its cause, which quotes the same.
        return new ContainerFault(fault.kind(), message, fault.retriable());
    }

    /** Shows where the files are, and how many of the rest there are. */
    @Override
    public String toString() {
        return "Confidential[" + (defaults.size() + variables.size()) + " variables, " + logOptions.size()
                + " log options, files=" + files + "]";
    }
}
