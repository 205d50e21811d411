package dev.staithe.agent.container.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.agent.reconcile.FaultReason;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user reads of a container that the real engine refuses: its words, and the field that they are about. */
final class RefusedByEngineTest extends MappingTable {
    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
                    command: '/bin/nope'                                           => CannotStartContainerError => command[0]
                    entry_point: '/etc/passwd'                                     => CannotStartContainerError => entryPoint[0]
                    user: 'nobody-here'                                            => CannotStartContainerError => user
                    linux_parameters { devices { host_path: '/dev/nope' } }        => CannotStartContainerError => linuxParameters.devices[0].hostPath
                    system_controls { namespace: 'kernel.panic' value: '1' }       => CannotStartContainerError => systemControls[0].namespace
                    ulimits { name: 'nofiles' soft_limit: 1 hard_limit: 1 }        => CannotStartContainerError  => ulimits
                    docker_security_options: 'seccomp={'                           => CannotStartContainerError => dockerSecurityOptions
                    docker_security_options: 'colour=red'                          => CannotCreateContainerError => dockerSecurityOptions[0]
                    log_configuration { log_driver: 'json-file' options { key: 'colour' value: 'red' } } => CannotCreateContainerError => logConfiguration.options.colour
                    log_configuration { log_driver: 'fluentd' options { key: 'fluentd-address' value: 'tcp://127.0.0.1:1' } } => CannotStartContainerError => logConfiguration
                    memory: 64 linux_parameters { swappiness: 101 }                => CannotCreateContainerError => linuxParameters.swappiness
                    memory: 8 memory_reservation: 16                               => CannotCreateContainerError => memory
                    linux_parameters { tmpfs { container_path: '/run' size: 1 mount_options: 'colour' } } => CannotStartContainerError => linuxParameters.tmpfs[0].mountOptions[0]
                    """)
    void saysTheFieldThatCausedIt(String app, String kind, String field) throws Exception {
        ContainerRequest request = request("", app);

        ContainerFault fault = refusal(request).orElseThrow(() -> new AssertionError("the engine took it"));

        String reason = FaultReason.of(request.taskDefinition(), "app", fault);
        assertThat(reason)
                .startsWith(kind + ": " + fault.getMessage())
                .contains(" (field: containerDefinitions[0]." + field);
        assertThat(fault.retriable()).isFalse();
    }

    private Optional<ContainerFault> refusal(ContainerRequest request) {
        try {
            runtime.start(runtime.create(request));
            return Optional.empty();
        } catch (ContainerFault fault) {
            return Optional.of(fault);
        }
    }
}
