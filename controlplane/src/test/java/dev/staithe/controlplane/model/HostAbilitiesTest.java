package dev.staithe.controlplane.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import dev.staithe.proto.v1.TaskDefinition;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HostAbilitiesTest {
    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
                    container_definitions { privileged: true }   => com.amazonaws.ecs.capability.privileged-container
                    container_definitions { privileged: false }  => ''
                    container_definitions { linux_parameters { capabilities { add: "SYS_ADMIN" } } } => com.amazonaws.ecs.capability.privileged-container
                    container_definitions { linux_parameters { capabilities { add: "NET_ADMIN" drop: "ALL" } } } => ''
                    container_definitions { linux_parameters { devices { host_path: "/dev/sda" } } } => com.amazonaws.ecs.capability.privileged-container
                    container_definitions { docker_security_options: "apparmor:unconfined" } => com.amazonaws.ecs.capability.privileged-container
                    container_definitions { docker_security_options: "no-new-privileges" } => ''
                    volumes { docker_volume_configuration { driver_opts { key: "type" value: "overlay" } } } => com.amazonaws.ecs.capability.privileged-container
                    volumes { docker_volume_configuration { driver_opts { key: "type" value: "nfs" } } } => ''
                    volumes { docker_volume_configuration { driver: "other" driver_opts { key: "type" value: "x" } } } => ''
                    volumes { docker_volume_configuration { driver_opts { key: "type" value: "none" } driver_opts { key: "o" value: "ro,bind" } } } => ''
                    pid_mode: "host"                             => ecs.capability.host-namespaces
                    ipc_mode: "host"                             => ecs.capability.host-namespaces
                    pid_mode: "task" ipc_mode: "none"            => ''
                    container_definitions { log_configuration { log_driver: "syslog" } } => ecs.capability.logging-driver.syslog
                    task_role_arn: "reader"                      => com.amazonaws.ecs.capability.task-iam-role
                    runtime_platform { operating_system_family: "LINUX" } => ecs.os-family
                    """)
    void knowsWhatADefinitionNeedsOfAHost(String definition, String attribute) throws Exception {
        assertThat(HostAbilities.neededBy(TextFormat.parse(definition, TaskDefinition.class))
                        .keySet())
                .containsExactlyElementsOf(attribute.isEmpty() ? List.of() : List.of(attribute));
    }

    @Test
    void namesTheArchitectureAsHostsDo() throws Exception {
        assertThat(HostAbilities.neededBy(
                        TextFormat.parse("runtime_platform { cpu_architecture: 'ARM64' }", TaskDefinition.class)))
                .containsEntry("ecs.cpu-architecture", "arm64");
    }
}
