package dev.staithe.sim;

import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.HealthCheck;
import dev.staithe.proto.v1.PortMapping;
import dev.staithe.proto.v1.TaskDefinition;
import java.util.List;
import java.util.stream.Stream;

/** The task definitions of a simulation, by family and revision as they are registered. */
final class SimDefinitions {
    /** Small, and without anything that could keep them from a host. */
    static final List<String> PLAIN = List.of("plain:1", "plain:2", "checked:1", "pair:1");

    /** Those that can serve; some only where a port is free, or much memory. */
    static final List<String> GOOD = Stream.concat(PLAIN.stream(), Stream.of("ported:1", "large:1", "stubborn:1"))
            .toList();

    /** All, with those that never serve. */
    static final List<String> ALL = Stream.concat(
                    GOOD.stream(), Stream.of("exits:1", "unstartable:1", "missing:1", "impossible:1"))
            .toList();

    /** What is run without a service: little enough that it is never in the way of the last wishes. */
    static final List<String> STANDALONE = List.of("plain:1", "pair:1", "ported:1", "exits:1", "missing:1");

    private SimDefinitions() {}

    /** What is registered, in this order. */
    static List<TaskDefinition> all() {
        return List.of(
                one("plain", container("web", "web:1", 128)),
                one("plain", container("web", "web:2", 256)),
                one("checked", container("web", "web:1", 128).setHealthCheck(check())),
                TaskDefinition.newBuilder()
                        .setFamily("pair")
                        .addContainerDefinitions(container("web", "web:1", 128))
                        .addContainerDefinitions(container("side", "web:2", 64).setEssential(false))
                        .build(),
                one("ported", container("web", "web:1", 128).addPortMappings(port(80, 8080))),
                one("large", container("web", "web:2", 3000)),
                one("tiny", container("web", "web:1", 8).setCpu(1)),
                one("stubborn", container("web", "stubborn:1", 128).setStopTimeout(2)),
                one("exits", container("web", "exits:1", 128)),
                one("unstartable", container("web", "unstartable:1", 128)),
                one("missing", container("web", "missing:1", 128)),
                one("impossible", container("web", "web:1", 100_000)));
    }

    private static TaskDefinition one(String family, ContainerDefinition.Builder container) {
        return TaskDefinition.newBuilder()
                .setFamily(family)
                .addContainerDefinitions(container)
                .build();
    }

    private static ContainerDefinition.Builder container(String name, String image, int memory) {
        return ContainerDefinition.newBuilder()
                .setName(name)
                .setImage(image)
                .setCpu(64)
                .setMemory(memory)
                .addPortMappings(port(name.equals("web") ? 8000 : 9000, 0));
    }

    private static PortMapping port(int container, int host) {
        return PortMapping.newBuilder()
                .setContainerPort(container)
                .setHostPort(host)
                .build();
    }

    private static HealthCheck check() {
        return HealthCheck.newBuilder()
                .addCommand("CMD-SHELL")
                .addCommand("true")
                .setInterval(5)
                .build();
    }
}
