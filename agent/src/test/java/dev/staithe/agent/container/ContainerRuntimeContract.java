package dev.staithe.agent.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.ContainerRuntime.LogRequest;
import dev.staithe.agent.container.ContainerRuntime.TaskVolume;
import dev.staithe.agent.container.ContainerView.Health;
import dev.staithe.agent.container.ContainerView.State;
import dev.staithe.agent.container.Images.PullRequest;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.HealthCheck;
import dev.staithe.proto.v1.LogConfiguration;
import dev.staithe.proto.v1.MountPoint;
import dev.staithe.proto.v1.PortMapping;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.Volume;
import dev.staithe.runtime.Ids;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the agent relies on, whatever stands behind the port. */
public abstract class ContainerRuntimeContract {
    /** What a container of a test is to do; each implementation has its own way to make one do it. */
    public enum Behaviour {
        /** Runs on, and exits with 143 when it is asked to stop. */
        RUNS,
        /** Exits with 3 at once. */
        EXITS_WITH_3,
        /** Runs on until it is killed. */
        IGNORES_SIGTERM,
        /** Its program is missing. */
        CANNOT_START,
        /** Writes the lines "one", "two", "three" to stdout and exits with 0. */
        PRINTS,
        /** Runs on; its health check succeeds and says "fine". */
        IS_HEALTHY,
        /** Runs on; its health check fails and says "broken". */
        IS_UNHEALTHY
    }

    /** Something that will be true in a while. */
    protected interface Condition {
        boolean holds() throws ContainerFault;
    }

    private static final Duration GRACE = Duration.ofSeconds(1);

    private String task = "";

    protected abstract ContainerRuntime runtime();

    /** The instance of {@link #runtime()}, another for each test. */
    protected abstract String instance();

    /** Another agent on the same engine. */
    protected abstract ContainerRuntime anotherAgent(String otherInstance);

    /** A container that somebody else runs, without labels; the implementation removes it after the test. */
    protected abstract String foreignContainer();

    /** The image, and what else is needed to make a container do that; its image is on the host. */
    protected abstract ContainerDefinition.Builder container(Behaviour behaviour);

    /** Waits, in the time of the implementation, until it holds; fails when it never does. */
    protected abstract void eventually(Condition condition) throws ContainerFault;

    @BeforeEach
    void nameTheTask() {
        task = Ids.derived(instance(), "task");
    }

    @Test
    void tellsWhoTheEngineIs() throws ContainerFault {
        EngineInfo engine = runtime().engine();

        assertThat(engine.osType()).isEqualTo("linux");
        assertThat(engine.cpus()).isPositive();
        assertThat(engine.memoryBytes()).isGreaterThan(1 << 20);
        assertThat(engine.apiVersion()).matches("1\\.\\d+");
        assertThat(engine.logDrivers()).contains("json-file");
    }

    @Test
    void findsImagesOfTheHostOnly() throws ContainerFault {
        assertThat(runtime().images().find(container(Behaviour.RUNS).getImage()))
                .isPresent();
        assertThat(runtime().images().find("staithe.invalid/missing:1")).isEmpty();
    }

    @Test
    void tellsWhichImagesContainersWereMadeOf() throws ContainerFault {
        String image =
                view(runtime().create(request(container(Behaviour.RUNS)))).imageId();

        assertThat(runtime().images().list())
                .filteredOn(each -> each.id().equals(image))
                .singleElement()
                .satisfies(each -> {
                    assertThat(each.used()).isTrue();
                    assertThat(each.references())
                            .contains(container(Behaviour.RUNS).getImage());
                });
    }

    @Test
    void removingAnImageThatIsGoneChangesNothing() throws ContainerFault {
        runtime().images().remove("staithe-test-missing:1");
        runtime().images().remove("sha256:" + "0".repeat(64));

        assertThat(runtime().images().disk().percent()).isBetween(0, 100);
    }

    @Test
    void refusesForGoodToPullWhatDoesNotExist() {
        ContainerFault fault = fault(() -> runtime()
                .images()
                .pull(new PullRequest("staithe-test-missing:1", Platform.UNKNOWN, Optional.empty()), progress -> {}));

        assertThat(fault.kind()).isEqualTo(Kind.CannotPullContainerError);
    }

    @Test
    void createsAContainerThatDoesNotRunYet() throws ContainerFault {
        ContainerRequest request = request(container(Behaviour.RUNS));

        String id = runtime().create(request);

        ContainerView view = view(id);
        assertThat(view.id()).isEqualTo(id);
        assertThat(view.name()).isEqualTo(request.name());
        assertThat(view.state()).isEqualTo(State.CREATED);
        assertThat(view.exitCode()).isEmpty();
        assertThat(view.startedAtMillis()).isZero();
        assertThat(view.labels()).containsAllEntriesOf(request.labels());
        assertThat(view.imageId()).startsWith("sha256:");
        assertThat(runtime().list()).extracting(ContainerView::id).containsExactly(id);
    }

