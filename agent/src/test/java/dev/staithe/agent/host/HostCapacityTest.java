package dev.staithe.agent.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.container.EngineInfo;
import dev.staithe.proto.agent.v1.HostFacts;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HostCapacityTest {
    private static final EngineInfo ENGINE = new EngineInfo(
            "20.10.24",
            "1.41",
            "aarch64",
            "linux",
            "Debian",
            "6.1.0",
            2,
            (4L << 30) + 5,
            List.of("json-file", "local"),
            true);

    @Test
    void offersWhatTheEngineHasLessWhatIsKeptBack() {
        HostFacts facts = capacity(128, 512).facts(ENGINE, "1.2.3", true);

        assertThat(facts.getCpuUnits()).isEqualTo(2048 - 128);
        assertThat(facts.getMemoryMib()).isEqualTo(4096 - 512);
        assertThat(facts.getReservedTcpPortsList()).containsExactly(22, 2375, 2376, 9000);
        assertThat(facts.getReservedUdpPortsList()).containsExactly(9000);
        assertThat(facts.getAgentVersion()).isEqualTo("1.2.3");
        assertThat(facts.getDockerVersion()).isEqualTo("20.10.24");
    }

    @Test
    void neverOffersLessThanNothing() {
        HostFacts facts = capacity(100_000, 100_000).facts(ENGINE, "1", true);

        assertThat(facts.getCpuUnits()).isZero();
        assertThat(facts.getMemoryMib()).isZero();
    }

    @Test
    void describesTheHostInEcssAttributes() {
        assertThat(capacity(0, 0).facts(ENGINE, "1", true).getAttributesMap())
                .containsEntry("ecs.os-type", "linux")
                .containsEntry("ecs.cpu-architecture", "arm64")
                .containsEntry("ecs.docker-version", "20.10.24")
                .containsEntry("ecs.capability.logging-driver.local", "")
                .containsEntry("ecs.capability.host-namespaces", "")
                .containsEntry("rack", "r7");
    }

    @Test
    void readsWhichMachineThisIs() throws Exception {
        HostIdentity host = HostIdentity.read();

        assertThat(host.bootId()).hasSize(36);
        assertThat(host.hostName()).isNotBlank();
    }

    private static HostCapacity capacity(int cpu, int memory) {
        return new HostCapacity(
                "host",
                "10.0.0.1",
                cpu,
                memory,
                List.of(9000),
                Map.of("rack", "r7"),
                List.of(),
                List.of("ecs.capability.host-namespaces"));
    }
}
