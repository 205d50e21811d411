package dev.staithe.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.staithe.runtime.ConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ControlPlaneConfigTest {
    private static final String LOCAL = "store: {type: local, directory: /var/lib/staithe}\n";

    @TempDir
    private Path directory;

    @Test
    void givesDefaultsForWhatIsAbsent() throws Exception {
        ControlPlaneConfig config = read(LOCAL);

        assertThat(config.listen()).isEqualTo("127.0.0.1:7070");
        assertThat(config.advertise()).isEqualTo("127.0.0.1:7070");
        assertThat(config.nodeId()).isEqualTo("127.0.0.1:7070");
        assertThat(config.listenHost()).isEqualTo("127.0.0.1");
        assertThat(config.listenPort()).isEqualTo(7070);
        assertThat(config.healthyAfter()).isEqualTo(Duration.ofSeconds(40));
        assertThat(config.suspectAfter()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.lostAfter()).isEqualTo(Duration.ofSeconds(60));
        assertThat(config.heartbeat()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.leaderLease()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.throttleCeiling()).isEqualTo(Duration.ofMinutes(27));
        assertThat(config.stoppedTaskRetention()).isEqualTo(Duration.ofHours(1));
        assertThat(config.store().place()).isEqualTo(new ControlPlaneConfig.Place.Local("/var/lib/staithe"));
    }

    @Test
    void takesWhatIsSet() throws Exception {
        ControlPlaneConfig config = read("""
                nodeId: cp1
                listen: "[::1]:7071"
                advertise: cp1.example:7071
                store: {type: etcd, endpoints: ["http://10.0.0.5:2379", "http://10.0.0.6:2379"]}
                healthyAfter: 2s
                """);

        assertThat(config.nodeId()).isEqualTo("cp1");
        assertThat(config.listenHost()).isEqualTo("[::1]");
        assertThat(config.advertise()).isEqualTo("cp1.example:7071");
        assertThat(config.settings().healthyAfter()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.store().place())
                .isEqualTo(new ControlPlaneConfig.Place.Etcd(List.of("http://10.0.0.5:2379", "http://10.0.0.6:2379")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            listen: 127.0.0.1           | listen: 127.0.0.1 (expected: HOST:PORT)
            listen: "127.0.0.1:70700"   | listen: 127.0.0.1:70700 (expected: HOST:PORT)
            advertise: nowhere          | advertise: nowhere (expected: HOST:PORT)
            heartbeat: 10ms             | heartbeat: 10ms (expected: at least 100ms)
            suspectAfter: 3s            | suspectAfter: 3000ms (expected: at least 4000ms)
            lostAfter: 9s               | lostAfter: 9000ms (expected: at least 10000ms)
            leaderLease: 1s             | leaderLease: 1000ms (expected: at least 2000ms)
            healthyAfter: soon          | soon (expected: a duration such as
            healthAfter: 2s             | healthAfter: unknown key (expected one of:
            """)
    void saysWhatIsWrongAndWhatWasExpected(String line, String message) throws IOException {
        assertThat(invalid(LOCAL + line)).contains(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            listen: 127.0.0.1:7070      | store: missing (expected: store: {type: local, directory: ...}
            store: {directory: x}       | store.type:  (expected: local or etcd)
            store: {type: tape}         | store.type: tape (expected: local or etcd)
            store: {type: local}        | store.directory: missing
            store: {type: etcd}         | store.endpoints: empty
            """)
    void aStoreThatCannotBeOpenedIsSaidWhenTheFileIsRead(String line, String message) throws IOException {
        assertThat(invalid(line)).contains(message);
    }

    private ControlPlaneConfig read(String text) throws Exception {
        Path file = directory.resolve("controlplane.yaml");
        Files.writeString(file, text);
        return ConfigFile.read(file, ControlPlaneConfig.class);
    }

    private String invalid(String text) throws IOException {
        Path file = directory.resolve("controlplane.yaml");
        Files.writeString(file, text);
        ConfigFile.Invalid invalid =
                catchThrowableOfType(ConfigFile.Invalid.class, () -> ConfigFile.read(file, ControlPlaneConfig.class));
        return String.valueOf(invalid.getMessage());
    }
}