    @Test
    void createsTheSameContainerOnce() throws ContainerFault {
        ContainerRequest request = request(container(Behaviour.RUNS));

        String first = runtime().create(request);
        String second = runtime().create(request);

        assertThat(second).isEqualTo(first);
        assertThat(runtime().list()).hasSize(1);
    }

    @Test
    void refusesANameThatAnotherTaskHas() throws ContainerFault {
        ContainerRequest request = request(container(Behaviour.RUNS));
        runtime().create(request);
        var labels = new HashMap<>(request.labels());
        labels.put(ContainerLabels.TASK, "another");

        ContainerFault fault = fault(() -> runtime()
                .create(new ContainerRequest(
                        request.name(),
                        "another",
                        request.taskDefinition(),
                        request.container(),
                        labels,
                        List.of(),
                        Map.of())));

        assertThat(fault.kind()).isEqualTo(Kind.CannotCreateContainerError);
        assertThat(fault.retriable()).isFalse();
        assertThat(fault).hasMessageContaining("already in use");
    }

    @Test
    void saysWhichImageIsMissing() {
        ContainerFault fault =
                fault(() -> runtime().create(request(container(Behaviour.RUNS).setImage("staithe-test-missing:1"))));

        assertThat(fault.kind()).isEqualTo(Kind.CannotCreateContainerError);
        assertThat(fault.retriable()).isFalse();
        assertThat(fault).hasMessageContaining("No such image: staithe-test-missing:1");
    }

    @Test
    void startsOnce() throws ContainerFault {
        String id = runtime().create(request(container(Behaviour.RUNS)));

        runtime().start(id);
        ContainerView first = view(id);
        runtime().start(id);

        assertThat(first.state()).isEqualTo(State.RUNNING);
        assertThat(first.exitCode()).isEmpty();
        assertThat(first.startedAtMillis()).isPositive();
        assertThat(first.finishedAtMillis()).isZero();
        assertThat(first.health()).isEqualTo(Health.NONE);
        assertThat(view(id).startedAtMillis()).isEqualTo(first.startedAtMillis());
    }

    @Test
    void showsHowAContainerEnded() throws ContainerFault {
        String id = started(container(Behaviour.EXITS_WITH_3));

        eventually(() -> view(id).state() == State.STOPPED);

        assertThat(view(id).exitCode()).isEqualTo(OptionalInt.of(3));
        assertThat(view(id).oomKilled()).isFalse();
        assertThat(view(id).error()).isEmpty();
        assertThat(view(id).finishedAtMillis()).isGreaterThanOrEqualTo(view(id).startedAtMillis());
    }

    @Test
    void saysWhyAContainerCannotBeStarted() throws ContainerFault {
        String id = runtime().create(request(container(Behaviour.CANNOT_START)));

        ContainerFault fault = fault(() -> runtime().start(id));

        assertThat(fault.kind()).isEqualTo(Kind.CannotStartContainerError);
        assertThat(fault.retriable()).isFalse();
        assertThat(fault).hasMessageContaining("no such file or directory");
        assertThat(view(id).state()).isEqualTo(State.CREATED);
        assertThat(view(id).exitCode()).isEmpty();
        assertThat(view(id).error()).contains("no such file or directory");
    }

    @Test
    void stopsWithTheStopSignalFirst() throws ContainerFault {
        String id = started(container(Behaviour.RUNS));

        runtime().stop(id, Duration.ofSeconds(20));

        assertThat(view(id).state()).isEqualTo(State.STOPPED);
        assertThat(view(id).exitCode()).isEqualTo(OptionalInt.of(143));
    }

    @Test
    void killsWhatIgnoresTheStopSignal() throws ContainerFault {
        String id = started(container(Behaviour.IGNORES_SIGTERM));

        runtime().stop(id, GRACE);

        assertThat(view(id).state()).isEqualTo(State.STOPPED);
        assertThat(view(id).exitCode()).isEqualTo(OptionalInt.of(137));
        assertThat(view(id).oomKilled()).isFalse();
    }

