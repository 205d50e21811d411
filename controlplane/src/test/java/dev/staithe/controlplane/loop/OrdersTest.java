package dev.staithe.controlplane.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.staithe.controlplane.fixture.FakeAgent;
import dev.staithe.controlplane.intent.FaultyStore;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.TagChange;
import dev.staithe.controlplane.intent.TaskCommands;
import dev.staithe.controlplane.intent.TaskCommands.Outcome;
import dev.staithe.controlplane.intent.Tasks;
import dev.staithe.controlplane.intent.World;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.UsedToken;
import dev.staithe.proto.v1.Failure;
import dev.staithe.proto.v1.PlacementConstraint;
import dev.staithe.proto.v1.RunTaskRequest;
import dev.staithe.proto.v1.StartTaskRequest;
import dev.staithe.proto.v1.Tag;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Commands, from the request to what the store holds afterwards. */
class OrdersTest {
    private static final String HOST_1 = "1".repeat(32);
    private static final String HOST_2 = "2".repeat(32);

    private final LoopWorld here = new LoopWorld();
    private final Tasks tasks = new Tasks(here.commands, here.world.environment);
    private final RunTaskRequest request = RunTaskRequest.newBuilder()
            .setTaskDefinition("web")
            .setCount(2)
            .setClientToken("t1")
            .setReferenceId("job-7")
            .setEnableExecuteCommand(true)
            .addTags(tag("who", "me"))
            .build();

    OrdersTest() throws IntentException {
        here.world.created("web", 0);
        here.lead();
        here.agent('1');
        here.agent('2');
    }

    @Test
    void keepsWithATaskWhatItWasStartedWith() throws IntentException {
        Task task = tasks.run(request).value().tasks().getFirst();

        assertThat(here.state().task(task.id())).contains(task);
        assertThat(task.marks().tags()).containsExactly(tag("who", "me"));
        assertThat(task.marks().referenceId()).isEqualTo("job-7");
        assertThat(task.marks().executeCommand()).isTrue();
    }

    @Test
    void aTokenStartsNothingTwiceAlsoWhenTheOutcomeWasInDoubt() throws IntentException {
        here.world.store.next(FaultyStore.APPLIED_UNSEEN);

        Outcome first = tasks.run(request).value();
        Outcome again = tasks.run(request).value();

        assertThat(first.tasks()).hasSize(2);
        assertThat(again).isEqualTo(first);
        assertThat(here.state().usedTokens()).extracting(UsedToken::started).containsExactly(2);
    }

    @Test
    void aTokenOutlivesItsTasksAndTheLeaderAndIsForgottenAfterADay() throws IntentException {
        List<Task> first = tasks.run(request).value().tasks();
        here.agents.forEach(a -> here.reports(a, 1, "STOPPED"));
        here.pass(Duration.ofHours(2));
        assertThat(here.state().tasks()).isEmpty();

        here.demote();
        here.lead();
        here.agents.forEach(a -> a.says(a.hello(2)));
        here.run();
        Outcome again = tasks.run(request).value();

        assertThat(again.tasks()).isEmpty();
        assertThat(again.failures())
                .extracting(Failure::getReason, Failure::getResource)
                .containsExactlyElementsOf(
                        first.stream().map(t -> tuple("MISSING", t.id())).toList());

        here.world.manual.advance(Duration.ofHours(24));
        here.run();
        assertThat(here.state().usedTokens()).isEmpty();
        assertThat(here.control.idle()).isTrue();
    }

    @Test
    void aTokenThatCouldStartNothingMayTryAgain() throws IntentException {
        here.agents.forEach(FakeAgent::hangsUp);
        here.pass(Duration.ofSeconds(12));
        assertThat(tasks.run(request).value().tasks()).isEmpty();
        assertThat(here.state().usedTokens()).isEmpty();

        here.agent('3');

        assertThat(tasks.run(request).value().tasks()).hasSize(2);
    }

