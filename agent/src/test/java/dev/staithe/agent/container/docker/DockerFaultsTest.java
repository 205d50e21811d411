package dev.staithe.agent.container.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.ContainerLabels;
import dev.staithe.agent.container.ContainerRequest;
import dev.staithe.agent.container.ContainerRuntime;
import dev.staithe.agent.container.ContainerRuntime.LogRequest;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.Images.PullRequest;
import dev.staithe.agent.container.Platform;
import dev.staithe.agent.container.Seen;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.runtime.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What happens when the engine hangs, goes away and comes back. */
@Timeout(60)
final class DockerFaultsTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final String TASK = "0123456789abcdef0123456789abcdef";

    private final TestEngine engine = new TestEngine();
    private @TempDir Path directory = Path.of("");
    private EngineProxy proxy;
    private DockerRuntime runtime;

    @BeforeEach
    void connect() throws IOException {
        proxy = new EngineProxy(directory);
        runtime = engine.runtime(
                proxy.host(),
                engine.instance(),
                new DockerDeadlines(SHORT, SHORT, SHORT, SHORT, SHORT, SHORT, SHORT, SHORT, SHORT));
    }

    @AfterEach
    void cleanUp() throws IOException {
        engine.close();
        proxy.close();
    }

    interface Call {
        void on(ContainerRuntime runtime, String id) throws ContainerFault;
    }

    record Named(String name, Call call) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Named> calls() {
        return Stream.of(
                new Named("engine", (runtime, id) -> runtime.engine()),
                new Named("find image", (runtime, id) -> runtime.images().find("any")),
                new Named(
                        "pull image",
                        (runtime, id) -> runtime.images()
                                .pull(new PullRequest("any", Platform.UNKNOWN, Optional.empty()), progress -> {})),
                new Named("list images", (runtime, id) -> runtime.images().list()),
                new Named("remove image", (runtime, id) -> runtime.images().remove("any")),
                new Named("disk", (runtime, id) -> runtime.images().disk()),
                new Named("start", ContainerRuntime::start),
                new Named("stop", (runtime, id) -> runtime.stop(id, Duration.ZERO)),
                new Named("remove", ContainerRuntime::remove),
                new Named("removeVolume", ContainerRuntime::removeVolume),
                new Named("inspect", ContainerRuntime::inspect),
                new Named("list", (runtime, id) -> runtime.list()),
                new Named("listVolumes", (runtime, id) -> runtime.listVolumes()));
    }

    @ParameterizedTest
    @MethodSource("calls")
    void everyCallEndsWhenTheEngineHangs(Named row) throws ContainerFault {
        answers(); // by now the API version is known
        proxy.hang(true);

        ContainerFault fault = onAVirtualThread(() -> row.call().on(runtime, "0".repeat(64)));

        assertThat(fault.kind()).isEqualTo(Kind.DockerTimeoutError);
        assertThat(fault.retriable()).isTrue();
        assertThat(fault).hasMessageContaining("did not answer within 300ms");
        proxy.hang(false);
        answers();
    }

    @ParameterizedTest
    @MethodSource("calls")
    void everyCallSaysWhenTheEngineIsDown(Named row) throws ContainerFault {
        proxy.refuse(true);

        ContainerFault fault =
                catchThrowableOfType(ContainerFault.class, () -> row.call().on(runtime, "0".repeat(64)));

        assertThat(fault.kind()).isEqualTo(Kind.EngineUnavailableError);
        assertThat(fault.retriable()).isTrue();
        assertThat(fault).hasMessageContaining("no container engine answers at unix://");
        proxy.refuse(false);
        answers();
    }

    /** The engine answers again: as soon as it does so within the short deadlines of these tests. */
    private void answers() {
        await().ignoreException(ContainerFault.class)
                .untilAsserted(() -> assertThat(runtime.list()).isEmpty());
    }

    @Test
    void theWatchRelistsWheneverTheEngineIsBack() throws ContainerFault {
        DockerRuntime direct = engine.runtime(engine.instance(), DockerDeadlines.standard());
        Seen seen = new Seen();
        runtime.watch(seen);
        await().until(() -> seen.news().contains(Seen.RELIST));
        seen.forget();

        proxy.refuse(true);
        String duringTheGap = direct.create(request("gap"));
        assertThat(seen.news()).isEmpty();
        proxy.refuse(false);

        await().until(() -> seen.news().contains(Seen.RELIST));
        await().ignoreException(ContainerFault.class)
                .untilAsserted(() ->
                        assertThat(runtime.list()).extracting(ContainerView::id).containsExactly(duringTheGap));
        seen.forget();
        String afterwards = direct.create(request("after"));
        direct.start(afterwards);
        await().until(() -> seen.news().contains(afterwards));
    }

    @Test
    void theWatchWaitsForAnEngineThatIsNotThereYet() {
        proxy.refuse(true);
        Seen seen = new Seen();

        ContainerRuntime.Watch watch = runtime.watch(seen);
        await().during(SHORT).until(() -> seen.news().isEmpty());
        proxy.refuse(false);

        await().until(() -> seen.news().contains(Seen.RELIST));
        watch.close();
    }

    @Test
    void aFollowedLogSaysThatItBroke() throws ContainerFault {
        DockerRuntime direct = engine.runtime(engine.instance(), DockerDeadlines.standard());
        String id = direct.create(request("app"));
        direct.start(id);
        Seen seen = new Seen();
        runtime.logs(id, LogRequest.whole(true), seen);
        await().until(() -> seen.stdout().contains("begun"));

        proxy.refuse(true);

        await().until(() -> !seen.ends().isEmpty());
        assertThat(seen.ends().getFirst().orElseThrow().kind()).isEqualTo(Kind.EngineUnavailableError);
    }

    @Test
    void closingEndsWhatIsUnderWay() throws ContainerFault {
        Seen seen = new Seen();
        DockerRuntime patient = engine.runtime(proxy.host(), engine.instance(), DockerDeadlines.standard());
        patient.list();
        proxy.hang(true);
        patient.logs("0".repeat(64), LogRequest.whole(true), seen);

        await().pollDelay(SHORT).until(() -> true);
        patient.close();

        await().until(() -> !seen.ends().isEmpty());
        assertThat(seen.ends().getFirst()).isPresent();
    }

    /** As effects run them. */
    private ContainerFault onAVirtualThread(ThrowableAssert.ThrowingCallable call) {
        List<ContainerFault> faults = new CopyOnWriteArrayList<>();
        engine.environment()
                .effects()
                .run(
                        engine.environment().loop("test"),
                        () -> {
                            ContainerFault fault = catchThrowableOfType(ContainerFault.class, call);
                            assertThat(Thread.currentThread().isInterrupted()).isFalse();
                            return fault;
                        },
                        (Outcome<ContainerFault> outcome) -> {
                            if (outcome instanceof Outcome.Done<ContainerFault> done) {
                                faults.add(done.value());
                            }
                        });
        await().until(() -> !faults.isEmpty());
        return faults.getFirst();
    }

    private ContainerRequest request(String name) {
        ContainerDefinition container = ContainerDefinition.newBuilder()
                .setName(name)
                .setImage(TestImages.busybox(engine.client()))
                .addAllCommand(List.of("sh", "-c", "echo begun; sleep 3600"))
                .build();
        TaskDefinition definition = TaskDefinition.newBuilder()
                .setFamily("test")
                .addContainerDefinitions(container)
                .build();
        return new ContainerRequest(
                "staithe-test-" + engine.instance() + "-" + name,
                TASK,
                definition,
                container,
                ContainerLabels.of(engine.instance(), "default", TASK, definition, name),
                List.of(),
                Map.of());
    }
}