    @Test
    void stoppingTwiceOrTooEarlyOrTooLateChangesNothing() throws ContainerFault {
        String id = runtime().create(request(container(Behaviour.RUNS)));

        runtime().stop(id, GRACE);
        assertThat(view(id).state()).isEqualTo(State.CREATED);
        runtime().start(id);
        runtime().stop(id, GRACE);
        ContainerView stopped = view(id);
        runtime().stop(id, GRACE);
        assertThat(view(id)).isEqualTo(stopped);
        runtime().remove(id);
        runtime().stop(id, GRACE);

        assertThat(runtime().inspect(id)).isEmpty();
    }

    @Test
    void removesOnlyWhatDoesNotRun() throws ContainerFault {
        String id = started(container(Behaviour.RUNS));

        ContainerFault fault = fault(() -> runtime().remove(id));
        assertThat(fault.kind()).isEqualTo(Kind.CannotRemoveContainerError);
        runtime().stop(id, GRACE);
        runtime().remove(id);
        runtime().remove(id);

        assertThat(runtime().inspect(id)).isEmpty();
        assertThat(runtime().list()).isEmpty();
    }

    @Test
    void publishesDynamicPortsWhileTheContainerRuns() throws ContainerFault {
        PortMapping.Builder dynamic = PortMapping.newBuilder().setContainerPort(80);
        String one = started(container(Behaviour.RUNS).setName("one").addPortMappings(dynamic));
        String two = started(container(Behaviour.RUNS).setName("two").addPortMappings(dynamic.setProtocol("udp")));

        ContainerView.PortBinding first = view(one).ports().getFirst();
        ContainerView.PortBinding second = view(two).ports().getFirst();
        runtime().stop(one, GRACE);

        assertThat(first.containerPort()).isEqualTo(80);
        assertThat(first.hostPort()).isGreaterThan(1023);
        assertThat(first.protocol()).isEqualTo("tcp");
        assertThat(first.bindIp()).isEqualTo("0.0.0.0");
        assertThat(second.protocol()).isEqualTo("udp");
        assertThat(view(one).ports()).isEmpty();
        assertThat(view(two).ports()).containsExactly(second);
    }

    @Test
    void refusesAPortThatIsTaken() throws ContainerFault {
        int port = freePort();
        PortMapping.Builder fixed =
                PortMapping.newBuilder().setContainerPort(80).setHostPort(port);
        String holder = started(container(Behaviour.RUNS).setName("holder").addPortMappings(fixed));
        String late = runtime()
                .create(request(container(Behaviour.RUNS).setName("late").addPortMappings(fixed)));

        ContainerFault fault = fault(() -> runtime().start(late));

        assertThat(fault.kind()).isEqualTo(Kind.CannotStartContainerError);
        assertThat(fault.retriable()).isFalse();
        assertThat(fault).hasMessageContaining("port is already allocated");
        assertThat(view(holder).ports().getFirst().hostPort()).isEqualTo(port);
        assertThat(view(late).state()).isEqualTo(State.CREATED);
    }

    @Test
    void tellsTheHealthOfWhatHasAHealthCheck() throws ContainerFault {
        String healthy = started(checked(container(Behaviour.IS_HEALTHY)).setName("healthy"));
        String unhealthy = started(checked(container(Behaviour.IS_UNHEALTHY)).setName("unhealthy"));

        assertThat(view(unhealthy).health()).isNotEqualTo(Health.NONE);
        eventually(() -> view(healthy).health() == Health.HEALTHY);
        eventually(() -> view(unhealthy).health() == Health.UNHEALTHY);

        assertThat(view(healthy).healthOutput()).contains("fine");
        assertThat(view(unhealthy).healthOutput()).contains("broken");
    }

    @Test
    void neverTouchesWhatIsNotItsOwn() throws ContainerFault {
        String foreign = foreignContainer();
        ContainerRuntime other = anotherAgent("other-" + instance());
        String own = started(container(Behaviour.RUNS));

        for (ContainerRuntime each : new ContainerRuntime[] {runtime(), other}) {
            String target = each.equals(other) ? own : foreign;
            assertThat(each.inspect(target)).isEmpty();
            assertThat(each.list()).extracting(ContainerView::id).doesNotContain(target);
            assertThat(fault(() -> each.start(target)).kind()).isEqualTo(Kind.CannotStartContainerError);
            assertThat(fault(() -> each.stop(target, GRACE)).kind()).isEqualTo(Kind.CannotStopContainerError);
            assertThat(fault(() -> each.remove(target)).kind()).isEqualTo(Kind.CannotRemoveContainerError);
        }

        assertThat(view(own).state()).isEqualTo(State.RUNNING);
    }

