package dev.staithe.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.cli.FakeControlPlane;
import dev.staithe.cli.Golden;
import dev.staithe.cli.Typed;
import dev.staithe.cli.client.ControlPlane;
import dev.staithe.proto.v1.ClustersGrpc;
import dev.staithe.proto.v1.ListClustersRequest;
import dev.staithe.proto.v1.ListClustersResponse;
import dev.staithe.proto.v1.RegisterTaskDefinitionRequest;
import dev.staithe.proto.v1.RegisterTaskDefinitionResponse;
import dev.staithe.proto.v1.TaskDefinitionsGrpc;
import dev.staithe.runtime.Time;
import io.grpc.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class CommandTreeTest {
    private static final Time STOPPED_CLOCK = new Time() {
        @Override
        public Instant now() {
            return Typed.NOW;
        }

        @Override
        public long nanos() {
            return 0;
        }
    };

    private static final Map<String, String> NO_SERVER =
            Map.of("STAITHE_SERVER", "127.0.0.1:1", "HOME", "/nonexistent");

    private static List<CommandLine> all(CommandLine command) {
        List<CommandLine> found = new ArrayList<>(List.of(command));
        command.getSubcommands().values().stream().distinct().forEach(child -> found.addAll(all(child)));
        return found;
    }

    @Test
    void everyCommandHasADescriptionAndTwoExamplesWithin100Columns() {
        for (CommandLine command : all(CommandTree.whole())) {
            String name = command.getCommandSpec().qualifiedName();
            String help = command.getUsageMessage(CommandLine.Help.Ansi.OFF);
            String[] examples = command.getCommandSpec().usageMessage().footer();

            assertThat(command.getCommandSpec().usageMessage().description())
                    .as(name)
                    .isNotEmpty();
            assertThat(Stream.of(examples).filter(line -> line.contains("staithe ")))
                    .as(name)
                    .hasSizeGreaterThan(1);
            assertThat(help.lines()).as(name).allMatch(line -> line.length() <= 100);
        }
    }

    @Test
    void everyExampleIsACommandLineThatParses() {
        for (CommandLine command : all(CommandTree.whole())) {
            for (String line : command.getCommandSpec().usageMessage().footer()) {
                String example = line.strip().replaceFirst(" {3,}.*", "").replaceFirst(" [|>] .*", "");
                if (example.startsWith("staithe ")) {
                    String[] words =
                            words(example.substring("staithe ".length()).replace("\"", ""));
                    assertThat(CommandTree.whole().parseArgs(words).errors())
                            .as(example)
                            .isEmpty();
                }
            }
        }
    }

    /** As a shell parts them: what is in single quotes is one word. */
    private static String[] words(String line) {
        return Pattern.compile("'[^']*'|[^ ]+")
                .matcher(line)
                .results()
                .map(word -> word.group().replace("'", ""))
                .toArray(String[]::new);
    }

    @Test
    void helpIsTheSameForOneNounAsInTheWholeTree() {
        Typed typed = Typed.run(NO_SERVER, "", "service", "create", "--help");

        assertThat(typed.exitCode()).isZero();
        Golden.check("help-service-create", typed.out());
        Golden.check("help", Typed.run(NO_SERVER, "", "--help").out());
    }

    @Test
    void usageErrorsAreOneLineAndAHint() {
        assertThat(Typed.run(NO_SERVER, "", "service", "creat")).isEqualTo(new Typed(64, "", """
                        error: Unmatched argument at index 1: 'creat'
                        did you mean: create, update, describe?
                        see `staithe service --help`
                        """));
        assertThat(Typed.run(NO_SERVER, "", "service", "create", "web")).isEqualTo(new Typed(64, "", """
                        error: Missing required option: '--task-definition=FAMILY[:REVISION]'
                        see `staithe service create --help`
                        """));
        assertThat(Typed.run(NO_SERVER, "", "service", "wait", "web", "--timeout", "soon"))
                .isEqualTo(new Typed(64, "", "error: --timeout: soon (expected: a duration such as 30s, 10m, 2h)\n"));
        assertThat(Typed.run(NO_SERVER, "").exitCode()).isEqualTo(64);
        assertThat(Typed.run(NO_SERVER, "", "--server", "a:b:c", "cluster", "list")
                        .err())
                .isEqualTo("error: server: a:b:c (expected: HOST:PORT)\n");
    }

    @Test
    void saysThatTheControlPlaneCannotBeReached() {
        Typed typed = Typed.run(NO_SERVER, "", "cluster", "list");

        assertThat(typed.exitCode()).isEqualTo(8);
        assertThat(typed.err().lines()).hasSize(1);
        assertThat(typed.err())
                .startsWith(
                        "error: cannot reach the control plane at 127.0.0.1:1: start one with `staithe dev up`, or set"
                                + " --server (");
    }

    @Test
    void showsAStackTraceOnlyForDebug() {
        assertThat(Typed.run(NO_SERVER, "", "--debug", "cluster", "list").err()).contains("\tat dev.staithe.cli");
    }

    @Test
    void saysWhenTheOtherSideIsNoControlPlaneOfThisKind() {
        try (FakeControlPlane other = new FakeControlPlane()) {
            assertThat(Typed.run(other, "cluster", "list"))
                    .isEqualTo(new Typed(
                            1,
                            "",
                            "error: the control plane does not know this call: it is older than this command line, or not"
                                    + " Staithe\n"));
        }
    }

    @Test
    void takesTheServerFromTheOptionTheVariableAndTheFile(@TempDir Path directory) throws Exception {
        try (FakeControlPlane controlPlane = new FakeControlPlane()) {
            controlPlane.answer(ClustersGrpc.getListMethod(), request -> ListClustersResponse.getDefaultInstance());
            Path file = Files.createDirectories(directory.resolve("staithe")).resolve("config.yaml");
            Files.writeString(file, "server: " + controlPlane.address() + "\n");
            Map<String, String> withFile = Map.of("XDG_CONFIG_HOME", directory.toString());

            assertThat(Typed.run(withFile, "", "cluster", "list").out()).startsWith("no clusters: ");
            assertThat(Typed.run(NO_SERVER, "", "cluster", "list", "--server", controlPlane.address())
                            .exitCode())
                    .isZero();
            Files.writeString(file, "sevrer: x\n");
            assertThat(Typed.run(withFile, "", "cluster", "list"))
                    .isEqualTo(
                            new Typed(64, "", "error: " + file + ": sevrer is unknown (expected: server, cluster)\n"));
        }
    }

    @Test
    void waitsOutAnElection() {
        try (FakeControlPlane controlPlane = new FakeControlPlane()) {
            var calls = new java.util.concurrent.atomic.AtomicInteger();
            controlPlane.answer(ClustersGrpc.getListMethod(), request -> {
                if (calls.incrementAndGet() < 3) {
                    throw FakeControlPlane.refusal(Status.Code.UNAVAILABLE, "NO_LEADER", "no leader is elected");
                }
                return ListClustersResponse.getDefaultInstance();
            });

            // No time passes, so that no election takes too long, however busy this machine is.
            try (ControlPlane client = new ControlPlane(controlPlane.address(), STOPPED_CLOCK)) {
                client.call(ClustersGrpc::newBlockingStub, api -> api.list(ListClustersRequest.getDefaultInstance()));
            }
            assertThat(calls).hasValue(3);
        }
    }

    @Test
    void registersATaskDefinitionFromAFileAndNamesThePlaceOfWhatIsRefused(@TempDir Path directory) throws Exception {
        try (FakeControlPlane controlPlane = new FakeControlPlane()) {
            controlPlane.answer(TaskDefinitionsGrpc.getRegisterMethod(), request -> {
                if (request.getTaskDefinition().getFamily().equals("bad")) {
                    throw FakeControlPlane.refusal(
                            Status.Code.INVALID_ARGUMENT,
                            "UNSUPPORTED_FIELD",
                            "the task definition is not valid",
                            Map.of(),
                            "containerDefinitions[0].privileged",
                            "containerDefinitions[0].privileged is not supported yet",
                            "containerDefinitions[0].memory",
                            "4 (expected: at least 6 MiB)");
                }
                return RegisterTaskDefinitionResponse.newBuilder()
                        .setTaskDefinition(
                                request.getTaskDefinition().toBuilder().setRevision(3))
                        .build();
            });
            Path file = directory.resolve("bad.yaml");
            Files.writeString(file, "family: bad\ncontainerDefinitions:\n  - privileged: true\n    memory: 4\n");

            assertThat(Typed.run(Typed.variables(controlPlane), "family: web", "td", "register", "-f", "-"))
                    .isEqualTo(new Typed(0, "registered web:3\n", ""));
            assertThat(controlPlane
                            .last(RegisterTaskDefinitionRequest.class)
                            .getTaskDefinition()
                            .getFamily())
                    .isEqualTo("web");
            assertThat(Typed.run(controlPlane, "td", "register", "-f", file.toString()))
                    .isEqualTo(new Typed(
                            1,
                            "",
                            "error: " + file + ":3:5: containerDefinitions[0].privileged is not supported yet\n"
                                    + "error: " + file
                                    + ":4:5: containerDefinitions[0].memory: 4 (expected: at least 6 MiB)\n"));
        }
    }

    @Test
    void printsItsVersionAndCompletion() {
        assertThat(Typed.run(NO_SERVER, "", "version", "-o", "json").out()).startsWith("{\n  \"java\": \"");
        assertThat(Typed.run(NO_SERVER, "", "completion", "bash").out())
                .contains("_complete_staithe", "force-new-deployment");
        assertThat(Typed.run(NO_SERVER, "", "completion", "fish").exitCode()).isEqualTo(64);
    }
}
