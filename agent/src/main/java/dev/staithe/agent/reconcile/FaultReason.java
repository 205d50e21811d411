package dev.staithe.agent.reconcile;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.PortMapping;
import dev.staithe.proto.v1.TaskDefinition;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Why a container could not be created or started: the engine's own words, then the field of the definition that they are
 * about, where that can be known, and what to do on the host, where that is known. Pure.
 *
 * <p>The field is the one whose value the engine repeats, best in quotes, and the longest of them; else what its words are known to mean. No
 * value is added that the engine did not say.
 */
public final class FaultReason {
    /** What the engine's words mean when they repeat no value, in lower case. The first that fits counts. */
    private static final List<Map.Entry<String, String>> MEANINGS = List.of(
            Map.entry("unable to find user", "user"),
            Map.entry("unable to find group", "user"),
            Map.entry("matching entries in passwd", "user"),
            Map.entry("chdir to cwd", "workingDirectory"),
            Map.entry("port is already allocated", "portMappings"),
            Map.entry("address already in use", "portMappings"),
            Map.entry("swappiness", "linuxParameters.swappiness"),
            Map.entry("swap", "linuxParameters.maxSwap"),
            Map.entry("memory reservation", "memoryReservation"),
            Map.entry("minimum memory limit", "memory"),
            Map.entry("shm", "linuxParameters.sharedMemorySize"),
            Map.entry("tmpfs", "linuxParameters.tmpfs"),
            Map.entry("device information", "linuxParameters.devices"),
            Map.entry("could not select device driver", "resourceRequirements"),
            Map.entry("capabilit", "linuxParameters.capabilities"),
            Map.entry("sysctl", "systemControls"),
            Map.entry("rlimit", "ulimits"),
            Map.entry("ulimit", "ulimits"),
            Map.entry("apparmor", "dockerSecurityOptions"),
            Map.entry("seccomp", "dockerSecurityOptions"),
            Map.entry("selinux", "dockerSecurityOptions"),
            Map.entry("security-opt", "dockerSecurityOptions"),
            Map.entry("log driver", "logConfiguration"),
            Map.entry("logging driver", "logConfiguration"),
            Map.entry("log-opt", "logConfiguration"),
            Map.entry("cannot link", "links"),
            Map.entry("no command specified", "command"),
            Map.entry("starting container process", "command"));

    /** Values of these are names of our own making, or nobody's business. */
    private static final List<String> UNREAD = List.of(
            "name",
            "environment",
            "environment_files",
            "secrets",
            "secret_options",
            "docker_labels",
            "labels",
            "repository_credentials",
            "depends_on",
            "health_check");

    /** Faults that a definition may be the cause of. */
    private static final Set<Kind> MADE_BY_DEFINITIONS =
            EnumSet.of(Kind.CannotCreateContainerError, Kind.CannotStartContainerError, Kind.CannotCreateVolumeError);

    private static final int SHORTEST = 2;
    private static final int QUOTED = 1 << 16;
    private static final int CERTAIN = 1 << 20;

    private FaultReason() {}

    /** As {@link ContainerFault#reason()}, with the field. */
    public static String of(TaskDefinition task, String container, ContainerFault fault) {
        return MADE_BY_DEFINITIONS.contains(fault.kind())
                ? fault.reason() + field(task, container, fault) + advice(String.valueOf(fault.getMessage()))
                : fault.reason();
    }

    private static String field(TaskDefinition task, String container, ContainerFault fault) {
        String words = String.valueOf(fault.getMessage());
        if (words.contains("(expected: ")) {
            // Our own words: they began with the field.
            return "";
        }
        Search search = new Search(words);
        for (int i = 0; i < task.getVolumesCount(); i++) {
            search.message("volumes[" + i + "]", task.getVolumes(i));
        }
        String meant = "";
        for (int i = 0; i < task.getContainerDefinitionsCount(); i++) {
            ContainerDefinition definition = task.getContainerDefinitions(i);
            if (definition.getName().equals(container)) {
                String at = "containerDefinitions[" + i + "]";
                search.container(at, definition);
                meant = meaning(definition, words.toLowerCase(Locale.ROOT))
                        .map(field -> at + "." + field)
                        .orElse("");
            }
        }
        if (fault.kind() == Kind.CannotCreateVolumeError) {
            meant = task.getVolumesCount() == 1 ? "volumes[0]" : "volumes";
        }
        String field = search.found().orElse(meant);
        return field.isEmpty() ? "" : " (field: " + field + ")";
    }

