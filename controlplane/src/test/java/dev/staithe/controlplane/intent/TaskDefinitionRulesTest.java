package dev.staithe.controlplane.intent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.UnknownFieldSet;
import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.intent.IntentException.Violation;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.ContainerDependency;
import dev.staithe.proto.v1.DockerVolumeConfiguration;
import dev.staithe.proto.v1.FirelensConfiguration;
import dev.staithe.proto.v1.HealthCheck;
import dev.staithe.proto.v1.KeyValuePair;
import dev.staithe.proto.v1.LinuxParameters;
import dev.staithe.proto.v1.LogConfiguration;
import dev.staithe.proto.v1.MountPoint;
import dev.staithe.proto.v1.PortMapping;
import dev.staithe.proto.v1.RuntimePlatform;
import dev.staithe.proto.v1.Tag;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.Volume;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class TaskDefinitionRulesTest {
    /** A change of a valid definition, and the line that it is refused with; an empty line when it is accepted. */
    record Case(String line, Consumer<TaskDefinition.Builder> change) {
        @Override
        public String toString() {
            return line;
        }
    }

    static Stream<Case> refused() {
        return Stream.of(
                        names(),
                        sizes(),
                        containers(),
                        memory(),
                        ports(),
                        hostNetwork(),
                        volumes(),
                        health(),
                        logs(),
                        order())
                .flatMap(List::stream);
    }

    private static List<Case> names() {
        return List.of(
                whole("family: empty (expected: 1-255 of A-Z a-z 0-9 _ -)", d -> d.setFamily("")),
                whole("family: my web (expected: 1-255 of A-Z a-z 0-9 _ -)", d -> d.setFamily("my web")),
                whole("networkMode: overlay (expected: bridge, host or none)", d -> d.setNetworkMode("overlay")),
                whole(
                        "networkMode: awsvpc is not supported yet (expected: bridge, host or none)",
                        d -> d.setNetworkMode("awsvpc")),
                whole(
                        "requiresCompatibilities[0]: FARGATE is not supported yet (expected: EC2 or EXTERNAL)",
                        d -> d.addRequiresCompatibilities("FARGATE")),
                whole(
                        "requiresCompatibilities[0]: LAMBDA (expected: EC2 or EXTERNAL)",
                        d -> d.addRequiresCompatibilities("LAMBDA")),
                whole(
                        "runtimePlatform.cpuArchitecture: MIPS (expected: X86_64 or ARM64)",
                        d -> d.setRuntimePlatform(RuntimePlatform.newBuilder().setCpuArchitecture("MIPS"))),
                whole(
                        "tags[0].key: aws:x (expected: a key that does not begin with aws:)",
                        d -> d.addTags(Tag.newBuilder().setKey("aws:x"))),
                whole("revision: set, but the control plane fills it in (expected: absent)", d -> d.setRevision(3)),
                whole("status: set, but the control plane fills it in (expected: absent)", d -> d.setStatus("ACTIVE")));
    }

    private static List<Case> sizes() {
        String cpu = " (expected: CPU units from 1 to 196608 such as 256, or 0.25 vCPU)";
        String memory = " (expected: MiB from 6 to 33554432 such as 512, or 0.5 GB)";
        return List.of(
                whole("cpu: 0" + cpu, d -> d.setCpu("0")),
                whole("cpu: lots" + cpu, d -> d.setCpu("lots")),
                whole("cpu: 0.0001 vCPU" + cpu, d -> d.setCpu("0.0001 vCPU")),
                whole("cpu: -1" + cpu, d -> d.setCpu("-1")),
                whole("memory: 4" + memory, d -> d.setMemory("4")),
                whole("memory: 1 TB" + memory, d -> d.setMemory("1 TB")),
                whole("memory: 16 (expected: at least what its containers ask for, 32 MiB)", d -> d.setMemory("16")),
                whole("cpu: 64 (expected: at least what its containers ask for, 128)", d -> {
                    d.setCpu("64");
                    d.getContainerDefinitionsBuilder(0).setCpu(128);
                }));
    }

    private static List<Case> containers() {
        return List.of(
                whole(
                        "containerDefinitions: 0 containers (expected: 1-10)",
                        TaskDefinition.Builder::clearContainerDefinitions),
                whole("containerDefinitions: 11 containers (expected: 1-10)", d -> {
                    for (int i = 0; i < 10; i++) {
                        d.addContainerDefinitions(
                                d.getContainerDefinitions(0).toBuilder().setName("c" + i));
                    }
                }),
                whole(
                        "containerDefinitions[1].name: main (expected: a name of its own; containerDefinitions[0] has it)",
                        d -> d.addContainerDefinitions(d.getContainerDefinitions(0))),
                one("containerDefinitions[0].name: Container.name should not be null or empty.", c -> c.setName("")),
                one("containerDefinitions[0].name: a.b (expected: 1-255 of A-Z a-z 0-9 _ -)", c -> c.setName("a.b")),
                one("containerDefinitions[0].image: Container.image should not be null or empty.", c -> c.setImage("")),
                one(
                        "containerDefinitions[0].image: My Image (expected: [HOST[:PORT]/]NAME[:TAG][@DIGEST], the NAME in"
                                + " lower case)",
                        c -> c.setImage("My Image")),
                one("containerDefinitions[0].cpu: -1 (expected: 0-262144)", c -> c.setCpu(-1)),
                one(
                        "containerDefinitions: no container is essential (expected: at least one)",
                        c -> c.setEssential(false)),
                one(
                        "containerDefinitions[0].environment[0].name: A=B (expected: a name without =)",
                        c -> c.addEnvironment(KeyValuePair.newBuilder().setName("A=B"))),
                one(
                        "containerDefinitions[0].environment[0].value: a?b (expected: no NUL character)",
                        c -> c.addEnvironment(
                                KeyValuePair.newBuilder().setName("A").setValue("a\0b"))),
                one(
                        "containerDefinitions[0].workingDirectory: app (expected: an absolute path)",
                        c -> c.setWorkingDirectory("app")),
                one(
                        "containerDefinitions[0].user: a:b:c (expected: USER or USER:GROUP, by name or number)",
                        c -> c.setUser("a:b:c")),
                one("containerDefinitions[0].stopTimeout: -1 (expected: 0-7200 seconds)", c -> c.setStopTimeout(-1)),
                one(
                        "containerDefinitions[0].dockerLabels: dev.staithe.task (expected: a label that begins with neither of"
                                + " dev.staithe. com.amazonaws.ecs.)",
                        c -> c.putDockerLabels("dev.staithe.task", "x")));
    }

    private static List<Case> memory() {
        return List.of(
                one(
                        "containerDefinitions[0].memory: Invalid setting for container 'main'. At least one of 'memory' or"
                                + " 'memoryReservation' must be specified.",
                        ContainerDefinition.Builder::clearMemory),
                one("containerDefinitions[0].memory: 4 (expected: 6-33554432 MiB)", c -> c.setMemory(4)),
                one(
                        "containerDefinitions[0].memoryReservation: 0 (expected: 6-33554432 MiB)",
                        c -> c.setMemoryReservation(0)),
                one(
                        "containerDefinitions[0].memory: 32 (expected: more than the memoryReservation, 32)",
                        c -> c.setMemoryReservation(32)));
    }

    private static List<Case> ports() {
        String at = "containerDefinitions[0].portMappings";
        return List.of(
                one(
                        at + "[0].containerPort: absent (expected: 1-65535)",
                        c -> c.addPortMappings(port().clearContainerPort())),
                one(
                        at + "[0].containerPort: 65536 (expected: 1-65535)",
                        c -> c.addPortMappings(port().setContainerPort(65536))),
                one(
                        at + "[0].hostPort: -1 (expected: 0-65535, 0 for one that is free)",
                        c -> c.addPortMappings(port().setHostPort(-1))),
                one(
                        at + "[0].protocol: sctp (expected: tcp or udp)",
                        c -> c.addPortMappings(port().setProtocol("sctp"))),
                one(
                        at + "[1].hostPort: 8080/tcp (expected: a port of the host that no other mapping has; " + at
                                + "[0].hostPort has it)",
                        c -> c.addPortMappings(port().setHostPort(8080))
                                .addPortMappings(port().setHostPort(8080).setProtocol("tcp"))),
                one(
                        at + "[0].name: -x (expected: 1-64 of A-Z a-z 0-9 _ -, not beginning with -)",
                        c -> c.addPortMappings(port().setName("-x"))));
    }

    private static List<Case> hostNetwork() {
        String at = "containerDefinitions[0].portMappings";
        return List.of(
                whole(at + ": 1 ports (expected: none, as networkMode is none)", d -> {
                    d.setNetworkMode("none");
                    d.getContainerDefinitionsBuilder(0).addPortMappings(port());
                }),
                whole(
                        at + "[0].hostPort: 81 (expected: absent, 0 or the containerPort 80, as networkMode is host)",
                        d -> {
                            d.setNetworkMode("host");
                            d.getContainerDefinitionsBuilder(0).addPortMappings(port().setHostPort(81));
                        }));
    }

    private static List<Case> volumes() {
        return List.of(
                one(
                        "containerDefinitions[0].mountPoints[0].sourceVolume: Unknown volume 'data'. (expected: the name of one"
                                + " of volumes)",
                        c -> c.addMountPoints(
                                MountPoint.newBuilder().setSourceVolume("data").setContainerPath("/data"))),
                mounted(
                        "containerDefinitions[0].mountPoints[0].containerPath: data (expected: an absolute path without .., below /)",
                        "data"),
                mounted(
                        "containerDefinitions[0].mountPoints[0].containerPath: / (expected: an absolute path without .., below /)",
                        "/"),
                volume("volumes[0].name: a b (expected: 1-255 of A-Z a-z 0-9 _ -)", v -> v.setName("a b")),
                volume(
                        "volumes[0].host.sourcePath: /a/../b (expected: an absolute path without ..)",
                        v -> v.getHostBuilder().setSourcePath("/a/../b")),
                volume("volumes[0]: host and dockerVolumeConfiguration are both set (expected: one of them)", v -> {
                    v.getHostBuilder().setSourcePath("/a");
                    v.setDockerVolumeConfiguration(DockerVolumeConfiguration.getDefaultInstance());
                }),
                volume(
                        "volumes[0].dockerVolumeConfiguration.scope: host (expected: task or shared)",
                        v -> v.getDockerVolumeConfigurationBuilder().setScope("host")),
                volume(
                        "volumes[0].dockerVolumeConfiguration.autoprovision: true without scope shared (expected: only with it)",
                        v -> v.getDockerVolumeConfigurationBuilder().setAutoprovision(true)),
                whole(
                        "volumes[1].name: data (expected: a name of its own)",
                        d -> d.addVolumes(Volume.newBuilder().setName("data"))
                                .addVolumes(Volume.newBuilder().setName("data"))));
    }

    private static List<Case> health() {
        String at = "containerDefinitions[0].healthCheck";
        String command =
                " (expected: CMD and an executable with its arguments, CMD-SHELL and one command line, or NONE alone)";
        return List.of(
                checked(at + ".command: empty" + command, HealthCheck.Builder::clearCommand),
                checked(at + ".command: true" + command, h -> h.clearCommand().addCommand("true")),
                checked(
                        at + ".command: NONE x" + command,
                        h -> h.clearCommand().addCommand("NONE").addCommand("x")),
                checked(at + ".interval: 4 (expected: 5-300 seconds)", h -> h.setInterval(4)),
                checked(at + ".timeout: 61 (expected: 2-60 seconds)", h -> h.setTimeout(61)),
                checked(at + ".retries: 0 (expected: 1-10)", h -> h.setRetries(0)),
                checked(at + ".startPeriod: 301 (expected: 0-300 seconds)", h -> h.setStartPeriod(301)));
    }

    private static List<Case> logs() {
        String at = "containerDefinitions[0].logConfiguration";
        String drivers = "awslogs fluentd gelf journald json-file local none splunk syslog";
        return List.of(
                one(
                        at + ".logDriver: awsfirelens is not supported yet (expected: one of " + drivers + ")",
                        c -> c.setLogConfiguration(LogConfiguration.newBuilder().setLogDriver("awsfirelens"))),
                one(
                        at + ".logDriver: empty (expected: one of " + drivers + ")",
                        c -> c.setLogConfiguration(LogConfiguration.getDefaultInstance())),
                one(
                        at
                                + ".options: colour (expected: one of cache-compress cache-disabled cache-max-file cache-max-size"
                                + " compress max-buffer-size max-file max-size mode)",
                        c -> c.setLogConfiguration(LogConfiguration.newBuilder()
                                .setLogDriver("local")
                                .putOptions("colour", "red"))));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusesWithTheFieldTheValueAndWhatIsExpected(Case refused) {
        assertThat(violations(refused.change())).extracting(Violation::line).containsExactly(refused.line());
    }

    private static List<Case> order() {
        return List.of(
                two(
                        "containerDefinitions[0].dependsOn[0].containerName: cache (expected: another container of the task"
                                + " definition)",
                        (app, db) -> app.addDependsOn(on("cache", "START"))),
                two(
                        "containerDefinitions[0].dependsOn[0].containerName: main (expected: another container of the task"
                                + " definition)",
                        (app, db) -> app.addDependsOn(on("main", "START"))),
                two(
                        "containerDefinitions[0].dependsOn[0].condition: READY (expected: START, COMPLETE, SUCCESS or"
                                + " HEALTHY)",
                        (app, db) -> app.addDependsOn(on("db", "READY"))),
                two(
                        "containerDefinitions[0].dependsOn[0].condition: HEALTHY (expected: a healthCheck in the container"
                                + " db)",
                        (app, db) -> app.addDependsOn(on("db", "HEALTHY"))),
                two(
                        "containerDefinitions[0].dependsOn[0].condition: SUCCESS (expected: a container that is not"
                                + " essential; db is, and ends the task with it)",
                        (app, db) -> app.addDependsOn(on("db", "SUCCESS"))),
                two(
                        "containerDefinitions: containers wait for each other: main -> db -> main (expected: dependsOn, links"
                                + " and volumesFrom without a cycle)",
                        (app, db) -> {
                            app.addDependsOn(on("db", "START"));
                            db.addDependsOn(on("main", "START"));
                        }),
                one("containerDefinitions[0].startTimeout: 1 (expected: 2-7200 seconds)", c -> c.setStartTimeout(1)),
                one(
                        "containerDefinitions[0].restartPolicy.enabled: absent (expected: true or false)",
                        c -> c.getRestartPolicyBuilder().setRestartAttemptPeriod(60)),
                one(
                        "containerDefinitions[0].restartPolicy.restartAttemptPeriod: 59 (expected: 60-1800 seconds)",
                        c -> c.getRestartPolicyBuilder().setEnabled(true).setRestartAttemptPeriod(59)),
                one(
                        "containerDefinitions[0].restartPolicy.ignoredExitCodes[1]: 256 (expected: 0-255)",
                        c -> c.getRestartPolicyBuilder()
                                .setEnabled(true)
                                .addIgnoredExitCodes(0)
                                .addIgnoredExitCodes(256)),
                one(
                        "containerDefinitions[0].restartPolicy.ignoredExitCodes: 51 codes (expected: at most 50)",
                        c -> c.getRestartPolicyBuilder()
                                .setEnabled(true)
                                .addAllIgnoredExitCodes(Collections.nCopies(51, 1))));
    }

    static Stream<Case> accepted() {
        return Stream.of(
                two("an order", (app, db) -> {
                    app.addDependsOn(on("db", "HEALTHY")).addDependsOn(on("db", "START"));
                    db.setStartTimeout(120)
                            .getHealthCheckBuilder()
                            .addCommand("CMD-SHELL")
                            .addCommand("true");
                }),
                two("a container that prepares", (app, db) -> {
                    app.addDependsOn(on("db", "SUCCESS"));
                    db.setEssential(false);
                }),
                one(
                        "a restart policy",
                        c -> c.getRestartPolicyBuilder().setEnabled(true).addIgnoredExitCodes(0)),
                whole("networkMode host with a port", d -> {
                    d.setNetworkMode("host");
                    d.getContainerDefinitionsBuilder(0).addPortMappings(port());
                }),
                whole("sizes with units", d -> d.setCpu(".5 vCPU").setMemory("0.5GB")),
                whole("memory of the task alone", d -> {
                    d.setMemory("512");
                    d.getContainerDefinitionsBuilder(0).clearMemory();
                }),
                whole("an unsupported field that asks for nothing", d -> d.setEnableFaultInjection(false)),
                one("a digest", c -> c.setImage("registry.local:5000/team/app@sha256:" + "a".repeat(64))),
                one(
                        "the same port of two protocols",
                        c -> c.addPortMappings(port().setHostPort(53))
                                .addPortMappings(port().setHostPort(53).setProtocol("udp"))),
                one(
                        "empty linuxParameters",
                        c -> c.setLinuxParameters(LinuxParameters.newBuilder().setInitProcessEnabled(false))),
                one("no privileges", c -> c.setPrivileged(false)),
                checked("no health check", h -> h.clearCommand().addCommand("NONE")),
                mounted("a mounted volume", "/data"));
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void accepts(Case accepted) {
        assertThatCode(() -> TaskDefinitionRules.check(changed(accepted.change())))
                .doesNotThrowAnyException();
    }

    @Test
    void refusesWhatIsNotSupportedByName() {
        IntentException refused = refusal(d -> d.setEnableFaultInjection(true)
                .getContainerDefinitionsBuilder(0)
                .setFirelensConfiguration(FirelensConfiguration.newBuilder().setType("fluentbit"))
                .addCredentialSpecs("x"));

        assertThat(refused.reason()).isEqualTo(Reason.UNSUPPORTED_FIELD);
        assertThat(refused)
                .hasMessage("containerDefinitions[0].firelensConfiguration is not supported yet (and 2 more)");
        assertThat(refused.violations())
                .extracting(Violation::line)
                .containsExactly(
                        "containerDefinitions[0].firelensConfiguration is not supported yet",
                        "containerDefinitions[0].credentialSpecs is not supported yet",
                        "enableFaultInjection is not supported yet");
    }

    @Test
    void refusesFieldsThatItDoesNotKnow() {
        UnknownFieldSet newer = UnknownFieldSet.newBuilder()
                .addField(900, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                .build();

        IntentException refused =
                refusal(d -> d.getContainerDefinitionsBuilder(0).setUnknownFields(newer));

        assertThat(refused.reason()).isEqualTo(Reason.UNSUPPORTED_FIELD);
        assertThat(refused)
                .hasMessage(
                        "containerDefinitions[0]: field number 900 is not known here (expected: a client that is not newer"
                                + " than the control plane)");
    }

    @Test
    void saysEverythingThatIsWrongAtOnceAndWhatIsNotSupportedFirst() {
        IntentException refused = refusal(d -> d.setFamily("")
                .setEnableFaultInjection(true)
                .getContainerDefinitionsBuilder(0)
                .setCpu(-1));

        assertThat(refused.violations())
                .extracting(Violation::field)
                .containsExactly("enableFaultInjection", "family", "containerDefinitions[0].cpu");
    }

    @Test
    void refusesADefinitionThatIsTooLarge() {
        IntentException refused =
                refusal(d -> d.getContainerDefinitionsBuilder(0).putDockerLabels("x", "y".repeat(65 * 1024)));

        assertThat(refused.reason()).isEqualTo(Reason.INVALID_ARGUMENT);
        assertThat(refused.getMessage()).matches("taskDefinition: \\d+ bytes \\(expected: at most 65536\\)");
    }

    @Test
    void showsNoMoreThanTheBeginningOfALongValue() {
        IntentException refused = refusal(d -> d.setFamily("x".repeat(1000) + "\n"));

        assertThat(refused).hasMessage("family: " + "x".repeat(60) + "... (expected: 1-255 of A-Z a-z 0-9 _ -)");
    }

    private static PortMapping.Builder port() {
        return PortMapping.newBuilder().setContainerPort(80);
    }

    private static Case whole(String line, Consumer<TaskDefinition.Builder> change) {
        return new Case(line, change);
    }

    private static Case one(String line, Consumer<ContainerDefinition.Builder> change) {
        return new Case(line, d -> change.accept(d.getContainerDefinitionsBuilder(0)));
    }

    /** The container of the valid definition, and a second one, "db". */
    private static Case two(String line, BiConsumer<ContainerDefinition.Builder, ContainerDefinition.Builder> change) {
        return new Case(line, d -> {
            d.addContainerDefinitions(ContainerDefinition.newBuilder()
                    .setName("db")
                    .setImage("db:1")
                    .setMemory(64));
            change.accept(d.getContainerDefinitionsBuilder(0), d.getContainerDefinitionsBuilder(1));
        });
    }

    private static ContainerDependency on(String container, String condition) {
        return ContainerDependency.newBuilder()
                .setContainerName(container)
                .setCondition(condition)
                .build();
    }

    private static Case checked(String line, Consumer<HealthCheck.Builder> change) {
        return one(
                line,
                c -> change.accept(
                        c.getHealthCheckBuilder().addCommand("CMD-SHELL").addCommand("true")));
    }

    private static Case volume(String line, Consumer<Volume.Builder> change) {
        return new Case(line, d -> change.accept(d.addVolumesBuilder().setName("data")));
    }

    private static Case mounted(String line, String path) {
        return new Case(
                line,
                d -> d.addVolumes(Volume.newBuilder().setName("data"))
                        .getContainerDefinitionsBuilder(0)
                        .addMountPoints(
                                MountPoint.newBuilder().setSourceVolume("data").setContainerPath(path)));
    }

    private static List<Violation> violations(Consumer<TaskDefinition.Builder> change) {
        return refusal(change).violations();
    }

    private static IntentException refusal(Consumer<TaskDefinition.Builder> change) {
        return catchThrowableOfType(IntentException.class, () -> TaskDefinitionRules.check(changed(change)));
    }

    private static TaskDefinition changed(Consumer<TaskDefinition.Builder> change) {
        TaskDefinition.Builder definition = World.definition("web").toBuilder();
        change.accept(definition);
        return definition.build();
    }
}
