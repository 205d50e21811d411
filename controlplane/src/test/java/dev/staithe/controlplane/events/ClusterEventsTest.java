package dev.staithe.controlplane.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.events.ClusterEvent.Command;
import dev.staithe.controlplane.events.ClusterEvent.Subject;
import dev.staithe.controlplane.events.ClusterEvents.Later;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.World;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.Deployment;
import dev.staithe.controlplane.model.Deployment.Rollout;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.ServiceEvent;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.model.Waiting;
import dev.staithe.controlplane.placement.Explanation;
import dev.staithe.controlplane.placement.Reason;
import dev.staithe.controlplane.placement.Verdict;
import dev.staithe.controlplane.reconcile.EventTexts;
import dev.staithe.controlplane.state.Records;
import dev.staithe.controlplane.state.StateReplica;
import dev.staithe.controlplane.store.Guard;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Txn;
import dev.staithe.proto.v1.UpdateServiceRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ClusterEventsTest {
    private static final String TASK = "a".repeat(32);
    private static final String HOST = "1".repeat(32);

    private final World world;
    private final ClusterEvents events;
    private Position seen;

    ClusterEventsTest() throws IntentException {
        world = World.withDefaultCluster();
        events = follow();
        seen = events.end();
    }

    /** One more replica, from now on. */
    private ClusterEvents follow() {
        ClusterEvents following = new ClusterEvents(world.environment.time());
        new StateReplica(world.store, world.environment, world.manual.loop("control"), following).start();
        world.manual.run();
        return following;
    }

    /** What happened since it was last asked. */
    private List<ClusterEvent> news() {
        world.manual.run();
        Later.Events later = (Later.Events) events.after(seen);
        seen = later.upTo();
        return List.copyOf(later.events());
    }

    private static List<String> lines(List<ClusterEvent> events) {
        return events.stream()
                .map(event -> switch (event.subject()) {
                    case Subject.TaskChanged task ->
                        "task " + task.task().id().charAt(0) + " " + task.task().status();
                    case Subject.InstanceChanged instance ->
                        "instance " + instance.instance().id().charAt(0) + " "
                                + event.state().usage(instance.instance().id()).tasks() + " tasks";
                    case Subject.ServiceAction action -> action.level() + " " + action.name() + " " + action.reason();
                    case Subject.DeploymentChanged deployment -> deployment.level() + " " + deployment.name();
                    case Subject.CommandRun run ->
                        run.command().line() + (run.end().isEmpty() ? " begins" : " ends");
                })
                .toList();
    }

    @Test
    void tellsEachVersionOfATaskAndWhatItTakesOfItsHost() throws IntentException {
        world.put(World.instance(HOST, "default", "host-a"));
        Service web = world.created("web", 1);
        news();

        Task task = World.task(web, TASK, TaskStatus.PENDING);
        world.put(task);
        assertThat(lines(news())).containsExactly("task a PENDING", "instance 1 1 tasks");

        Task running = task.with(false, TaskStatus.RUNNING, 2, "", "", task.containers(), Task.Times.created(1));
        world.put(running);
        assertThat(lines(news())).containsExactly("task a RUNNING");

        world.put(running.lost("TaskFailedToStart", "gone", 5));
        assertThat(lines(news())).containsExactly("task a STOPPED", "instance 1 0 tasks");
    }

    @Test
    void saysNothingOfATaskThatIsForgotten() throws IntentException {
        world.put(World.task(world.created("web", 1), TASK, TaskStatus.STOPPED));
        news();

        commit(new Mutation.Delete(Keys.task("default", TASK)));

        assertThat(news()).isEmpty();
    }

    @Test
    void tellsThatAnInstanceCameWasCutOffAndIsDrained() {
        ContainerInstance host = World.instance(HOST, "default", "host-a");
        world.put(host);
        assertThat(lines(news())).containsExactly("instance 1 0 tasks");

        world.put(host.connected(false, true));
        assertThat(news())
                .singleElement()
                .extracting(ClusterEvent::subject)
                .isEqualTo(new Subject.InstanceChanged(host.connected(false, true)));

        commit(new Mutation.Put(
                Keys.host("default", HOST),
                Records.bytes("default", HOST, host.wish().drain(true))));
        assertThat(news())
                .singleElement()
                .satisfies(event -> assertThat(((Subject.InstanceChanged) event.subject())
                                .instance()
                                .status())
                        .isEqualTo(ContainerInstance.Status.DRAINING));

        commit(new Mutation.Delete(Keys.instance("default", HOST)));
        assertThat(lines(news())).containsExactly("instance 1 0 tasks");
    }

    @Test
    void tellsAnInstanceOnceHoweverManyTasksComeToItAtOnce() throws IntentException {
        world.put(World.instance(HOST, "default", "host-a"));
        Service web = world.created("web", 2);
        news();

        commit(
                new Mutation.Put(Keys.task("default", TASK), Records.bytes(World.task(web, TASK, TaskStatus.PENDING))),
                new Mutation.Put(
                        Keys.task("default", "b".repeat(32)),
                        Records.bytes(World.task(web, "b".repeat(32), TaskStatus.PENDING))));

        assertThat(lines(news())).containsExactly("task a PENDING", "task b PENDING", "instance 1 2 tasks");
    }

    @Test
    void tellsWhatBecomesOfADeployment() throws IntentException {
        Service web = world.created("web", 1);
        news();

        Deployment deployment = World.deployment(web, 1, 1, Rollout.IN_PROGRESS);
        world.put(deployment);
        world.put(deployment.numbered(7, 2));
        world.put(deployment.completed(3));
        world.put(World.deployment(web, 2, 1, Rollout.FAILED));

        assertThat(lines(news()))
                .containsExactly(
                        "INFO SERVICE_DEPLOYMENT_IN_PROGRESS",
                        "INFO SERVICE_DEPLOYMENT_COMPLETED",
                        "ERROR SERVICE_DEPLOYMENT_FAILED");
    }

    @Test
    void givesWhatTheSchedulerSaysTheNamesOfEcs() throws IntentException {
        Service web = world.created("web", 1);
        Explanation explanation = new Explanation(
                1, List.of(new Explanation.Host(HOST, "host-a", new Verdict.Refused(Reason.MEMORY, 1, "memory: ..."))));
        news();

        commit(new Mutation.Put(
                Keys.explanation("default", web.uid()),
                Records.bytes(new Waiting("default", web.uid(), explanation.message(1)))));
        says(web, 1, EventTexts.unableToPlace(explanation));
        says(web, 2, EventTexts.impaired());
        says(web, 3, EventTexts.started(List.of(TASK)));
        says(web, 4, EventTexts.steady());
        scale(3);

        assertThat(lines(news()))
                .containsExactly(
                        "ERROR SERVICE_TASK_PLACEMENT_FAILURE RESOURCE:MEMORY",
                        "WARN SERVICE_TASK_START_IMPAIRED ",
                        "INFO SERVICE_STEADY_STATE ",
                        "INFO SERVICE_DESIRED_COUNT_UPDATED ");
    }

    @Test
    void everyReplicaGivesTheSameEventTheSameId() throws IntentException {
        ClusterEvents other = follow();
        world.put(World.instance(HOST, "default", "host-a"));
        world.put(World.task(world.created("web", 1), TASK, TaskStatus.PENDING));
        world.manual.run();
        List<ClusterEvent> here = List.copyOf(((Later.Events) events.after(seen)).events());
        List<ClusterEvent> there = List.copyOf(((Later.Events) other.after(seen)).events());

        assertThat(there)
                .extracting(ClusterEvent::position)
                .isEqualTo(here.stream().map(ClusterEvent::position).toList());
        assertThat(here).extracting(ClusterEvent::position).isSorted().doesNotHaveDuplicates();
        // So a watcher of one goes on with the other.
        assertThat(((Later.Events) other.after(here.getFirst().position())).events())
                .hasSize(here.size() - 1);
    }

    @Test
    void saysWhereWhatIsNotKeptAnyMoreEnds() throws IntentException {
        Service web = world.created("web", 1);
        Position before = ((Later.Events) events.after(seen)).upTo();
        for (int i = 0; i < ClusterEvents.MOST_KEPT + 10; i++) {
            world.put(World.task(web, TASK, TaskStatus.PENDING).marked(Task.Marks.NONE.protectedUntil(i)));
        }
        world.manual.run();

        Later later = events.after(before);

        assertThat(later).isInstanceOf(Later.Gone.class);
        Position from = ((Later.Gone) later).from();
        assertThat(((Later.Events) events.after(from)).events()).hasSize(ClusterEvents.MOST_KEPT);
    }

    @Test
    void doesNotPretendToKnowWhatHappenedWhileTheStateWasLoadedAnew() throws IntentException {
        world.put(World.instance(HOST, "default", "host-a"));
        world.manual.run();
        Position before = events.end();
        List<String> told = new ArrayList<>();
        events.subscribe(() -> told.add("news"));

        events.reset(world.state());
        assertThat(events.after(before)).isInstanceOf(Later.Events.class);

        world.created("web", 1);
        events.reset(world.state());

        assertThat(events.after(before))
                .isEqualTo(new Later.Gone(Position.behind(world.state().revision())));
        assertThat(told).hasSize(2);
    }

    @Test
    void positionsAreReadAsTheyAreWritten() {
        assertThat(Position.parse("12-3")).contains(Position.of(12, 3));
        assertThat(Position.parse("12")).contains(Position.behind(12));
        assertThat(Position.parse(Position.behind(12).toString())).contains(Position.behind(12));
        assertThat(Position.parse("-3")).isEmpty();
        assertThat(Position.parse("12-3-4")).isEmpty();
        assertThat(Position.parse("9".repeat(30))).isEmpty();
        assertThat(Position.parse("")).isEmpty();
    }

    @Test
    void whatIsNotedStandsBetweenTwoTransactionsAndElsewhereIsNotMissed() throws IntentException {
        Service web = world.created("web", 1);
        news();
        Position before = events.end();
        Subject.CommandRun run = new Subject.CommandRun(
                World.task(web, TASK, TaskStatus.RUNNING), new Command("app", "ls", "here", "me"), Optional.empty());

        events.note(run, world.state());
        events.note(run, world.state());
        Position noted = events.end();
        scale(2);

        assertThat(lines(news())).containsExactly("ls begins", "ls begins", "INFO SERVICE_DESIRED_COUNT_UPDATED ");
        assertThat(noted).isGreaterThan(before).isLessThan(events.end());
        assertThat(noted.toString()).isEqualTo(before + "+2");
        assertThat(Position.parse(noted.toString())).contains(noted);
        assertThat(lines(List.copyOf(((Later.Events) events.after(noted)).events())))
                .containsExactly("INFO SERVICE_DESIRED_COUNT_UPDATED ");
    }

    private void says(Service service, long number, String text) {
        world.put(new ServiceEvent(
                "e" + number, "default", service.uid(), number, number, "(service web) " + text, "cause"));
    }

    private void scale(int count) throws IntentException {
        world.services.update(
                UpdateServiceRequest.newBuilder()
                        .setService("web")
                        .setDesiredCount(count)
                        .build(),
                world.state());
    }

    private void commit(Mutation... mutations) {
        world.store.commit(new Txn(List.<Guard>of(), List.of(mutations)));
    }
}
