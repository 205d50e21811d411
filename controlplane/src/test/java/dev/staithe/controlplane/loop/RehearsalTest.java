package dev.staithe.controlplane.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.fixture.FakeAgent;
import dev.staithe.controlplane.intent.Hosts;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.Rehearsals.Action;
import dev.staithe.controlplane.intent.Rehearsals.Host;
import dev.staithe.controlplane.intent.Rehearsals.Rehearsed;
import dev.staithe.controlplane.intent.Supposition;
import dev.staithe.controlplane.intent.World;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.proto.agent.v1.TaskReport;
import dev.staithe.proto.v1.UpdateServiceRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RehearsalTest {
    private static final String DIGITS = "123456789";

    private final LoopWorld loop;
    private long reports;
    private int joined;

    RehearsalTest() throws IntentException {
        loop = new LoopWorld();
        loop.lead();
    }

    private Rehearsed rehearse(Supposition... suppositions) {
        return new Rehearsal(LoopWorld.SETTINGS, loop.world.environment.time())
                .rehearse(loop.state(), "default", List.of(suppositions));
    }

    /** Hosts do what they are told, until nothing moves. */
    private void settle() {
        long quietSince = 0;
        for (int second = 0; second < 600 && second - quietSince < 15; second++) {
            long before = loop.state().revision();
            for (FakeAgent agent : List.copyOf(loop.agents)) {
                List<TaskReport> said = agent.assigned().stream()
                        .flatMap(id -> loop.state().task(id).stream())
                        .filter(task -> !task.stopped())
                        .map(task -> FakeAgent.report(task.id(), reports + 1, task.live() ? "RUNNING" : "STOPPED"))
                        .toList();
                agent.reports(++reports, said.toArray(TaskReport[]::new));
            }
            loop.run();
            loop.pass(Duration.ofSeconds(1));
            quietSince = moved(before) ? second : quietSince;
        }
    }

    /** Reports alone write new versions of what they say again; only what is started or stopped is a move. */
    private boolean moved(long since) {
        return loop.state().tasks().stream()
                .anyMatch(t -> loop.state().revisionOf(t) > since
                        && (t.status() == dev.staithe.controlplane.model.TaskStatus.PENDING || !t.live()));
    }

    /** Definition and host to how many tasks. */
    private static SortedMap<String, Integer> placements(ClusterState state) {
        SortedMap<String, Integer> placements = new TreeMap<>();
        state.tasks().stream()
                .filter(Task::live)
                .forEach(t ->
                        placements.merge(t.group() + " " + t.taskDefinition() + " " + t.instanceId(), 1, Integer::sum));
        return placements;
    }

    private static SortedMap<String, Integer> placements(ClusterState begin, Rehearsed plan) {
        SortedMap<String, Integer> placements = placements(begin);
        for (Action action : plan.actions()) {
            String key = "service:" + action.service() + " " + action.definition() + " "
                    + action.host().id();
            placements.merge(key, action.starts() ? 1 : -1, Integer::sum);
        }
        placements.values().removeIf(count -> count == 0);
        return placements;
    }

    /** As many tasks on as many hosts: for plans with hosts whose ids nobody can know before they are there. */
    private static List<Integer> byHost(SortedMap<String, Integer> placements) {
        SortedMap<String, Integer> hosts = new TreeMap<>();
        placements.forEach((key, count) -> hosts.merge(key.substring(key.lastIndexOf(' ')), count, Integer::sum));
        return hosts.values().stream().sorted().toList();
    }

    private void update(String service, OptionalInt count, Optional<TaskDefinitionRef> definition)
            throws IntentException {
        UpdateServiceRequest.Builder request = UpdateServiceRequest.newBuilder().setService(service);
        count.ifPresent(request::setDesiredCount);
        definition.ifPresent(d -> request.setTaskDefinition(d.toString()));
        loop.world.services.update(request.build(), loop.state());
    }

    private void apply(Supposition supposition) throws IntentException {
        switch (supposition) {
            case Supposition.HostsAdded added -> {
                for (int i = 0; i < added.count(); i++) {
                    loop.agent(DIGITS.charAt(8 - joined++));
                }
            }
            case Supposition.Drained drained ->
                new Hosts(loop.world.store)
                        .drain(loop.state().instance(drained.instanceId()).orElseThrow(), true);
            case Supposition.Lost lost -> {
                List<FakeAgent> gone = loop.agents.stream()
                        .filter(a -> a.instanceId.equals(lost.instanceId()))
                        .toList();
                loop.agents.removeAll(gone);
                gone.forEach(FakeAgent::hangsUp);
                loop.pass(Duration.ofSeconds(70));
            }
            case Supposition.ServiceChanged change -> update(change.name(), change.desiredCount(), change.definition());
        }
        loop.run();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 104})
    void aPlanAppliedEqualsThePlanShown(int seed) throws IntentException {
        Random random = new Random(seed);
        int hosts = 2 + random.nextInt(3);
        for (int i = 0; i < hosts; i++) {
            loop.agent(DIGITS.charAt(i));
        }
        loop.world.created("web", random.nextInt(6));
        loop.world.created("api", 1 + random.nextInt(4));
        settle();

        for (int round = 0; round < 2; round++) {
            Supposition supposition = supposed(random, hosts);
            ClusterState begin = loop.state();
            Rehearsed plan = rehearse(supposition);
            apply(supposition);
            settle();

            SortedMap<String, Integer> shown = placements(begin, plan);
            SortedMap<String, Integer> applied = placements(loop.state());
            if (supposition instanceof Supposition.HostsAdded) {
                assertThat(byHost(applied)).as("%s", supposition).isEqualTo(byHost(shown));
            } else {
                assertThat(applied).as("%s", supposition).isEqualTo(shown);
            }
            assertThat(rehearse().actions()).isEmpty();
        }
    }

    private Supposition supposed(Random random, int hosts) throws IntentException {
        return switch (random.nextInt(5)) {
            case 0 ->
                new Supposition.ServiceChanged("default", "web", OptionalInt.of(random.nextInt(9)), Optional.empty());
            case 1 -> {
                int revision = loop.world
                        .definitions
                        .register(World.definition("api"))
                        .value()
                        .ref()
                        .revision();
                yield new Supposition.ServiceChanged(
                        "default",
                        "api",
                        OptionalInt.of(1 + random.nextInt(5)),
                        Optional.of(new TaskDefinitionRef("api", revision)));
            }
            case 2 -> new Supposition.Drained(DIGITS.substring(0, 1).repeat(32));
            case 3 -> new Supposition.Lost(DIGITS.substring(hosts - 1, hosts).repeat(32));
            default -> {
                FakeAgent like = loop.agents.getFirst();
                yield new Supposition.HostsAdded(
                        1,
                        like.hello(1).getFacts().getCpuUnits(),
                        like.hello(1).getFacts().getMemoryMib(),
                        new TreeMap<>());
            }
        };
    }

    @Test
    void writesNothing() throws IntentException {
        loop.agent('1');
        loop.world.created("web", 2);
        settle();
        long revision = loop.state().revision();

        rehearse(new Supposition.ServiceChanged("default", "web", OptionalInt.of(9), Optional.empty()));

        assertThat(loop.state().revision()).isEqualTo(revision);
    }

    @Test
    void showsTheStepsOfARollOutAndWhatTheHostsHoldBeforeAndAfter() throws IntentException {
        loop.agent('1');
        loop.agent('2');
        Service web = loop.world.created("web", 2);
        settle();
        loop.world.definitions.register(World.definition("web"));

        Rehearsed plan = rehearse(new Supposition.ServiceChanged(
                "default", "web", OptionalInt.empty(), Optional.of(new TaskDefinitionRef("web", 2))));

        assertThat(plan.actions())
                .extracting(a -> a.step() + (a.starts() ? " start " : " stop ") + a.definition())
                .containsExactly("1 start web:2", "1 start web:2", "2 stop web:1", "2 stop web:1");
        assertThat(plan.hosts()).extracting(h -> h.after().tasks()).containsExactly(1, 1);
        assertThat(loop.state().service("default", "web")).contains(web);
    }

    @Test
    void saysWhatWouldNotFit() throws IntentException {
        FakeAgent agent = loop.agent('1');
        loop.world.created("web", 1);
        settle();
        int most = (int) (agent.hello(1).getFacts().getMemoryMib() / 32);

        Rehearsed plan =
                rehearse(new Supposition.ServiceChanged("default", "web", OptionalInt.of(most + 3), Optional.empty()));

        assertThat(plan.shortages())
                .singleElement()
                .satisfies(s ->
                        assertThat(s.waiting().explanation().getWaitingCount()).isEqualTo(3));
        assertThat(plan.hosts())
                .extracting(Host::fate)
                .containsExactly(dev.staithe.controlplane.intent.Rehearsals.Fate.KEPT);
    }

    @Test
    void aDrainThatTheBoundsForbidStaysWhereItIsAndSaysSo() throws IntentException {
        loop.agent('1');
        loop.agent('2');
        loop.world.created("web", 2);
        settle();
        loop.world.services.update(
                UpdateServiceRequest.newBuilder()
                        .setService("web")
                        .setDeploymentConfiguration(dev.staithe.proto.v1.DeploymentConfiguration.newBuilder()
                                .setMinimumHealthyPercent(100)
                                .setMaximumPercent(100))
                        .build(),
                loop.state());
        settle();

        Rehearsed plan = rehearse(new Supposition.Drained("1".repeat(32)));

        assertThat(plan.actions()).isEmpty();
        assertThat(plan.notes()).singleElement().asString().contains("was unable to stop or start tasks");
    }

    @Test
    void addedHostsHaveTheAttributesThatAllHostsShare() {
        loop.agent('1');

        Rehearsed plan = rehearse(new Supposition.HostsAdded(2, 1024, 512, new TreeMap<>(Map.of("rack", "r1"))));

        assertThat(plan.hosts()).extracting(h -> h.instance().hostName()).contains("new-1", "new-2");
        List<Host> added = new ArrayList<>(plan.hosts());
        added.removeIf(h -> h.fate() != dev.staithe.controlplane.intent.Rehearsals.Fate.ADDED);
        assertThat(added).allSatisfy(h -> {
            assertThat(h.instance().attribute("rack")).isEqualTo("r1");
            assertThat(h.instance().registeredAttributes())
                    .containsAllEntriesOf(
                            loop.state().instance("1".repeat(32)).orElseThrow().registeredAttributes());
        });
    }
}
