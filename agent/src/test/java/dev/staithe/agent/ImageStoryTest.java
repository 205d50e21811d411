package dev.staithe.agent;

import static dev.staithe.agent.Tasks.container;
import static dev.staithe.agent.Tasks.id;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.RegistryCredentials;
import dev.staithe.agent.container.fake.EngineCall;
import dev.staithe.agent.container.fake.FakeImage;
import dev.staithe.agent.model.PullBehavior;
import dev.staithe.proto.agent.v1.Answer;
import dev.staithe.proto.agent.v1.Ask;
import dev.staithe.proto.agent.v1.AssignedTask;
import dev.staithe.proto.agent.v1.ControlMessage;
import dev.staithe.proto.agent.v1.Fetched;
import dev.staithe.proto.agent.v1.PullsAsk;
import dev.staithe.proto.agent.v1.TaskReport;
import dev.staithe.proto.v1.RepositoryCredentials;
import dev.staithe.proto.v1.RuntimePlatform;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** When images come, from where, and when they go. */
final class ImageStoryTest {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final String IMAGE = "registry.example/shop:1";

    private final AgentFixture host = new AgentFixture();
    private final TreeMap<Integer, AssignedTask> assigned = new TreeMap<>();

    @ParameterizedTest
    @CsvSource({
        "DEFAULT, 2",
        "ALWAYS, 2",
        "ONCE, 1",
        "PREFER_CACHED, 1",
    })
    void asksTheRegistryAsOftenAsTheOperatorSettled(PullBehavior behavior, int pulls) {
        host.pulls = behavior;
        host.engine.offer(IMAGE, FakeImage.running());
        host.start();

        run(1, IMAGE);
        run(2, IMAGE);

        assertThat(host.engine.calls(EngineCall.PULL_IMAGE)).isEqualTo(pulls);
        assertThat(host.controlPlane.lastOf(id(2)).getStatus()).isEqualTo("RUNNING");
    }

    @Test
    void onceHoldsAcrossARestartOfTheAgent() {
        host.pulls = PullBehavior.ONCE;
        host.engine.offer(IMAGE, FakeImage.running());
        host.start();
        run(1, IMAGE);

        host.kill();
        host.start();
        run(2, IMAGE);

        assertThat(host.engine.calls(EngineCall.PULL_IMAGE)).isEqualTo(1);
    }

    @Test
    void onceDoesNotTrustWhatSomebodyElseBrought() {
        host.pulls = PullBehavior.ONCE;
        host.engine.have(IMAGE, FakeImage.running());
        host.engine.offer(IMAGE, FakeImage.running());
        host.start();

        run(1, IMAGE);
        run(2, IMAGE);

        assertThat(host.engine.calls(EngineCall.PULL_IMAGE)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"DEFAULT, RUNNING", "ALWAYS, STOPPED", "ONCE, STOPPED", "PREFER_CACHED, RUNNING"})
    void whatTheHostHasWillDoOrNotWhenTheRegistryFails(PullBehavior behavior, String status) {
        host.pulls = behavior;
        host.engine.have(IMAGE, FakeImage.running());
        host.start();

        run(1, IMAGE);

        assertThat(host.controlPlane.lastOf(id(1)).getStatus()).isEqualTo(status);
    }

    @ParameterizedTest
    @EnumSource(
            value = PullBehavior.class,
            names = {"DEFAULT", "ONCE", "PREFER_CACHED"})
    void anImageForAnotherProcessorFailsTheTaskBeforeAnythingIsCreated(PullBehavior behavior) {
        host.pulls = behavior;
        host.engine.offer(IMAGE, FakeImage.running().builtFor("arm64"));
        host.start();

        run(1, IMAGE);

        TaskReport report = host.controlPlane.lastOf(id(1));
        assertThat(report.getStatus()).isEqualTo("STOPPED");
        assertThat(report.getStoppedReason())
                .startsWith(
                        "CannotPullContainerError: image registry.example/shop:1 is for arm64, this host is x86_64");
        assertThat(host.engine.calls(EngineCall.CREATE)).isZero();
    }

    @Test
    void aTaskForAnotherProcessorFailsBeforeItsImageIsFetched() {
        host.engine.offer(IMAGE, FakeImage.running());
        host.start();
        var task = Tasks.of(1, container("app", IMAGE));
        task.getTaskDefinitionBuilder()
                .setRuntimePlatform(RuntimePlatform.newBuilder().setCpuArchitecture("ARM64"));

        host.controlPlane.snapshot(task.build());
        host.run(SOON);

        assertThat(host.controlPlane.lastOf(id(1)).getStoppedReason())
                .isEqualTo("CannotPullContainerError: the task is for arm64, this host is x86_64");
        assertThat(host.engine.calls(EngineCall.PULL_IMAGE)).isZero();
    }

    @Test
    void showsTheRegistryWhatTheTasksSecretSays() {
        guarded("{\"username\": \"harbour\", \"password\": \"geheim\"}");

        runGuarded();

        assertThat(host.controlPlane.lastOf(id(1)).getStatus()).isEqualTo("RUNNING");
    }