    @Test
    void watchBeginsWithARelistAndTellsWhatContainersDoByThemselves() throws ContainerFault {
        Seen seen = new Seen();

        ContainerRuntime.Watch watch = runtime().watch(seen);
        eventually(() -> !seen.news().isEmpty());
        assertThat(seen.news()).containsExactly(Seen.RELIST);
        seen.forget();
        String id = started(container(Behaviour.EXITS_WITH_3));
        eventually(() -> seen.news().contains(id));
        assertThat(seen.news()).doesNotContain(Seen.RELIST);
        watch.close();
        seen.forget();
        runtime().remove(id);
        started(container(Behaviour.EXITS_WITH_3).setName("later"));

        assertThat(seen.news()).isEmpty();
    }

    @Test
    void watchTellsOfOwnContainersOnly() throws ContainerFault {
        Seen others = new Seen();
        Seen own = new Seen();
        anotherAgent("other-" + instance()).watch(others);
        runtime().watch(own);
        eventually(() -> !others.news().isEmpty() && !own.news().isEmpty());

        String id = started(container(Behaviour.EXITS_WITH_3));

        eventually(() -> own.news().contains(id));
        assertThat(others.news()).containsExactly(Seen.RELIST);
    }

    @Test
    void watchTellsWhenTheHealthIsKnown() throws ContainerFault {
        String id = started(checked(container(Behaviour.IS_HEALTHY)));
        Seen seen = new Seen();
        runtime().watch(new ContainerRuntime.Listener() {
            @Override
            public void changed(String changed) {
                try {
                    if (view(changed).health() == Health.HEALTHY) {
                        seen.changed(changed);
                    }
                } catch (ContainerFault fault) {
                    throw new AssertionError(fault);
                }
            }

            @Override
            public void relist() {}
        });

        eventually(() -> seen.news().contains(id));
    }

    @Test
    void readsWhatAContainerWrote() throws ContainerFault {
        String id = started(container(Behaviour.PRINTS));
        eventually(() -> view(id).state() == State.STOPPED);
        Seen all = new Seen();
        Seen last = new Seen();

        runtime().logs(id, LogRequest.whole(false), all);
        runtime().logs(id, new LogRequest(1, 0, true), last);

        eventually(() -> !all.ends().isEmpty() && !last.ends().isEmpty());
        assertThat(all.stdout()).containsExactly("one", "two", "three");
        assertThat(all.times())
                .hasSize(3)
                .allSatisfy(time -> assertThat(time).isCloseTo(view(id).startedAtMillis(), within(60_000L)));
        assertThat(last.stdout()).containsExactly("three");
        assertThat(all.ends()).containsExactly(Optional.empty());
        assertThat(last.ends()).containsExactly(Optional.empty());
    }

    @Test
    void followsAContainerUntilItStops() throws ContainerFault {
        String id = started(container(Behaviour.RUNS));
        Seen followed = new Seen();
        Seen closed = new Seen();

        ContainerRuntime.LogStream stream = runtime().logs(id, LogRequest.whole(true), closed);
        stream.close();
        runtime().logs(id, LogRequest.whole(true), followed);
        assertThat(followed.ends()).isEmpty();
        runtime().stop(id, GRACE);

        eventually(() -> !followed.ends().isEmpty());
        assertThat(followed.ends()).containsExactly(Optional.empty());
        assertThat(closed.ends()).isEmpty();
    }

    @Test
    void saysWhyThereAreNoLogs() throws ContainerFault {
        String mute = started(container(Behaviour.RUNS)
                .setLogConfiguration(LogConfiguration.newBuilder().setLogDriver("none")));
        Seen ofMute = new Seen();
        Seen ofNobody = new Seen();

        runtime().logs(mute, LogRequest.whole(false), ofMute);
        runtime().logs("0".repeat(64), LogRequest.whole(false), ofNobody);

        eventually(() -> !ofMute.ends().isEmpty() && !ofNobody.ends().isEmpty());
        assertThat(ofMute.ends().getFirst().orElseThrow()).hasMessageContaining("log driver none");
        assertThat(ofNobody.ends().getFirst().orElseThrow()).hasMessageContaining("No such container");
    }

    @Test
    void keepsAVolumeForEachTaskUntilItIsRemoved() throws ContainerFault {
        Volume scratch = Volume.newBuilder().setName("scratch").build();
        ContainerDefinition.Builder mounting = container(Behaviour.RUNS)
                .addMountPoints(
                        MountPoint.newBuilder().setSourceVolume("scratch").setContainerPath("/scratch"));
        TaskDefinition definition = definition(mounting).addVolumes(scratch).build();
        String id = runtime().create(request(definition, mounting.build()));
        String name = TaskVolumes.engineName(task, scratch);

        assertThat(runtime().listVolumes()).containsExactly(new TaskVolume(name, task));
        assertThat(anotherAgent("other-" + instance()).listVolumes()).isEmpty();
        runtime().remove(id);
        assertThat(runtime().listVolumes()).hasSize(1);
        anotherAgent("other-" + instance()).removeVolume(name);
        assertThat(runtime().listVolumes()).hasSize(1);
        runtime().removeVolume(name);
        runtime().removeVolume(name);

        assertThat(runtime().listVolumes()).isEmpty();
    }

