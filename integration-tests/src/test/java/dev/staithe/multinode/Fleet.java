package dev.staithe.multinode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.proto.v1.Attribute;
import dev.staithe.proto.v1.ContainerInstance;
import dev.staithe.proto.v1.Task;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Several hosts, each a container with an engine and an agent of its own, and a control plane: as {@code deploy/fleet}
 * makes them, with the programs as they are shipped. Removed after the test; when it has failed, what was typed and the ends
 * of all logs are shown first.
 */
final class Fleet implements BeforeEachCallback, AfterEachCallback {
    private static final int LINES_SHOWN = 40;

    private final String name = "test-" + HexFormat.of().toHexDigits(new SplittableRandom().nextInt());
    private final String address = Site.freeAddress();
    private final Terminal terminal = new Terminal(Map.of(
            "STAITHE_FLEET",
            name,
            "STAITHE_FLEET_PORT",
            String.valueOf(Site.port(address)),
            "STAITHE_SERVER",
            address,
            "STAITHE_CLUSTER",
            "default",
            "NO_COLOR",
            "1"));
    private final Api api = new Api(List.of(address));
    private final Thread downAfterInterruption = new Thread(this::down);

    @Override
    public void beforeEach(ExtensionContext context) {
        Runtime.getRuntime().addShutdownHook(downAfterInterruption);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (context.getExecutionException().isPresent()) {
            show();
        }
        api.close();
        down();
        Runtime.getRuntime().removeShutdownHook(downAfterInterruption);
    }

    Terminal terminal() {
        return terminal;
    }

    /** HOST:PORT of its control plane. */
    String address() {
        return address;
    }

    Api api() {
        return api;
    }

    ContainerInstance instance(String host) {
        return api.instances().stream()
                .filter(instance -> instance.getHostName().equals(host))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no host " + host));
    }

    String zone(String host) {
        return instance(host).getAttributesList().stream()
                .filter(attribute -> attribute.getName().equals("ecs.availability-zone"))
                .map(Attribute::getValue)
                .findFirst()
                .orElse("");
    }

    /** How many tasks of the service run on each host that has any. */
    Map<String, Integer> spread(String service) {
        Map<String, Integer> spread = new TreeMap<>();
        for (Task task : api.tasks(service, "RUNNING")) {
            assertThat(task.getLastStatus()).as(task.getTaskId()).isEqualTo("RUNNING");
            spread.merge(task.getHostName(), 1, Integer::sum);
        }
        return spread;
    }

    /** The tasks whose containers run on the host: the truth of its own engine. */
    List<String> running(String host) {
        Terminal.Line line = terminal.aside("docker exec " + name + "-" + host
                + " docker ps --filter label=dev.staithe.task --format '{{.Label \"dev.staithe.task\"}}'");
        assertThat(line.exit()).as(line.output()).isZero();
        return line.output().lines().sorted().toList();
    }

    private void down() {
        Terminal.Line line = terminal.aside("deploy/fleet down");
        if (line.exit() != 0) {
            System.err.println(line.output());
        }
    }

    private void show() {
        terminal.lines().forEach(line -> System.err.print("$ " + line.command() + "\n" + line.output()));
        for (String host : List.of("control", "host-a", "host-b", "host-c", "host-d")) {
            List<String> log =
                    terminal.aside("deploy/fleet logs " + host).output().lines().toList();
            System.err.println("--- the end of the log of " + host);
            log.subList(Math.max(0, log.size() - LINES_SHOWN), log.size()).forEach(System.err::println);
        }
    }
}