    private static Optional<String> meaning(ContainerDefinition container, String words) {
        return MEANINGS.stream()
                .filter(known -> words.contains(known.getKey()))
                .map(Map.Entry::getValue)
                .map(field -> field.equals("command") && container.getEntryPointCount() > 0 ? "entryPoint" : field)
                .findFirst();
    }

    private static String advice(String words) {
        String lower = words.toLowerCase(Locale.ROOT);
        if (lower.contains("plugin") && lower.contains("not found")) {
            return "; install the driver on this host (docker plugin install), or use driver local";
        }
        if (lower.contains("failed to mount local volume") && lower.contains("no such device")) {
            return "; this host cannot mount that type: install what its kernel needs (nfs-common, cifs-utils)";
        }
        return "";
    }

    /** Looks for the longest value that the words repeat. */
    private static final class Search {
        private final String words;
        private String best = "";
        private int score;

        Search(String words) {
            this.words = words;
        }

        Optional<String> found() {
            return best.isEmpty() ? Optional.empty() : Optional.of(best);
        }

        void container(String at, ContainerDefinition container) {
            // Of what runs only the program: its arguments are anything.
            message(at, container.toBuilder().clearCommand().clearEntryPoint().build());
            if (container.getEntryPointCount() > 0) {
                value(at + ".entryPoint[0]", container.getEntryPoint(0));
            } else if (container.getCommandCount() > 0) {
                value(at + ".command[0]", container.getCommand(0));
            }
            for (int i = 0; i < container.getPortMappingsCount(); i++) {
                PortMapping port = container.getPortMappings(i);
                if (port.getHostPort() > 0 && words.contains(":" + port.getHostPort() + " ")) {
                    best = at + ".portMappings[" + i + "].hostPort";
                    score = CERTAIN;
                }
            }
        }

        void message(String at, Message message) {
            message.getAllFields().forEach((field, value) -> {
                if (!UNREAD.contains(field.getName())) {
                    field(at + "." + field.getJsonName(), field, value);
                }
            });
        }

        private void field(String at, FieldDescriptor field, Object value) {
            if (!field.isRepeated()) {
                single(at, value);
                return;
            }
            List<?> values = (List<?>) value;
            for (int i = 0; i < values.size(); i++) {
                single(field.isMapField() ? at : at + "[" + i + "]", values.get(i));
            }
        }

        private void single(String at, Object value) {
            switch (value) {
                case MapEntry<?, ?> entry -> {
                    value(at + "." + entry.getKey(), String.valueOf(entry.getKey()));
                    value(at + "." + entry.getKey(), String.valueOf(entry.getValue()));
                }
                case Message message -> message(at, message);
                case String text -> value(at, text);
                default -> {}
            }
        }

        private void value(String at, String value) {
            int own = value.length() < SHORTEST ? 0 : score(value);
            if (own > score) {
                best = at;
                score = own;
            }
        }

        /** More for a longer value, and for one in quotes; 0 when the words do not have it as a word of its own. */
        private int score(String value) {
            int most = 0;
            for (int from = words.indexOf(value); from >= 0; from = words.indexOf(value, from + 1)) {
                char before = from == 0 ? ' ' : words.charAt(from - 1);
                int end = from + value.length();
                char after = end == words.length() ? ' ' : words.charAt(end);
                if (!partOfName(before) && !partOfName(after)) {
                    boolean quoted = before == after && (before == '"' || before == '\'');
                    most = Math.max(most, quoted ? QUOTED + value.length() : value.length());
                }
            }
            return most;
        }

        private static boolean partOfName(char c) {
            return Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '/';
        }
    }
}
