package dev.staithe.agent.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.proto.v1.TaskDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultReasonTest {
    private static final String APP = " container_definitions { name: 'other' } container_definitions { name: 'app' ";

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
                    port_mappings { container_port: 80 } port_mappings { container_port: 81 host_port: 8081 } => Bind for 0.0.0.0:8081 failed: port is already allocated => portMappings[1].hostPort
                    port_mappings { container_port: 80 } => Bind for 0.0.0.0:32768 failed: port is already allocated => portMappings
                    command: 'mount'  command: 'x'  => failed to mount: x                                  => command[0]
                    command: 'serve'  user: 'web'   => container staithe-web-1-app is gone                 => ''
                    environment { name: 'A' value: 'hunter2' } => invalid hunter2                          => ''
                    entry_point: 'go' command: 'x'  => starting container process caused: x                => entryPoint
                    hostname: 'x'                   => invalid hostname format: 'x'                        => ''
                    hostname: 'x y'                 => invalid hostname format: x y                        => hostname
                    """)
    void findsTheFieldOfTheContainer(String set, String words, String field) throws Exception {
        String reason = reason(APP + set + " }", Kind.CannotStartContainerError, words);

        assertThat(reason)
                .isEqualTo("CannotStartContainerError: " + words
                        + (field.isEmpty() ? "" : " (field: containerDefinitions[1]." + field + ")"));
    }

    @Test
    void namesAVolumeAtLeast() throws Exception {
        assertThat(reason("volumes { name: 'v' }" + APP + "}", Kind.CannotCreateVolumeError, "no space left"))
                .isEqualTo("CannotCreateVolumeError: no space left (field: volumes[0])");
    }

    @Test
    void leavesAloneWhatNamesItsFieldAndWhatNoDefinitionCauses() throws Exception {
        String own = "links: other (expected: a container of the task)";
        assertThat(reason(APP + "links: 'other' }", Kind.CannotCreateContainerError, own))
                .isEqualTo("CannotCreateContainerError: " + own);
        assertThat(reason(APP + "image: 'web' }", Kind.CannotPullContainerError, "web: not found"))
                .isEqualTo("CannotPullContainerError: web: not found");
    }

    private static String reason(String definition, Kind kind, String words) throws TextFormat.ParseException {
        return FaultReason.of(
                TextFormat.parse(definition, TaskDefinition.class), "app", new ContainerFault(kind, words, false));
    }
}
