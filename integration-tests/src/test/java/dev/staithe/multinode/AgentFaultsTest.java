package dev.staithe.multinode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.proto.v1.ContainerInstance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What can happen to an agent, its ledger and its containers, on a real engine. */
final class AgentFaultsTest {
    @RegisterExtension
    final Site site = new Site();

    private final String address = Site.freeAddress();

    @Test
    void anUpgradeInPlaceTouchesNoContainer() {
        Engine engine = site.engine();
        Api api = running(2);
        Daemon agent = site.agent("host", List.of(address));
        Site.awaitSteady(api, "web", 2);
        List<Engine.Seen> before = engine.containers();

        agent.stop();
        agent.startAgain();

        api.scale("web", 3);
        Site.awaitSteady(api, "web", 3);
        assertThat(engine.containers()).hasSize(3).containsAll(before);
    }

    @Test
    void aLedgerThatIsBrokenIsRebuiltFromLabelsAndNothingIsStartedTwice() throws IOException {
        Engine engine = site.engine();
        Api api = running(3);
        Daemon agent = site.agent("host", List.of(address));
        Site.awaitSteady(api, "web", 3);
        List<Engine.Seen> before = engine.containers();
        String instance = api.instances().getFirst().getContainerInstanceId();

        agent.kill9();
        List<Path> records = files(site.directory().resolve("host").resolve("tasks"));
        assertThat(records).hasSize(3);
        Files.write(records.get(0), new byte[] {1, 2, 3});
        Files.write(records.get(1), new byte[0]);
        Files.delete(records.get(2));
        Files.write(site.directory().resolve("host").resolve("identity"), new byte[0]);
        agent.startAgain();

        Site.await("the agent says what it could not read")
                .untilAsserted(() ->
                        assertThat(agent.log("ledger entry cannot be read")).hasSize(3));
        api.scale("web", 4);
        Site.awaitSteady(api, "web", 4);
        assertThat(engine.containers()).hasSize(4).containsAll(before);
        assertThat(api.instances())
                .extracting(ContainerInstance::getContainerInstanceId)
                .containsExactly(instance);
    }

    @Test
    void aContainerRemovedBehindItsBackIsReplacedAndForeignOnesAreLeftAlone() {
        Engine engine = site.engine();
        String foreign = engine.foreign();
        Api api = running(2);
        site.agent("host", List.of(address));
        Site.awaitSteady(api, "web", 2);
        Engine.Seen victim = engine.running("web").getFirst();
        Engine.Seen other = engine.running("web").getLast();

        engine.remove(victim.id());

        Site.await("the loss is reported")
                .until(() -> api.task(victim.task()).getLastStatus().equals("STOPPED"));
        // Seen between its death and its removal, or only after it.
        assertThat(api.task(victim.task()).getContainers(0))
                .matches(c -> c.getExitCode() == 137 || c.getReason().startsWith("ContainerVanishedError"));
        Site.awaitSteady(api, "web", 2);
        assertThat(engine.running("web")).hasSize(2).contains(other);
        assertThat(engine.look(foreign))
                .hasValueSatisfying(c -> assertThat(c.running()).isTrue());
    }

    @Test
    void aLedgerWithoutSpaceTakesNoTaskAndRecoversByItself() throws Exception {
        Path data = Files.createDirectory(site.directory().resolve("host"));
        Shell.run("mount", "-t", "tmpfs", "-o", "size=256k", "staithe-test", data.toString());
        site.closing(() -> Shell.run("umount", "--lazy", data.toString()));
        Engine engine = site.engine();
        Api api = running(1);
        Daemon agent = site.agent("host", List.of(address));
        Site.awaitSteady(api, "web", 1);
        List<Engine.Seen> before = engine.containers();

        Path filler = Shell.fill(data);
        api.scale("web", 2);
        Site.await("the host is not fit for tasks")
                .until(() -> !api.instances().getFirst().getStatusReason().isEmpty());
        assertThat(engine.containers()).isEqualTo(before);
        Files.delete(filler);

        Site.awaitSteady(api, "web", 2);
        assertThat(engine.containers()).hasSize(2).containsAll(before);
        assertThat(agent.alive()).isTrue();
    }

    @Test
    void aClockThatJumpsEndsNothing() throws IOException {
        Path clock = Files.writeString(site.directory().resolve("clock"), "0");
        Engine engine = site.engine();
        Api api = running(2);
        site.agentWithClock("host", clock, List.of(address));
        Site.awaitSteady(api, "web", 2);
        List<Engine.Seen> before = engine.containers();

        int count = 2;
        for (String seconds : List.of("86400", "-86400", "0")) {
            Files.writeString(clock, seconds);
            api.scale("web", ++count);
            Site.awaitSteady(api, "web", count);
        }

        assertThat(engine.containers()).hasSize(5).containsAll(before).allMatch(Engine.Seen::running);
    }

    /** A control plane with a service of so many tasks, which waits for a host. */
    private Api running(int count) {
        Api api = site.api(address);
        site.controlPlane("control", address, site.localStore());
        Site.await("the cluster is there")
                .ignoreExceptions()
                .until(() -> api.instances().isEmpty());
        api.createService(
                "web", api.register(site.sleeper("web", site.engine().image()).build()), count);
        return api;
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return new ArrayList<>(files.sorted().toList());
        }
    }
}
