package dev.staithe.agent.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.HostEntry;
import dev.staithe.proto.v1.KeyValuePair;
import dev.staithe.proto.v1.PortMapping;
import dev.staithe.proto.v1.SystemControl;
import dev.staithe.proto.v1.TaskDefinition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class NetworkSettingsTest {
    private static final SystemControl NET = SystemControl.newBuilder()
            .setNamespace("net.core.somaxconn")
            .setValue("1024")
            .build();
    private static final SystemControl KERNEL = SystemControl.newBuilder()
            .setNamespace("kernel.msgmax")
            .setValue("9000")
            .build();

    @Test
    void revisionsThatDifferInOtherThingsHaveOneKey() {
        ContainerDefinition.Builder changed = app(port(80, 0).setName("http"))
                .setImage("web:2")
                .setMemory(512)
                .addEnvironment(KeyValuePair.newBuilder().setName("A").setValue("b"));

        assertThat(key(changed)).isEqualTo(key(app(port(80, 0))));
    }

    @Test
    void everySettingOfTheNetworkMakesAnotherKey() {
        List<ContainerDefinition.Builder> all = List.of(
                app(),
                app(port(80, 0)),
                app(port(81, 0)),
                app(port(80, 0).setProtocol("udp")),
                app().setHostname("web"),
                app().addDnsServers("10.0.0.2"),
                app().addDnsSearchDomains("shop.example"),
                app().addExtraHosts(HostEntry.newBuilder().setHostname("db").setIpAddress("10.0.0.3")),
                app().addSystemControls(NET));

        assertThat(all.stream().map(NetworkSettingsTest::key).distinct()).hasSameSizeAs(all);
    }

    @Test
    void noneIsReadyForWhatNeedsANetworkOfItsOwn() {
        assertThat(of("host", app())).isEmpty();
        assertThat(of("none", app())).isEmpty();
        assertThat(of("bridge", app(port(80, 8080)))).as("a fixed port").isEmpty();
        assertThat(of("", app(PortMapping.newBuilder().setContainerPortRange("80-90"))))
                .isEmpty();
        assertThat(of("", app().setDisableNetworking(true))).isEmpty();
        assertThat(of("", app().addLinks("db"))).isEmpty();
        assertThat(of("", app(port(80, 0)))).isPresent();
    }

    @Test
    void whoIsLinkedToNeedsItsOwnToo() {
        ContainerDefinition db = app().setName("db").build();
        TaskDefinition task = TaskDefinition.newBuilder()
                .addContainerDefinitions(db)
                .addContainerDefinitions(app().addLinks("db"))
                .build();

        assertThat(NetworkSettings.of(task, db)).isEmpty();
    }

    @Test
    void aContainerThatJoinsKeepsAllButItsNetwork() {
        ContainerDefinition container = app(port(80, 0))
                .setHostname("web")
                .addDnsServers("10.0.0.2")
                .addDnsSearchDomains("shop.example")
                .addExtraHosts(HostEntry.newBuilder().setHostname("db").setIpAddress("10.0.0.3"))
                .addSystemControls(NET)
                .addSystemControls(KERNEL)
                .build();
        ContainerRequest request = new ContainerRequest(
                "name", "task", TaskDefinition.getDefaultInstance(), container, Map.of("a", "b"), List.of(), Map.of());

        ContainerRequest joined = request.joining("0123");

        assertThat(joined.container()).isEqualTo(app().addSystemControls(KERNEL).build());
        assertThat(joined.sandbox()).contains("0123");
        assertThat(joined.labels()).containsEntry("a", "b");
        assertThat(request.sandbox()).isEmpty();
    }

    @Test
    void theSandboxHasTheNetworkAndNothingElse() {
        ContainerRequest request = NetworkSettings.of(
                        TaskDefinition.getDefaultInstance(),
                        app(port(80, 0))
                                .setHostname("web")
                                .addSystemControls(KERNEL)
                                .build())
                .orElseThrow()
                .request("instance", "7");

        assertThat(request.container())
                .isEqualTo(ContainerDefinition.newBuilder()
                        .setName("sandbox")
                        .setHostname("web")
                        .setMemory(6)
                        .addPortMappings(
                                PortMapping.newBuilder().setContainerPort(80).setProtocol(""))
                        .build());
        assertThat(request.labels()).containsOnlyKeys(ContainerLabels.INSTANCE, ContainerLabels.SANDBOX);
    }

    private static Optional<NetworkSettings> of(String mode, ContainerDefinition.Builder container) {
        return NetworkSettings.of(
                TaskDefinition.newBuilder().setNetworkMode(mode).build(), container.build());
    }

    private static String key(ContainerDefinition.Builder container) {
        return of("bridge", container).orElseThrow().key();
    }

    private static ContainerDefinition.Builder app(PortMapping.Builder... ports) {
        ContainerDefinition.Builder app =
                ContainerDefinition.newBuilder().setName("app").setImage("web:1");
        for (PortMapping.Builder port : ports) {
            app.addPortMappings(port);
        }
        return app;
    }

    private static PortMapping.Builder port(int container, int host) {
        return PortMapping.newBuilder().setContainerPort(container).setHostPort(host);
    }
}