    @Test
    void aContainerInASandboxHasItsPorts() throws ContainerFault {
        ContainerRequest request = request(container(Behaviour.RUNS)
                .addPortMappings(PortMapping.newBuilder().setContainerPort(8080)));
        String sandbox = sandbox(request);

        String id = runtime().create(request.joining(sandbox));
        runtime().start(id);

        assertThat(view(sandbox).state()).isEqualTo(State.RUNNING);
        assertThat(view(id).ports()).hasSize(1).isEqualTo(view(sandbox).ports());
        assertThat(view(id).ports().getFirst().containerPort()).isEqualTo(8080);
        assertThat(view(id).labels()).containsEntry(ContainerLabels.NETWORK, sandbox);
        assertThat(runtime().list()).extracting(ContainerView::id).containsExactlyInAnyOrder(sandbox, id);
    }

    @Test
    void makesASandboxOfOneNameOnce() throws ContainerFault {
        ContainerRequest request = request(container(Behaviour.RUNS));

        assertThat(sandbox(request)).isEqualTo(sandbox(request));
    }

    @Test
    void removesASandboxThatRunsAndNothingElse() throws ContainerFault {
        ContainerRequest request = request(container(Behaviour.RUNS));
        String sandbox = sandbox(request);
        String id = started(container(Behaviour.RUNS));

        runtime().removeSandbox(sandbox);
        runtime().removeSandbox(sandbox);

        assertThat(runtime().inspect(sandbox)).isEmpty();
        assertThat(fault(() -> anotherAgent("other-" + instance()).removeSandbox(sandbox(request)))
                        .kind())
                .isEqualTo(Kind.CannotRemoveContainerError);
        assertThat(view(id).state()).isEqualTo(State.RUNNING);
    }

    @Test
    void cannotStartInASandboxThatIsGone() throws ContainerFault {
        ContainerRequest request = request(container(Behaviour.RUNS));
        String sandbox = sandbox(request);
        String id = runtime().create(request.joining(sandbox));
        runtime().removeSandbox(sandbox);

        ContainerFault fault = fault(() -> runtime().start(id));

        assertThat(fault.kind()).isEqualTo(Kind.CannotStartContainerError);
        assertThat(view(id).ports()).isEmpty();
    }

    private String sandbox(ContainerRequest request) throws ContainerFault {
        return runtime()
                .makeSandbox(NetworkSettings.of(request.taskDefinition(), request.container())
                        .orElseThrow()
                        .request(instance(), instance()));
    }

    /** A port of the host that nothing uses. */
    protected int freePort() {
        return 20080;
    }

    protected final ContainerView view(String id) throws ContainerFault {
        return runtime().inspect(id).orElseThrow(() -> new AssertionError("no container " + id));
    }

    protected final String started(ContainerDefinition.Builder container) throws ContainerFault {
        String id = runtime().create(request(container));
        runtime().start(id);
        return id;
    }

    protected final ContainerRequest request(ContainerDefinition.Builder container) {
        return request(definition(container).build(), container.build());
    }

    protected final ContainerRequest request(TaskDefinition definition, ContainerDefinition container) {
        return new ContainerRequest(
                "staithe-test-" + instance() + "-" + container.getName(),
                task,
                definition,
                container,
                ContainerLabels.of(instance(), "default", task, definition, container.getName()),
                List.of(),
                Map.of());
    }

    protected final String task() {
        return task;
    }

    protected static TaskDefinition.Builder definition(ContainerDefinition.Builder container) {
        return TaskDefinition.newBuilder().setFamily("test").setRevision(7).addContainerDefinitions(container);
    }

    private static ContainerDefinition.Builder checked(ContainerDefinition.Builder container) {
        HealthCheck check = container.getHealthCheck().toBuilder()
                .setInterval(1)
                .setTimeout(5)
                .setRetries(1)
                .build();
        return container.setHealthCheck(check);
    }

    /** A call that is expected to fail. */
    protected interface Call {
        void run() throws ContainerFault;
    }

    protected static ContainerFault fault(Call call) {
        ContainerFault fault = catchThrowableOfType(ContainerFault.class, call::run);
        assertThat(fault).as("the call fails").isNotNull();
        return fault;
    }
}
