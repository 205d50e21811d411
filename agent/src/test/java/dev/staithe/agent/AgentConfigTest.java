package dev.staithe.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.staithe.agent.model.PullBehavior;
import dev.staithe.runtime.ConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentConfigTest {
    private static final String LEAST = "controlPlanes: [\"127.0.0.1:7070\"]\ndataDirectory: /var/lib/staithe/agent\n";

    @TempDir
    Path directory;

    @Test
    void hasDefaultsForAllButWhereToGoAndWhereToKeep() throws Exception {
        AgentConfig config = read(LEAST);

        assertThat(config.controlPlanes()).containsExactly("127.0.0.1:7070");
        assertThat(config.cluster()).isEqualTo("default");
        assertThat(config.dockerHost()).isEqualTo("unix:///var/run/docker.sock");
        assertThat(config.address()).isEqualTo("127.0.0.1");
        assertThat(config.imagePullBehavior()).isEqualTo(PullBehavior.DEFAULT);
        assertThat(config.stopTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.taskCleanupWait()).isEqualTo(Duration.ofHours(3));
    }

    @Test
    void readsEverything() throws Exception {
        AgentConfig config = read("""
                controlPlanes: ["a.example:7070", "[::1]:7070"]
                cluster: shop
                dataDirectory: /data
                dockerHost: unix:///run/docker.sock
                address: 10.0.0.7
                hostName: rack-7
                reservedCpu: 256
                reservedMemory: 512
                reservedPorts: [8080]
                attributes: {rack: r7, ecs.availability-zone: east-1}
                imagePullBehavior: prefer-cached
                stopTimeout: 5s
                taskCleanupWait: 10m
                """);

        assertThat(config.reservedPorts()).isEqualTo(List.of(8080));
        assertThat(config.attributes()).isEqualTo(Map.of("rack", "r7", "ecs.availability-zone", "east-1"));
        assertThat(config.imagePullBehavior()).isEqualTo(PullBehavior.PREFER_CACHED);
        assertThat(config.taskCleanupWait()).isEqualTo(Duration.ofMinutes(10));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "controlPlanes: [nowhere]      | controlPlanes[0]: nowhere (expected: HOST:PORT)",
                "controlPlanes: ['a:99999']    | controlPlanes[0]: a:99999 (expected: HOST:PORT)",
                "controlPlanes: []             | controlPlanes: 0 (expected: 1-9)",
                "dataDirectory: data           | dataDirectory: data (expected: an absolute path)",
                "cluster: 'a b'                | cluster: a b (expected: 1-255 letters, digits, - and _)",
                "dockerHost: npipe             | dockerHost: npipe (expected: unix:///PATH or tcp://HOST:PORT)",
                "reservedCpu: -1               | reservedCpu: -1 (expected: >= 0 CPU units)",
                "reservedPorts: [70000]        | reservedPorts: 70000 (expected: 1-65535)",
                "stopTimeout: 0s               | stopTimeout: 0s (expected: 1s-900s)",
                "taskCleanupWait: soon         | soon (expected: a duration such as 500ms, 40s, 15m, 3h)",
                "imagePulls: {atOnce: 0}       | imagePulls.atOnce: 0 (expected: 1-100)",
                "imagePulls: {dockerConfig: x}  | imagePulls.dockerConfig: x (expected: an absolute path)",
                "imagePullBehavior: sometimes  | sometimes (expected: default, always, once or prefer-cached)",
                "attributes: {ecs.os-type: x}  | ecs.os-type (expected: a name that does not begin with ecs.",
                "attributes: {'a b': x}        | attributes: a b (expected: 1-128 letters",
                "colour: red                   | colour: unknown key",
            })
    void saysWhatIsWrongWithAKey(String line, String message) {
        String key = line.substring(0, line.indexOf(':'));
        String rest = LEAST.lines().filter(l -> !l.startsWith(key + ":")).reduce("", (a, b) -> a + b + "\n");

        assertThatThrownBy(() -> read(rest + line.strip() + "\n"))
                .isInstanceOf(ConfigFile.Invalid.class)
                .hasMessageContaining(message);
    }

    @Test
    void saysWhichKeyIsMissing() {
        assertThatThrownBy(() -> read("cluster: shop\n")).hasMessageContaining("controlPlanes: missing");
    }

    private AgentConfig read(String text) throws IOException, ConfigFile.Invalid {
        return ConfigFile.read(Files.writeString(directory.resolve("agent.yaml"), text), AgentConfig.class);
    }
}
