package dev.staithe.controlplane.intent;

import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.VolumeFrom;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What containers of one task have to do with each other: links, volumesFrom, namespaces that they share. Each of them puts
 * one container before another; that they have no circles is {@link OrderRules}' business.
 */
final class PeerRules {
    private static final Pattern ALIAS = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}");

    private final TaskDefinition definition;
    private final Problems problems;
    private final Map<String, Integer> places = new HashMap<>();

    private PeerRules(TaskDefinition definition, Problems problems) {
        this.definition = definition;
        this.problems = problems;
        List<ContainerDefinition> containers = definition.getContainerDefinitionsList();
        for (int i = 0; i < containers.size(); i++) {
            places.putIfAbsent(containers.get(i).getName(), i);
        }
    }

    static void check(TaskDefinition definition, Problems problems) {
        PeerRules rules = new PeerRules(definition, problems);
        List<ContainerDefinition> containers = definition.getContainerDefinitionsList();
        for (int i = 0; i < containers.size(); i++) {
            String at = "containerDefinitions[" + i + "]";
            rules.links(containers.get(i), at + ".links");
            rules.volumesFrom(containers.get(i), at + ".volumesFrom");
        }
        mode("pidMode", definition.getPidMode(), "host or task", Set.of("", "host", "task"), problems);
        mode("ipcMode", definition.getIpcMode(), "host, task or none", Set.of("", "host", "task", "none"), problems);
        rules.sharedNamespaces();
    }

    /** The names that links and volumesFrom put before the container. */
    static Set<String> before(ContainerDefinition container) {
        Set<String> names = new TreeSet<>();
        container.getLinksList().forEach(link -> names.add(linked(link)));
        container.getVolumesFromList().stream()
                .map(VolumeFrom::getSourceContainer)
                .forEach(names::add);
        return names;
    }

    private void links(ContainerDefinition container, String at) {
        String mode = definition.getNetworkMode();
        if (container.getLinksCount() > 0 && !mode.isEmpty() && !mode.equals("bridge")) {
            problems.invalid(at, container.getLinksCount() + " links", "none, as networkMode is " + mode);
        }
        Set<String> aliases = new HashSet<>();
        for (int i = 0; i < container.getLinksCount(); i++) {
            String link = container.getLinks(i);
            String name = linked(link);
            String alias = link.indexOf(':') < 0 ? name : link.substring(name.length() + 1);
            other(container, name, at + "[" + i + "]");
            if (!ALIAS.matcher(alias).matches()) {
                problems.invalid(at + "[" + i + "]", link, "NAME or NAME:ALIAS");
            } else if (!aliases.add(alias)) {
                problems.invalid(at + "[" + i + "]", link, "an alias that no other link has");
            }
        }
    }

    private void volumesFrom(ContainerDefinition container, String at) {
        Set<String> sources = new HashSet<>();
        for (int i = 0; i < container.getVolumesFromCount(); i++) {
            String source = container.getVolumesFrom(i).getSourceContainer();
            other(container, source, at + "[" + i + "].sourceContainer");
            if (!sources.add(source)) {
                problems.invalid(at + "[" + i + "].sourceContainer", source, "each container once");
            }
        }
    }

    private void other(ContainerDefinition container, String name, String field) {
        if (!places.containsKey(name) || name.equals(container.getName())) {
            problems.invalid(field, name, "the name of another container of the task");
        }
    }

    private static String linked(String link) {
        int colon = link.indexOf(':');
        return colon < 0 ? link : link.substring(0, colon);
    }

    private static void mode(String field, String mode, String expected, Set<String> known, Problems problems) {
        if (!known.contains(mode)) {
            problems.invalid(field, mode, expected);
        }
    }

    /** The namespace ends with the container that it began with: that one must live as long as the task. */
    private void sharedNamespaces() {
        boolean shared = definition.getPidMode().equals("task")
                || definition.getIpcMode().equals("task");
        boolean owner = definition.getContainerDefinitionsList().stream()
                .anyMatch(c -> (!c.hasEssential() || c.getEssential())
                        && !c.getRestartPolicy().getEnabled()
                        && c.getDependsOnCount() == 0
                        && before(c).isEmpty());
        if (shared && definition.getContainerDefinitionsCount() > 1 && !owner) {
            problems.say(
                    definition.getPidMode().equals("task") ? "pidMode" : "ipcMode",
                    "task (expected: a container to begin with, which is essential, has no restartPolicy and needs no"
                            + " other container)");
        }
    }
}
