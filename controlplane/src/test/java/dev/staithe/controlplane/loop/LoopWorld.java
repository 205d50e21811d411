package dev.staithe.controlplane.loop;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.commit.Committer;
import dev.staithe.controlplane.dispatch.AgentSessions;
import dev.staithe.controlplane.fixture.FakeAgent;
import dev.staithe.controlplane.fixture.ManualEnvironment.ManualLoop;
import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.TaskCommands;
import dev.staithe.controlplane.intent.World;
import dev.staithe.controlplane.leader.LeaderRoles;
import dev.staithe.controlplane.leader.Leadership;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.Task;
import dev.staithe.controlplane.reconcile.Settings;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.state.StateReplica;
import dev.staithe.controlplane.store.CommitResult;
import dev.staithe.controlplane.store.Guard;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Mutation;
import dev.staithe.controlplane.store.Txn;
import dev.staithe.proto.agent.v1.TaskReport;
import dev.staithe.proto.v1.TaskOverride;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** The loop with everything that it talks to, on a store in memory; the test elects and demotes by hand. */
final class LoopWorld {
    static final Settings SETTINGS = new Settings(
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofMinutes(27),
            Duration.ofHours(1),
            Duration.ofHours(6),
            20,
            Duration.ofMinutes(10));

    final World world = World.withDefaultCluster();
    final ManualLoop loop = world.manual.loop("control");
    final LeaderRoles roles = new LeaderRoles();
    final List<Leadership> fenced = new ArrayList<>();
    final List<FakeAgent> agents = new ArrayList<>();
    final ControlLoop control;
    final AgentSessions sessions;
    final StateReplica replica;
    final LoopCommands commands;
    int resigned;

    LoopWorld() throws IntentException {
        control = new ControlLoop(
                world.environment,
                loop,
                new Committer(world.store),
                world.services.rollouts(),
                SETTINGS,
                this::fenced,
                () -> resigned++);
        replica = new StateReplica(world.store, world.environment, loop, control);
        sessions = new AgentSessions(
                loop,
                Duration.ofSeconds(2),
                replica::current,
                Optional::empty,
                control,
                (instance, question, answer) -> {});
        control.enlist(roles, sessions);
        commands =
                new LoopCommands(world.environment.effects(), loop, control, Optional::empty, Duration.ofSeconds(15));
        replica.start();
        run();
    }

    private void fenced(Leadership term) {
        fenced.add(term);
        roles.stop("fenced");
    }

    void run() {
        world.manual.run();
    }

    void onLoop(Runnable work) {
        loop.execute(work);
        run();
    }

    /** Makes this replica the leader. */
    Leadership lead() {
        Leadership term = takeKey();
        onLoop(() -> roles.start(term));
        return term;
    }

    /** Puts a new leader's key into the store. */
    Leadership takeKey() {
        world.store.commit(new Txn(List.of(), List.of(new Mutation.Delete(Keys.LEADER))));
        CommitResult result = world.store.commit(new Txn(
                List.of(new Guard.Absent(Keys.LEADER)), List.of(new Mutation.Put(Keys.LEADER, ByteString.EMPTY))));
        return new Leadership(((CommitResult.Committed) result).revision());
    }

    void demote() {
        onLoop(() -> roles.stop("demoted"));
    }

    /** A host with room for 128 tasks of 32 MiB, connected. */
    FakeAgent agent(char digit) {
        FakeAgent agent = new FakeAgent(String.valueOf(digit).repeat(32), sessions);
        agents.add(agent);
        agent.says(agent.hello(1));
        run();
        return agent;
    }

    /** Lets time pass; agents that did not hang up beat each second. */
    void pass(Duration duration) {
        for (long i = 0; i < duration.toSeconds(); i++) {
            agents.stream().filter(a -> a.closed == 0).forEach(FakeAgent::beats);
            world.manual.advance(Duration.ofSeconds(1));
        }
    }

    /** The host says that all it holds is in that status. */
    void reports(FakeAgent agent, long number, String status) {
        agent.reports(
                number,
                agent.assigned().stream()
                        .map(t -> FakeAgent.report(t, number, status))
                        .toArray(TaskReport[]::new));
        run();
    }

    ClusterState state() {
        return world.state();
    }

    List<Task> live(Service service) {
        return state().tasksOfService(service.uid()).stream().filter(Task::live).toList();
    }

    Inputs.Command.Run runTask(Service like, String seed, int count) {
        return new Inputs.Command.Run(
                new TaskCommands.RunTasks(template(like), seed, OptionalLong.empty(), count, List.of(), List.of()),
                new CompletableFuture<>());
    }

    static TaskCommands.Template template(Service like) {
        return new TaskCommands.Template(
                "default",
                like.taskDefinition(),
                "family:web",
                "",
                TaskOverride.getDefaultInstance(),
                List.of(),
                "",
                false);
    }

    static IntentException refusal(Inputs.Command command) {
        assertThat(command.answer()).isCompletedExceptionally();
        Throwable failure = command.answer().handle((done, why) -> why).join();
        assertThat(failure).isInstanceOf(IntentException.class);
        return (IntentException) failure;
    }
}
