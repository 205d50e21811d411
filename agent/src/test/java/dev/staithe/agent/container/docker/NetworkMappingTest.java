package dev.staithe.agent.container.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.container.ContainerView.PortBinding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names, addresses, ranges of ports, and no network at all. */
final class NetworkMappingTest extends MappingTable {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    hostname: "web-1"                           | Config.Hostname        | absent                 | "web-1"
                    disable_networking: true                    | Config.NetworkDisabled | absent                 | true
                    dns_servers: ["10.0.0.2", "10.0.0.3"]       | HostConfig.Dns         | ["10.0.0.2","10.0.0.3"] | ''
                    dns_search_domains: "example.org"           | HostConfig.DnsSearch   | ["example.org"]        | ''
                    extra_hosts { hostname: "db" ip_address: "10.0.0.4" } | HostConfig.ExtraHosts | ["db:10.0.0.4"] | ''
                    extra_hosts { hostname: "h" ip_address: "host-gateway" } | HostConfig.ExtraHosts | ["h:host-gateway"] | ''
                    port_mappings { container_port_range: "5000-5001" protocol: "udp" } | HostConfig.PortBindings | {"5000/udp":[{"HostIp":"","HostPort":""}],"5001/udp":[{"HostIp":"","HostPort":""}]} | ''
                    """)
    void sets(String app, String path, String asked, String shown) throws Exception {
        check("", app, path, asked, shown);
    }

    @Test
    void givesEachPortOfARangeAHostPort() throws Exception {
        String id = runtime.create(
                request("", "command: ['sleep', '60'] port_mappings { container_port_range: '5000-5009' }"));
        runtime.start(id);

        var ports = runtime.inspect(id).orElseThrow().ports();

        assertThat(ports)
                .extracting(PortBinding::containerPort)
                .containsExactly(5000, 5001, 5002, 5003, 5004, 5005, 5006, 5007, 5008, 5009);
        assertThat(ports)
                .extracting(PortBinding::hostPort)
                .doesNotHaveDuplicates()
                .doesNotContain(0);
    }

    @Test
    void aContainerWithoutNetworkHasNoInterface() throws Exception {
        String id = runtime.create(request("", "disable_networking: true command: ['sleep', '60']"));
        runtime.start(id);

        assertThat(runtime.inspect(id).orElseThrow().ports()).isEmpty();
        assertThat(engine.client()
                        .inspectContainerCmd(id)
                        .exec()
                        .getNetworkSettings()
                        .getNetworks())
                .isNullOrEmpty();
    }
}
