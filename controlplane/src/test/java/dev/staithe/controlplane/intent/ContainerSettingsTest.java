package dev.staithe.controlplane.intent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.TextFormat;
import dev.staithe.controlplane.intent.IntentException.Violation;
import dev.staithe.proto.v1.TaskDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What containers ask of kernel, network, logs and each other: what is set, and the one line that it is refused with. */
final class ContainerSettingsTest {
    private static final String CONTAINERS = "containerDefinitions[0].";

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
                    linux_parameters { capabilities { add: "CAP_CHOWN" } } => linuxParameters.capabilities.add[0]: CAP_CHOWN (expected: a capability of Linux without CAP_, such as NET_ADMIN, or ALL)
                    linux_parameters { capabilities { drop: "" } }         => linuxParameters.capabilities.drop[0]: empty (expected: a capability of Linux without CAP_, such as NET_ADMIN, or ALL)
                    linux_parameters { devices { } }                       => linuxParameters.devices[0].hostPath: empty (expected: an absolute path without ..)
                    linux_parameters { devices { host_path: "/dev/../x" } } => linuxParameters.devices[0].hostPath: /dev/../x (expected: an absolute path without ..)
                    linux_parameters { devices { host_path: "/dev/fuse" permissions: "rw" } } => linuxParameters.devices[0].permissions: rw (expected: read, write or mknod)
                    linux_parameters { shared_memory_size: 0 }             => linuxParameters.sharedMemorySize: 0 (expected: 1-33554432 MiB)
                    linux_parameters { swappiness: 101 }                   => linuxParameters.swappiness: 101 (expected: 0-100)
                    linux_parameters { max_swap: -1 }                      => linuxParameters.maxSwap: -1 (expected: 0-33554432 MiB)
                    linux_parameters { tmpfs { container_path: "/run" } }  => linuxParameters.tmpfs[0].size: absent (expected: MiB, from 1)
                    linux_parameters { tmpfs { container_path: "run" size: 1 } } => linuxParameters.tmpfs[0].containerPath: run (expected: an absolute path without .., below /)
                    ulimits { name: "files" soft_limit: 1 hard_limit: 1 }  => ulimits[0].name: files (expected: one of core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack)
                    ulimits { name: "nofile" soft_limit: 2 hard_limit: 1 } => ulimits[0].softLimit: 2 (expected: at most the hardLimit, 1)
                    ulimits { name: "nofile" soft_limit: -1 hard_limit: 1 } => ulimits[0].softLimit: -1 (expected: at most the hardLimit, 1)
                    ulimits { name: "nofile" soft_limit: 1 }               => ulimits[0].hardLimit: absent (expected: a number, or -1 for no limit)
                    system_controls { namespace: "kernel.panic" value: "1" } => systemControls[0].namespace: kernel.panic (expected: net.*, fs.mqueue.* or one of kernel.msgmax kernel.msgmnb kernel.msgmni kernel.sem kernel.shm_rmid_forced kernel.shmall kernel.shmmax kernel.shmmni: all others are the host's)
                    system_controls { namespace: "net.core.somaxconn" }    => systemControls[0].value: empty (expected: a value)
                    docker_security_options: "seccomp=/x.json"             => dockerSecurityOptions[0]: seccomp=/x.json (expected: no-new-privileges, apparmor:PROFILE, label:VALUE or seccomp:unconfined)
                    docker_security_options: "credentialspec:file://x"     => dockerSecurityOptions[0]: credentialspec:file://x is not supported yet (expected: an option of Linux)
                    hostname: "-x"                                         => hostname: -x (expected: a host name)
                    dns_servers: "ns.example.org"                          => dnsServers[0]: ns.example.org (expected: an IP address)
                    dns_servers: "256.0.0.1"                               => dnsServers[0]: 256.0.0.1 (expected: an IP address)
                    dns_search_domains: "a b"                              => dnsSearchDomains[0]: a b (expected: a domain, or . for none)
                    extra_hosts { hostname: "db" ip_address: "db:1" }      => extraHosts[0].ipAddress: db:1 (expected: an IP address, or host-gateway for the host's own)
                    extra_hosts { ip_address: "10.0.0.1" }                 => extraHosts[0].hostname: empty (expected: a host name)
                    disable_networking: true port_mappings { container_port: 80 } => disableNetworking: true (expected: absent, as the container has portMappings)
                    links: "other"                                         => links[0]: other (expected: the name of another container of the task)
                    links: "app"                                           => links[0]: app (expected: the name of another container of the task)
                    links: "db:"                                           => links[0]: db: (expected: NAME or NAME:ALIAS)
                    volumes_from { source_container: "other" }             => volumesFrom[0].sourceContainer: other (expected: the name of another container of the task)
                    log_configuration { log_driver: "loki" }               => logConfiguration.logDriver: loki (expected: one of awslogs fluentd gelf journald json-file local none splunk syslog)
                    log_configuration { log_driver: "json-file" options { key: "mode" value: "fast" } } => logConfiguration.options.mode: fast (expected: blocking or non-blocking)
                    port_mappings { container_port_range: "90-80" }        => portMappings[0].containerPortRange: 90-80 (expected: FIRST-LAST, both 1-65535)
                    port_mappings { container_port_range: "1-300" }        => portMappings[0].containerPortRange: 300 ports in the ranges of the task (expected: at most 256)
                    port_mappings { container_port_range: "1-3" host_port: 9 } => portMappings[0].containerPortRange: containerPort or hostPort is set too (expected: the range alone)
                    port_mappings { container_port: 80 app_protocol: "tcp" } => portMappings[0].appProtocol: tcp (expected: http, http2 or grpc)
                    """)
    void refusesOfAContainer(String set, String line) throws Exception {
        assertThat(refusal(withContainer(set))).containsExactly(CONTAINERS + line);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "linux_parameters { capabilities { add: 'SYS_ADMIN' drop: 'ALL' } init_process_enabled: true }",
                "linux_parameters { devices { host_path: '/dev/fuse' permissions: ['read', 'write', 'mknod'] } }",
                "linux_parameters { tmpfs { container_path: '/run' size: 64 mount_options: ['noexec', 'mode=1777'] } }",
                "linux_parameters { shared_memory_size: 64 max_swap: 0 swappiness: 0 }",
                "ulimits { name: 'nofile' soft_limit: 1024 hard_limit: -1 }",
                "ulimits { name: 'memlock' soft_limit: -1 hard_limit: -1 }",
                "system_controls { namespace: 'net.core.somaxconn' value: '1024' }",
                "system_controls { namespace: 'kernel.sem' value: '250 32000 100 128' }",
                "docker_security_options: ['no-new-privileges', 'apparmor:docker-default', 'label=disable']",
                "privileged: true readonly_root_filesystem: true interactive: true pseudo_terminal: true",
                "hostname: 'web-1.example.org' dns_servers: ['10.0.0.2', 'fe80::1'] dns_search_domains: '.'",
                "extra_hosts { hostname: 'db' ip_address: '::1' } extra_hosts { hostname: 'h' ip_address: 'host-gateway' }",
                "disable_networking: true",
                "links: ['db:database', 'db:store'] volumes_from { source_container: 'db' read_only: true }",
                "log_configuration { log_driver: 'splunk' options { key: 'splunk-token' value: 'x' } }",
                "log_configuration { log_driver: 'awslogs' options { key: 'awslogs-stream-prefix' value: 'x' } }",
                "port_mappings { container_port_range: '5000-5010' protocol: 'udp' name: 'rtp' }",
                "port_mappings { container_port: 80 app_protocol: 'http2' }"
            })
    void acceptsOfAContainer(String set) {
        assertThatCode(() -> TaskDefinitionRules.check(withContainer(set))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
                    pid_mode: "none"  => pidMode: none (expected: host or task)
                    ipc_mode: "self"  => ipcMode: self (expected: host, task or none)
                    volumes { name: "v" efs_volume_configuration { file_system_id: "a/b" } } => volumes[0].efsVolumeConfiguration.fileSystemId: a/b (expected: the NFS server, by name or address, such as nas.example.org)
                    volumes { name: "v" efs_volume_configuration { file_system_id: "nas" root_directory: "/../x" } } => volumes[0].efsVolumeConfiguration.rootDirectory: /../x (expected: an absolute path without ..)
                    volumes { name: "v" efs_volume_configuration { file_system_id: "nas" transit_encryption: "ENABLED" } } => volumes[0].efsVolumeConfiguration.transitEncryption: ENABLED is not supported yet (expected: DISABLED)
                    volumes { name: "v" efs_volume_configuration { file_system_id: "nas" } host { source_path: "/x" } } => volumes[0]: efsVolumeConfiguration and another source are set (expected: one of them)
                    volumes { name: "v" fsx_windows_file_server_volume_configuration { file_system_id: "fs" } } => volumes[0].fsxWindowsFileServerVolumeConfiguration is not supported yet
                    volumes { name: "v" s3files_volume_configuration { file_system_arn: "fs" } } => volumes[0].s3filesVolumeConfiguration is not supported yet
                    volumes { name: "staithe-x" docker_volume_configuration { scope: "shared" } } => volumes[0].name: staithe-x (expected: a name that does not begin with staithe-)
                    volumes { name: "v" configured_at_launch: true } => volumes[0].configuredAtLaunch is not supported yet
                    volumes { name: "v" docker_volume_configuration { driver: "a b" } } => volumes[0].dockerVolumeConfiguration.driver: a b (expected: the name of a volume driver, such as local)
                    """)
    void refusesOfATask(String set, String line) throws Exception {
        assertThat(refusal(withTask(set))).containsExactly(line);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
                    uid=1                                                  => : uid (expected: type, device, o or size with driver local)
                    type=tmpfs                                             => : type or device is absent (expected: both, as driver local mounts what they say)
                    type=none device=/a/../b o=bind                        => .device: has .. in it (expected: a path without ..)
                    type=nfs device=:/x                                    => .o: has no addr= (expected: addr=SERVER, by name or address, among the options)
                    type=nfs device=/x o=addr=nas                          => .device: is no export (expected: :/PATH with type nfs)
                    type=cifs device=//nas o=addr=nas,password=hunter2     => .device: is no share (expected: //SERVER/SHARE with type cifs)
                    type=cifs device=//nas/x o=addr=nas,password=hunter2,, => .o: option 3 of 4 is none (expected: NAME or NAME=VALUE, separated by commas)
                    type=cifs device=//nas/x o=addr=nas,credentials=/etc/c => .o: names a file of credentials, which the engine does not read (expected: username= and password=)
                    """)
    void refusesOfTheLocalDriverWithoutShowingAPassword(String options, String line) throws Exception {
        assertThat(refusal(withVolume(options)))
                .first()
                .isEqualTo("volumes[0].dockerVolumeConfiguration.driverOpts" + line);
        assertThat(refusal(withVolume(options)).toString()).doesNotContain("hunter2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "type=tmpfs device=tmpfs o=size=64m,uid=1000",
                "type=none device=/srv/data o=bind",
                "type=nfs device=:/export o=addr=nas.example.org,nfsvers=4,rw",
                "type=cifs device=//nas/share o=addr=10.0.0.9,username=app,password=a=b",
                "size=1g"
            })
    void acceptsOfTheLocalDriver(String options) {
        assertThatCode(() -> TaskDefinitionRules.check(withVolume(options))).doesNotThrowAnyException();
    }

    @Test
    void refusesNetworkSettingsThatTheHostsNetworkHasForItself() throws Exception {
        TaskDefinition host =
                withContainer("links: 'db' disable_networking: true system_controls { namespace: 'net.x' value: '1' }")
                        .toBuilder()
                        .setNetworkMode("host")
                        .build();

        assertThat(refusal(host))
                .containsExactly(
                        CONTAINERS + "systemControls[0].namespace: net.x (expected: no net.* with networkMode host: the"
                                + " network is the host's)",
                        CONTAINERS + "disableNetworking: true (expected: absent, as networkMode is host)",
                        CONTAINERS + "disableNetworking: true (expected: absent, as the container has links)",
                        CONTAINERS + "links: 1 links (expected: none, as networkMode is host)");
    }

    @Test
    void refusesSwapOnTopOfNoLimit() throws Exception {
        TaskDefinition.Builder definition =
                withContainer("linux_parameters { max_swap: 64 } memory_reservation: 16").toBuilder();
        definition.getContainerDefinitionsBuilder(0).clearMemory();

        assertThat(refusal(definition.build()))
                .containsExactly(CONTAINERS
                        + "linuxParameters.maxSwap: 64 (expected: only with memory, of the container or the task)");
    }

    @Test
    void refusesContainersThatWaitForEachOther() throws Exception {
        TaskDefinition.Builder definition = withContainer("links: 'db'").toBuilder();
        definition.getContainerDefinitionsBuilder(1).addVolumesFromBuilder().setSourceContainer("app");

        assertThat(refusal(definition.build()))
                .containsExactly("containerDefinitions: containers wait for each other: app -> db -> app"
                        + " (expected: dependsOn, links and volumesFrom without a cycle)");
    }

    @Test
    void refusesNamespacesThatNoContainerCanKeepOpen() throws Exception {
        TaskDefinition.Builder definition =
                withContainer("essential: true links: 'db'").toBuilder().setPidMode("task");
        definition.getContainerDefinitionsBuilder(1).setEssential(false);

        assertThat(refusal(definition.build()))
                .containsExactly("pidMode: task (expected: a container to begin with, which is essential, has no"
                        + " restartPolicy and needs no other container)");
    }

    private static Iterable<String> refusal(TaskDefinition definition) {
        IntentException refused =
                catchThrowableOfType(IntentException.class, () -> TaskDefinitionRules.check(definition));
        assertThat(refused).as("refused").isNotNull();
        return refused.violations().stream().map(Violation::line).toList();
    }

    private static TaskDefinition withTask(String set) throws TextFormat.ParseException {
        return withContainer("").toBuilder()
                .mergeFrom(TextFormat.parse(set, TaskDefinition.class))
                .build();
    }

    /** A task of the containers app and db; the first has the settings. */
    private static TaskDefinition withContainer(String set) throws TextFormat.ParseException {
        return TextFormat.parse(
                "family: 'web' container_definitions { name: 'app' image: 'web' memory: 32 " + set
                        + " } container_definitions { name: 'db' image: 'db' memory: 32 }",
                TaskDefinition.class);
    }

    private static TaskDefinition withVolume(String options) throws TextFormat.ParseException {
        StringBuilder text = new StringBuilder();
        for (String option : options.split(" ", -1)) {
            int equals = option.indexOf('=');
            text.append("driver_opts { key: '")
                    .append(option, 0, equals)
                    .append("' value: '")
                    .append(option.substring(equals + 1))
                    .append("' } ");
        }
        return withTask("volumes { name: 'v' docker_volume_configuration { " + text + "} }");
    }
}