    @Test
    void startsOneTaskOnEachNamedInstanceAndSaysWhichCannotTakeOne() throws IntentException {
        here.agents.getFirst().hangsUp();
        IntStream.range(0, 12).forEach(i -> {
            here.agents.getLast().beats();
            here.world.manual.advance(Duration.ofSeconds(1));
        });

        Outcome outcome = tasks.start(StartTaskRequest.newBuilder()
                        .setTaskDefinition("web")
                        .addContainerInstances(HOST_1)
                        .addContainerInstances("2222")
                        .build())
                .value();

        assertThat(outcome.tasks()).extracting(Task::instanceId).containsExactly(HOST_2);
        assertThat(outcome.tasks()).extracting(Task::group).containsExactly("family:web");
        assertThat(outcome.failures())
                .singleElement()
                .satisfies(
                        f -> assertThat(f.getResource() + " " + f.getReason()).isEqualTo(HOST_1 + " AGENT"));
    }

    @Test
    void placesByTheConstraintsOfTheRequestAndSaysWhichHostDoesNotMeetThem() throws IntentException {
        Outcome outcome = tasks.run(request.toBuilder()
                        .setCount(3)
                        .addPlacementConstraints(
                                PlacementConstraint.newBuilder().setType("DISTINCTINSTANCE"))
                        .build())
                .value();

        assertThat(outcome.tasks()).extracting(Task::instanceId).containsExactlyInAnyOrder(HOST_1, HOST_2);
        assertThat(outcome.failures())
                .extracting(Failure::getReason)
                .containsExactly(
                        "DistinctInstance placement constraint unsatisfied.",
                        "DistinctInstance placement constraint unsatisfied.");
    }

    @Test
    void protectsTasksOfServicesAloneAndByItsOwnClock() throws IntentException {
        Task standalone = tasks.run(request).value().tasks().getFirst();
        Service busy = here.world.created("busy", 2);
        here.run();
        List<Task> live = here.live(busy);
        here.commands.stop(new TaskCommands.StopTask(live.getFirst().id(), "enough"));
        String kept = live.getLast().id();

        Outcome outcome = here.commands
                .protect(new TaskCommands.ProtectTasks(
                        List.of(standalone.id(), live.getFirst().id(), kept, "gone"), Duration.ofMinutes(5)))
                .value();

        long now = here.world.environment.time().now().toEpochMilli();
        assertThat(here.state().task(kept).orElseThrow().marks().protectedUntilMillis())
                .isEqualTo(now + 300_000);
        assertThat(outcome.tasks()).extracting(Task::id).containsExactly(kept);
        assertThat(outcome.failures())
                .extracting(Failure::getReason)
                .containsExactly("TASK_NOT_VALID", "TASK_NOT_VALID", "MISSING");

        here.commands.protect(new TaskCommands.ProtectTasks(List.of(kept), Duration.ZERO));
        assertThat(here.state().task(kept).orElseThrow().marks().protectedUntilMillis())
                .isZero();
    }

    @Test
    void aServiceGivesItsTasksTheTagsThatItPropagates() throws IntentException {
        Service tagged = here.world
                .services
                .create(
                        World.service("tagged", "web", 1).toBuilder()
                                .addTags(tag("team", "shop"))
                                .setPropagateTags("SERVICE")
                                .build(),
                        here.state())
                .value();
        Service plain = here.world
                .services
                .create(
                        World.service("plain", "web", 1).toBuilder()
                                .addTags(tag("team", "shop"))
                                .build(),
                        here.state())
                .value();
        here.run();

        assertThat(here.live(tagged))
                .singleElement()
                .satisfies(t -> assertThat(t.marks().tags()).containsExactly(tag("team", "shop")));
        assertThat(here.live(plain))
                .singleElement()
                .satisfies(t -> assertThat(t.marks().tags()).isEmpty());
    }

    @Test
    void refusesTagsThatAreTooManyTogether() throws IntentException {
        Task task = tasks.run(request).value().tasks().getFirst();
        List<Tag> fifty = IntStream.range(0, 50).mapToObj(i -> tag("k" + i, "")).toList();

        IntentException refused = catchThrowableOfType(
                IntentException.class,
                () -> here.commands.tag(new TaskCommands.TagTask(task.id(), new TagChange(fifty, new TreeSet<>()))));

        assertThat(refused).hasMessage("tags: 51 tags on one resource (expected: at most 50)");
        assertThat(here.state().task(task.id())).contains(task);
    }

    private static Tag tag(String key, String value) {
        return Tag.newBuilder().setKey(key).setValue(value).build();
    }
}
