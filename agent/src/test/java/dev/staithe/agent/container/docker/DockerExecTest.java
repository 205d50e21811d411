package dev.staithe.agent.container.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.staithe.agent.Tasks;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.Execs.Command;
import dev.staithe.agent.container.Execs.Running;
import dev.staithe.agent.container.Execs.Sink;
import dev.staithe.agent.container.Execs.Size;
import dev.staithe.agent.container.SeenCommand;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.reconcile.ContainerRequests;
import dev.staithe.agent.reconcile.TaskEndpoints;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.runtime.Ids;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commands in a container of the real engine. */
final class DockerExecTest {
    private static final byte[] CONTROL_C = {3};
    private static final Size SMALL = new Size(40, 10);

    private final TestEngine engine = new TestEngine();
    private final DockerRuntime runtime = engine.runtime(engine.instance(), DockerDeadlines.standard());
    private final SeenCommand seen = new SeenCommand();
    private String container = "";

    @BeforeEach
    void aContainerThatRuns() throws ContainerFault {
        var task = Tasks.of(
                        1,
                        ContainerDefinition.newBuilder()
                                .setName("app")
                                .setImage(TestImages.busybox(engine.client()))
                                .addAllEntryPoint(List.of("sh", "-c"))
                                .addCommand("trap 'exit 143' TERM; sleep 3600 & wait"))
                .setTaskId(Ids.derived(engine.instance(), "task"));
        container = runtime.create(
                ContainerRequests.of(AssignedTask.of(task.build()), "app", engine.instance(), TaskEndpoints.NONE));
        runtime.start(container);
    }

    @AfterEach
    void cleanUp() {
        engine.close();
    }

    @Test
    void keepsOutputAndErrorsApartAndTellsTheExitCode() throws ContainerFault {
        start(false, false, "sh", "-c", "echo out; echo err >&2; exit 42");

        eventuallyOver();

        assertThat(seen.stdout()).isEqualTo("out\n");
        assertThat(seen.stderr()).isEqualTo("err\n");
        assertThat(seen.exitCode()).isEqualTo(OptionalInt.of(42));
    }

    @Test
    void carriesBytesThroughUnharmed() throws ContainerFault {
        byte[] sent = new byte[8 << 20];
        new Random(7).nextBytes(sent);

        Running cat = start(false, true, "cat");
        for (int at = 0; at < sent.length; at += 100_000) {
            cat.write(Arrays.copyOfRange(sent, at, Math.min(sent.length, at + 100_000)));
        }
        cat.closeInput();
        eventuallyOver();

        assertThat(Arrays.equals(seen.bytes(), sent)).isTrue();
        assertThat(seen.exitCode()).isEqualTo(OptionalInt.of(0));
    }

    @Test
    void aCommandWithoutInputReadsItsEndAtOnce() throws ContainerFault {
        start(false, false, "cat");

        eventuallyOver();

        assertThat(seen.exitCode()).isEqualTo(OptionalInt.of(0));
    }

    @Test
    void givesATerminalItsSizeAndEveryOtherOne() throws ContainerFault {
        Running shell = start(true, true, "sh");

        type(shell, "stty size\n");
        eventually("10 40");
        shell.resize(new Size(101, 33));
        type(shell, "stty size\n");
        eventually("33 101");
        type(shell, "exit 5\n");
        eventuallyOver();

        assertThat(seen.exitCode()).isEqualTo(OptionalInt.of(5));
    }

    @Test
    void controlCInATerminalInterruptsWhatRuns() throws ContainerFault {
        Running sleep = start(true, true, "sleep", "3600");

        sleep.write(CONTROL_C);
        eventuallyOver();

        assertThat(seen.exitCode()).isEqualTo(OptionalInt.of(130));
    }

