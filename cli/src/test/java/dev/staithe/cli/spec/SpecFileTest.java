package dev.staithe.cli.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.PortMapping;
import dev.staithe.proto.v1.TaskDefinition;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SpecFileTest {
    private static final TaskDefinition WEB = TaskDefinition.newBuilder()
            .setFamily("web")
            .setCpu("256")
            .addContainerDefinitions(ContainerDefinition.newBuilder()
                    .setName("web")
                    .setImage("example/web:1")
                    .setMemory(64)
                    .setEssential(true)
                    .addPortMappings(PortMapping.newBuilder().setContainerPort(8080))
                    .putDockerLabels("team", "harbour"))
            .build();

    private static Spec<TaskDefinition> parse(String text) {
        return SpecFile.parse("web.json", text, Schema.TASK_DEFINITION);
    }

    private static String errors(String text) {
        CommandFailure failure = catchThrowableOfType(CommandFailure.class, () -> parse(text));
        assertThat(failure).as("a refusal of:\n%s", text).isNotNull();
        return failure.message();
    }

    @Test
    void readsTheJsonThatEcsUsersHave() {
        String json = """
                {"family":"web", "cpu": "256", "taskRoleArn": null,
                \t"containerDefinitions":[
                \t\t{"name":"web","image":"example\\/web:1","memory":64,"essential":true,
                \t\t "portMappings":[{"containerPort":8080}],"dockerLabels":{"team":"harbour"}}]}
                """;

        assertThat(parse(json).message()).isEqualTo(WEB);
    }

    @Test
    void readsTheSameInYamlAndTakesNumbersForCpu() {
        String yaml = """
                family: web
                cpu: 256
                containerDefinitions:
                  - name: web
                    image: example/web:1
                    memory: 64
                    essential: true
                    portMappings: [{containerPort: 8080}]
                    dockerLabels: {team: harbour}
                """;

        assertThat(parse(yaml).message()).isEqualTo(WEB);
    }

    @Test
    void namesAnUnknownFieldItsPlaceAndTheNearestKnownName() {
        assertThat(errors("{\"family\": \"web\",\n \"containerDefinitions\": [\n  {\"memry\": 64}]}"))
                .isEqualTo("web.json:3:4: containerDefinitions[0].memry is unknown; did you mean memory?");
        assertThat(errors("container_definitions: []")).endsWith("did you mean containerDefinitions?");
        assertThat(errors("zzzzzz: 1")).isEqualTo("web.json:1:1: zzzzzz is unknown");
    }

    @Test
    void namesEachWrongTypeWithItsValueAndWhatWasExpected() {
        String yaml = """
                family: 7
                containerDefinitions:
                  - memory: "64"
                    cpu: 1.5
                    essential: "yes"
                    command: sleep 1
                    stopTimeout: 99999999999
                    portMappings: {containerPort: 80}
                    environment:
                      - {name: PORT, value: 8080}
                    dockerLabels: {a: 1}
                volumes: [x]
                """;

        assertThat(errors(yaml).lines())
                .containsExactly(
                        "web.json:1:9: family: 7 (expected: text: put it in quotes)",
                        "web.json:3:13: containerDefinitions[0].memory: \"64\" (expected: a whole number)",
                        "web.json:4:10: containerDefinitions[0].cpu: 1.5 (expected: a whole number)",
                        "web.json:5:16: containerDefinitions[0].essential: \"yes\" (expected: true or false)",
                        "web.json:6:14: containerDefinitions[0].command: \"sleep 1\" (expected: a list)",
                        "web.json:7:18: containerDefinitions[0].stopTimeout: 99999999999"
                                + " (expected: -2147483648 to 2147483647)",
                        "web.json:8:19: containerDefinitions[0].portMappings: an object (expected: a list)",
                        "web.json:10:29: containerDefinitions[0].environment[0].value: 8080"
                                + " (expected: text: put it in quotes)",
                        "web.json:11:23: containerDefinitions[0].dockerLabels.a: 1 (expected: text: put it in quotes)",
                        "web.json:12:11: volumes[0]: \"x\" (expected: an object)");
    }

    @Test
    void refusesAFieldThatIsGivenTwice() {
        assertThat(errors("{\"family\": \"a\",\n\"family\": \"b\"}"))
                .isEqualTo("web.json:2:1: family is given twice: before on line 1");
    }

    @Test
    void refusesWhatTheControlPlaneFillsIn() {
        assertThat(errors("family: web\nrevision: 3\ntaskDefinitionArn: arn:x").lines())
                .containsExactly(
                        "web.json:2:1: revision is filled in by the control plane: remove it",
                        "web.json:3:1: taskDefinitionArn is filled in by the control plane: remove it");
    }

    @Test
    void saysHowToUnwrapTheOutputOfDescribe() {
        assertThat(errors("{\"taskDefinition\": {\"family\": \"web\"}}"))
                .startsWith("web.json:1:2: taskDefinition is around what describe-task-definition prints:"
                        + " register takes what is inside it (jq ");
    }

    @Test
    void namesThePlaceOfASyntaxError() {
        assertThat(errors("{\"family\": \"web\",\n \"cpu\": [1, }"))
                .startsWith("web.json:2:13: neither JSON nor YAML: ");
    }

    @Test
    void refusesAnEmptyFileAListAndSeveralDocuments() {
        assertThat(errors("")).isEqualTo("web.json: is empty (expected: a task definition in JSON or YAML)");
        assertThat(errors("[]")).isEqualTo("web.json:1:1: a list (expected: a task definition in JSON or YAML)");
        assertThat(errors("family: a\n---\nfamily: b\n")).startsWith("web.json:2:1: neither JSON nor YAML: ");
    }

    @Test
    void refusesAliasesThatMultiply() {
        StringBuilder bomb = new StringBuilder("family: &a0 [x]\n");
        for (int i = 1; i < 12; i++) {
            bomb.append("k").append(i).append(": &a").append(i).append(" [");
            bomb.append(("*a" + (i - 1) + ", ").repeat(9)).append("]\n");
        }

        assertThatThrownBy(() -> parse(bomb.toString())).isInstanceOf(CommandFailure.class);
        assertThat(errors("family: web\nvolumes: &v\n  - host: *v\n")).contains("volumes[0].host: a list");
    }

    @Test
    void refusesMoreThan64KiB(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("big.yaml");
        Files.writeString(file, "family: web # " + "x".repeat(SpecFile.MOST_BYTES));

        assertThatThrownBy(() -> read(file.toString()))
                .hasMessage(file + ": more than 64 KiB (expected: one definition of at most 64 KiB)");
    }

    @Test
    void readsStandardInputAndSaysWhenAFileIsMissing() {
        assertThat(read("-").message().getFamily()).isEqualTo("piped");
        assertThatThrownBy(() -> read("/nonexistent/web.json")).hasMessage("/nonexistent/web.json: no such file");
    }

    @Test
    void locatesAFieldOrTheNearestOneAroundIt() {
        Spec<TaskDefinition> spec = parse("family: web\ncontainerDefinitions:\n  - name: web\n    memory: 4\n");

        assertThat(spec.locate("containerDefinitions[0].memory")).isEqualTo("web.json:4:5");
        assertThat(spec.locate("containerDefinitions[0].image")).isEqualTo("web.json:3:5");
        assertThat(spec.locate("networkMode")).isEqualTo("web.json");
    }

    private static Spec<TaskDefinition> read(String file) {
        return SpecFile.read(
                file,
                new ByteArrayInputStream("family: piped".getBytes(StandardCharsets.UTF_8)),
                Schema.TASK_DEFINITION);
    }
}
