package dev.staithe.agent.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import dev.staithe.proto.v1.TaskDefinition;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPolicyCheckTest {
    private static final List<Path> KEPT = List.of(Path.of("/run/docker.sock"), Path.of("/var/lib/staithe"));
    private static final String OPTIONS = "volumes[0].dockerVolumeConfiguration.driverOpts.";
    private static final String CONTAINER = "containerDefinitions[0].";

    @ParameterizedTest
    @CsvSource({
        "'type=none device=/run o=bind', device: /run",
        "'type=none device=run/docker.sock o=bind', device: /run/docker.sock",
        "'type=none device=//run/docker.sock o=rbind', device: //run/docker.sock",
        "'type=tmpfs device=/run/docker.sock o=bind', device: /run/docker.sock",
        "'type=nfs device=/var/lib/staithe o=ro,bind', device: /var/lib/staithe",
        "'type=none device=/srv/../run o=bind', device: /srv/../run",
        "'type=overlay device=overlay o=lowerdir=/srv:/var/lib,upperdir=/tmp/u,workdir=/tmp/w', o: /var/lib"
    })
    void refusesVolumesThatMountWhatTheHostKeeps(String options, String field) throws Exception {
        assertThat(problem(HostPolicy.keeping(KEPT), volume(options)))
                .startsWith("HostConfigError: " + OPTIONS + field + " (expected: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "type=none device=/srv/data o=bind",
                "type=tmpfs device=tmpfs o=size=1m",
                "type=nfs device=:/var/lib o=addr=nas",
                "type=cifs device=//run/docker.sock o=addr=run",
                "type=ext4 device=/dev/vdb"
            })
    void letsOtherVolumesIn(String options) throws Exception {
        assertThat(problem(HostPolicy.keeping(KEPT), volume(options))).isEmpty();
    }

    @Test
    void refusesADeviceAboveWhatTheHostKeeps() throws Exception {
        HostPolicy policy = HostPolicy.keeping(List.of(Path.of("/dev/shm")));

        assertThat(problem(
                        policy,
                        "container_definitions { linux_parameters { devices { host_path: '/dev/null' }"
                                + " devices { host_path: '/dev' } } }"))
                .startsWith("HostConfigError: " + CONTAINER + "linuxParameters.devices.hostPath: /dev (expected: ");
    }

    @Test
    void mountsWhatTheOperatorAllowsAndWhatIsUnderIt() throws Exception {
        HostPolicy policy = new HostPolicy(KEPT, List.of(Path.of("/run/docker.sock")), true, true);

        assertThat(problem(policy, "volumes { name: 'v' host { source_path: '/run/docker.sock' } }"))
                .isEmpty();
        assertThat(problem(policy, "volumes { name: 'v' host { source_path: '/run' } }"))
                .isNotEmpty();
        assertThat(problem(policy, "volumes { name: 'v' host { source_path: '/var/lib/staithe/x' } }"))
                .isNotEmpty();
    }

    @Test
    void keepsTheVolumesOfTasksFromEachOther() throws Exception {
        assertThat(problem(
                        HostPolicy.keeping(KEPT),
                        "volumes { name: 'staithe-0123-data' docker_volume_configuration { scope: 'shared' } }"))
                .isEqualTo(
                        "HostConfigError: volumes[0].name: staithe-0123-data (expected: a name that does not begin with"
                                + " staithe- with scope shared)");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
                    privileged: true                                              => privileged
                    linux_parameters { devices { host_path: '/dev/null' } }       => linuxParameters.devices
                    linux_parameters { capabilities { add: 'SYS_ADMIN' } }        => linuxParameters.capabilities.add
                    docker_security_options: 'seccomp=unconfined'                 => dockerSecurityOptions
                    docker_security_options: 'label:disable'                      => dockerSecurityOptions
                    docker_security_options: 'systempaths=x'                      => dockerSecurityOptions
                    """)
    void givesNobodyThePowersOfRootWhereTheOperatorForbidsIt(String set, String field) throws Exception {
        HostPolicy strict = new HostPolicy(KEPT, List.of(), false, true);
        String definition = "container_definitions { " + set + " }";

        assertThat(problem(strict, definition))
                .isEqualTo("HostConfigError: " + CONTAINER + field
                        + ": this host does not give it to tasks (taskPolicy.privileged of its agent is false)");
        assertThat(problem(HostPolicy.keeping(KEPT), definition)).isEmpty();
    }

    @Test
    void confinesWithoutPowers() throws Exception {
        HostPolicy strict = new HostPolicy(KEPT, List.of(), false, false);

        assertThat(
                        problem(
                                strict,
                                "pid_mode: 'task' container_definitions { linux_parameters { capabilities { add: 'NET_ADMIN' drop:"
                                        + " 'ALL' } } docker_security_options: ['no-new-privileges', 'apparmor:docker-default'] }"))
                .isEmpty();
        assertThat(problem(strict, volume("type=ext4 device=/dev/vdb")))
                .startsWith("HostConfigError: " + OPTIONS + "type: this host does not give it to tasks");
        assertThat(problem(strict, "pid_mode: 'host'"))
                .isEqualTo(
                        "HostConfigError: pidMode: this host does not give it to tasks (taskPolicy.hostNamespaces of its"
                                + " agent is false)");
        assertThat(problem(strict, "ipc_mode: 'host'")).startsWith("HostConfigError: ipcMode");
    }

    private static String problem(HostPolicy policy, String definition) throws TextFormat.ParseException {
        return new HostPolicyCheck(policy)
                .problem(TextFormat.parse(definition, TaskDefinition.class))
                .orElse("");
    }

    private static String volume(String options) {
        StringBuilder text = new StringBuilder("volumes { name: 'v' docker_volume_configuration { ");
        for (String option : options.split(" ", -1)) {
            int equals = option.indexOf('=');
            text.append("driver_opts { key: '")
                    .append(option, 0, equals)
                    .append("' value: '")
                    .append(option.substring(equals + 1))
                    .append("' } ");
        }
        return text + "} }";
    }
}
