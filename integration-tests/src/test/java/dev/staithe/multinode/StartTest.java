package dev.staithe.multinode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.cli.client.ControlPlane;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Daemons that cannot start, or have nobody to talk to, say so: clearly and not too often. */
final class StartTest {
    /** Bytes of one page of the embedded store; the first is its header. */
    private static final int PAGE = 4096;

    @RegisterExtension
    final Site site = new Site();

    @Test
    void aSecondControlPlaneOnOneDirectoryIsRefusedAndToldWhoHasIt() {
        String address = Site.freeAddress();
        Daemon first = site.controlPlane("first", address, site.localStore());
        awaitServing(address);
        Daemon second = site.controlPlane("second", Site.freeAddress(), site.localStore());

        assertThat(second.exitStatus()).isEqualTo(1);
        assertThat(second.log())
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("the control plane cannot start: ")
                        .contains(site.directory().resolve("store") + " is in use by process " + first.pid())
                        .contains("Stop that process, or configure another directory"));
        assertThat(first.alive()).isTrue();
    }

    @Test
    void aCorruptStoreIsRefusedAndLeftAsItIs() throws IOException {
        String address = Site.freeAddress();
        Daemon controlPlane = site.controlPlane("control", address, site.localStore());
        awaitServing(address);
        controlPlane.stop();
        Path file = site.directory().resolve("store").resolve("store.db");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            byte[] garbage = new byte[(int) channel.size() - PAGE];
            Arrays.fill(garbage, (byte) 0xA5);
            int written = channel.write(ByteBuffer.wrap(garbage), PAGE);
            assertThat(written).isPositive();
        }
        int said = controlPlane.log().size();
        controlPlane.startAgain();

        assertThat(controlPlane.exitStatus()).isEqualTo(1);
        assertThat(controlPlane.log().subList(said, controlPlane.log().size()))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("the control plane cannot start: " + file + " is damaged: ")
                        .contains("Nothing was changed. Put a backup of " + file.getParent() + " in its place"));
    }

    @Test
    void anAgentWithoutAControlPlaneSaysSoOnceAndConnectsWhenThereIsOne() {
        String address = Site.freeAddress();
        Daemon agent = site.agent("host", List.of(address));
        Site.await("the agent says that nobody answers")
                .until(() -> !agent.log("no control plane").isEmpty());
        // Its first retries come within a second.
        ControlPlane.pause(Duration.ofSeconds(3));
        assertThat(agent.log("no control plane"))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("address=" + address, "Connection refused"));
        assertThat(agent.log()).hasSizeLessThan(4);

        site.controlPlane("control", address, site.localStore());
        Site.awaitAgent(site.api(address));
        assertThat(agent.log("no control plane")).hasSize(1);
    }

    private void awaitServing(String address) {
        Api api = site.api(address);
        Site.await("the control plane answers")
                .untilAsserted(() -> assertThat(api.instances()).isEmpty());
    }
}