    @Test
    void aSecretThatIsNoCredentialsFailsTheTaskWithoutBeingShown() {
        guarded("geheim");

        runGuarded();

        assertThat(host.controlPlane.lastOf(id(1)).getStoppedReason())
                .isEqualTo(
                        "CannotPullContainerError: repositoryCredentials: the value of secret registry/shop cannot be"
                                + " read (expected: {\"username\": \"...\", \"password\": \"...\"})");
    }

    private void guarded(String secret) {
        host.engine.offer(IMAGE, FakeImage.running());
        host.engine.guard("registry.example", new RegistryCredentials("harbour", "geheim"));
        host.controlPlane.answers = fetch -> {
            assertThat(fetch.getSecrets().getNamesList()).containsExactly("registry/shop");
            return Optional.of(Fetched.newBuilder()
                    .putSecrets("registry/shop", ByteString.copyFromUtf8(secret))
                    .build());
        };
        host.start();
    }

    private void runGuarded() {
        assign(
                1,
                Tasks.of(
                                1,
                                container("app", IMAGE)
                                        .setRepositoryCredentials(RepositoryCredentials.newBuilder()
                                                .setCredentialsParameter("registry/shop")))
                        .build());
    }

    @Test
    void saysHowFarAnImageHasCome() {
        host.engine.offer(IMAGE, FakeImage.running());
        host.engine.failNext(
                EngineCall.PULL_IMAGE,
                new ContainerFault(Kind.CannotPullContainerError, "the registry is busy", true),
                false);
        host.pulls = PullBehavior.ALWAYS;
        host.start();
        host.controlPlane.snapshot(Tasks.of(1, container("app", IMAGE)).build());
        host.run(Duration.ofMillis(100));

        assertThat(pulls(id(1))).containsExactly("app: waiting to try again: the registry is busy");
        host.run(SOON);
        assertThat(pulls(id(1))).isEmpty();
        assertThat(pulls("0".repeat(32))).isEmpty();
    }

    @Test
    void removesAnImageThatNoTaskHasNeededForAWhile() {
        host.engine.offer(IMAGE, FakeImage.running());
        host.start();
        run(1, IMAGE);
        assertThat(host.engine.imageNames()).contains(IMAGE);

        stop(1, IMAGE);
        host.run(Duration.ofHours(2));

        assertThat(host.engine.imageNames()).isEmpty();
        assertThat(host.engine.violations()).isEmpty();
    }

    @Test
    void remembersTheLastUseAcrossARestart() {
        host.engine.offer(IMAGE, FakeImage.running());
        host.start();
        run(1, IMAGE);
        stop(1, IMAGE);
        host.run(Duration.ofMinutes(50));

        host.kill();
        host.start();
        host.run(Duration.ofMinutes(45));

        assertThat(host.engine.imageNames()).isEmpty();
    }

    @Test
    void keepsWhatTasksUseHoweverFullTheDiskIs() {
        host.engine.offer(IMAGE, FakeImage.running());
        host.engine.offer("registry.example/old:1", FakeImage.running());
        host.engine.have("golden:1", FakeImage.running());
        host.start();
        run(2, "registry.example/old:1");
        stop(2, "registry.example/old:1");
        host.run(Duration.ofMinutes(15));
        run(1, IMAGE);

        host.engine.fillDisk(95);
        host.run(Duration.ofMinutes(3));

        assertThat(host.engine.imageNames()).contains(IMAGE, "golden:1").doesNotContain("registry.example/old:1");
        assertThat(host.controlPlane.lastOf(id(1)).getStatus()).isEqualTo("RUNNING");
    }

    @Test
    void neverRemovesWhatItDidNotBring() {
        host.engine.have(IMAGE, "sha256:" + "a".repeat(64), FakeImage.running());
        host.engine.offer(IMAGE, "sha256:" + "a".repeat(64), FakeImage.running());
        host.start();
        run(1, IMAGE);
        stop(1, IMAGE);

        host.run(Duration.ofHours(5));

        assertThat(host.engine.calls(EngineCall.REMOVE_IMAGE)).isZero();
    }

    private void run(int task, String image) {
        assign(task, Tasks.of(task, container("app", image)).build());
    }

    private void stop(int task, String image) {
        assign(task, Tasks.stopped(Tasks.of(task, container("app", image)), "enough"));
    }

    private void assign(int number, AssignedTask task) {
        assigned.put(number, task);
        host.controlPlane.snapshot(assigned.values().toArray(AssignedTask[]::new));
        host.run(SOON);
    }

    private List<String> pulls(String task) {
        int before = host.controlPlane.received.size();
        host.controlPlane.say(ControlMessage.newBuilder()
                .setAsk(Ask.newBuilder().setId(7).setPulls(PullsAsk.newBuilder().addTaskIds(task)))
                .build());
        host.run(Duration.ofMillis(10));
        Answer answer = host.controlPlane.received.stream()
                .skip(before)
                .filter(message -> message.hasAnswer())
                .findFirst()
                .orElseThrow()
                .getAnswer();
        assertThat(answer.getEnd()).isTrue();
        return answer.getPullsList().stream()
                .map(pull -> pull.getContainer() + ": " + pull.getText())
                .toList();
    }
}