    @Test
    void leavesNothingBehindWhenTheCallerOfATerminalHangsUp() throws ContainerFault {
        Running shell = start(true, true, "sh");
        type(shell, "sleep 4242 & sleep 4343\n");
        await().until(() -> running("sleep", "4343") == 1 && running("sleep", "4242") == 1);

        shell.close();

        await().until(() -> running("sleep", "4343") == 0 && running("sleep", "4242") == 0);
        assertThat(seen.over()).as("nobody listens any more").isFalse();
    }

    @Test
    void killsWhatDoesNotListen() throws ContainerFault {
        Running stubborn = start(false, false, "sh", "-c", "trap '' TERM HUP; while true; do sleep 4444; done");
        await().until(() -> running("sleep", "4444") == 1);

        stubborn.close();

        await().atMost(Duration.ofSeconds(20)).until(() -> running("sleep", "4444") == 0 && running("sh", "4444") == 0);
    }

    @Test
    void endsWithTheAgent() throws ContainerFault {
        start(false, false, "sleep", "4545");
        await().until(() -> running("sleep", "4545") == 1);

        runtime.close();

        await().until(() -> running("sleep", "4545") == 0);
    }

    @Test
    void aSlowReaderHoldsTheCommand() throws Exception {
        SeenCommand patient = new SeenCommand();
        Semaphore room = new Semaphore(1);
        Running yes = runtime.execs()
                .start(container, new Command(List.of("yes"), false, false, Optional.empty()), new Sink() {
                    @Override
                    public void output(boolean stderr, byte[] bytes) {
                        room.acquireUninterruptibly();
                        patient.output(stderr, bytes);
                    }

                    @Override
                    public void exited(int code) {
                        patient.exited(code);
                    }

                    @Override
                    public void failed(ContainerFault fault) {
                        patient.failed(fault);
                    }
                });
        await().until(() -> room.availablePermits() == 0);
        yes.close();
        room.release(1000);

        assertThat(patient.bytes().length).isLessThanOrEqualTo(2 * CommandOutput.LARGEST_PIECE);
    }

    @Test
    void saysInTheEnginesWordsWhatCannotBeStarted() {
        assertThatThrownBy(() -> start(false, false, "/missing"))
                .isInstanceOf(ContainerFault.class)
                .hasMessageContaining("/missing")
                .hasMessageContaining("no such file");
    }

    @Test
    void refusesAContainerThatDoesNotRun() throws ContainerFault {
        runtime.stop(container, Duration.ZERO);

        assertThatThrownBy(() -> start(false, false, "true"))
                .isInstanceOf(ContainerFault.class)
                .hasMessageContaining("is not running");
    }

    @Test
    void runsNothingInAnothersContainer() {
        container = engine.foreignContainer();

        assertThatThrownBy(() -> start(false, false, "true"))
                .isInstanceOf(ContainerFault.class)
                .hasMessageContaining("is not one of this agent's");
    }

    private Running start(boolean terminal, boolean input, String... command) throws ContainerFault {
        return runtime.execs()
                .start(
                        container,
                        new Command(
                                List.of(command), terminal, input, terminal ? Optional.of(SMALL) : Optional.empty()),
                        seen);
    }

    private static void type(Running shell, String text) throws ContainerFault {
        shell.write(text.getBytes(StandardCharsets.UTF_8));
    }

    private void eventually(String output) {
        await().until(() -> seen.stdout().contains(output));
    }

    private void eventuallyOver() {
        await().atMost(Duration.ofSeconds(30)).until(seen::over);
    }

    /** How many processes of the container run that program with that argument. */
    private long running(String program, String argument) {
        return ProcessHandle.allProcesses()
                .map(process -> Path.of("/proc", Long.toString(process.pid())))
                .filter(process -> read(process.resolve("cgroup")).contains(container))
                .map(process -> read(process.resolve("cmdline")).split("\0"))
                .filter(words ->
                        words[0].equals(program) && Arrays.stream(words).anyMatch(w -> w.contains(argument)))
                .count();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }
}
