package dev.staithe.controlplane;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.staithe.controlplane.commit.Committer;
import dev.staithe.controlplane.dispatch.AgentSessions;
import dev.staithe.controlplane.events.ClusterEvents;
import dev.staithe.controlplane.intent.Clusters;
import dev.staithe.controlplane.intent.Explains;
import dev.staithe.controlplane.intent.HostAttributes;
import dev.staithe.controlplane.intent.Hosts;
import dev.staithe.controlplane.intent.Plans;
import dev.staithe.controlplane.intent.ResourceTags;
import dev.staithe.controlplane.intent.Roles;
import dev.staithe.controlplane.intent.Secrets;
import dev.staithe.controlplane.intent.Services;
import dev.staithe.controlplane.intent.TaskCommands;
import dev.staithe.controlplane.intent.TaskDefinitions;
import dev.staithe.controlplane.intent.Tasks;
import dev.staithe.controlplane.leader.Candidate;
import dev.staithe.controlplane.leader.LeaderElection;
import dev.staithe.controlplane.leader.LeaderRoles;
import dev.staithe.controlplane.leader.Leadership;
import dev.staithe.controlplane.loop.ControlLoop;
import dev.staithe.controlplane.loop.LoopCommands;
import dev.staithe.controlplane.loop.Rehearsal;
import dev.staithe.controlplane.secrets.Disclosures;
import dev.staithe.controlplane.secrets.RoleCommands;
import dev.staithe.controlplane.secrets.SecretKeys;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.state.ClusterView;
import dev.staithe.controlplane.state.StateReplica;
import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Store;
import dev.staithe.proto.store.v1.LeaderRecord;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One replica of the control plane, without its network edges: those are {@code Main}'s in a real process, and the
 * simulator's in a simulated one.
 *
 * <p>Everything here lives on one event loop. Every replica answers reads and takes intents; one of them leads.
 */
public final class ControlPlane {
    private static final Duration COMMAND_PATIENCE = Duration.ofSeconds(15);

    private final EventLoop loop;
    private final StateReplica replica;
    private final LeaderElection election;
    private final LeaderRoles roles = new LeaderRoles();
    private final ControlLoop control;
    private final AgentSessions agents;
    private final LoopCommands commands;
    private final Clusters clusters;
    private final TaskDefinitions taskDefinitions;
    private final Services services;
    private final Tasks tasks;
    private final ResourceTags tags;
    private final Hosts hosts;
    private final HostAttributes hostAttributes;
    private final ClusterEvents events;
    private final Plans plans;
    private final Explains explains;
    private final Secrets secrets;
    private final Roles taskRoles;

    private ControlPlane(ControlPlaneConfig config, Environment environment, Store store) {
        loop = environment.loop("control");
        clusters = new Clusters(store, environment);
        taskDefinitions = new TaskDefinitions(store, environment);
        services = new Services(store, environment);
        hosts = new Hosts(store);
        hostAttributes = new HostAttributes(store);
        events = new ClusterEvents(environment.time());
        plans = new Plans(new Rehearsal(config.settings(), environment.time()));
        explains = new Explains(config.settings(), environment.time());
        Wiring wiring = new Wiring();
        replica = new StateReplica(store, environment, loop, wiring);
        Candidate self = new Candidate(config.nodeId(), config.advertise(), config.leaderLease());
        election = new LeaderElection(self, store, environment, loop, wiring);
        control = new ControlLoop(
                environment,
                loop,
                new Committer(store),
                services.rollouts(),
                config.settings(),
                election::fenced,
                election::resign);
        SecretKeys keys = config.secretKeys();
        RoleCommands roleCommands = new RoleCommands(loop, environment, config.roleCommands());
        Disclosures disclosures = new Disclosures(loop, environment, replica::current, keys, roleCommands);
        agents = new AgentSessions(loop, config.heartbeat(), replica::current, this::leader, control, disclosures);
        secrets = new Secrets(store, environment, keys);
        taskRoles = new Roles(store, environment, keys, roleCommands.names());
        control.enlist(roles, agents);
        commands = new LoopCommands(environment.effects(), loop, control, this::leader, COMMAND_PATIENCE);
        tasks = new Tasks(commands, environment);
        tags = new ResourceTags(store, hosts, commands);
    }

    /** Makes a replica that keeps its state in the store. Nothing runs before {@link #start}. */
    public static ControlPlane create(ControlPlaneConfig config, Environment environment, Store store) {
        return new ControlPlane(config, environment, store);
    }

    /** Loads the state, follows it, and stands for election. Answers at once. */
    public void start() {
        replica.start();
    }

    /**
     * Gives leadership up and never takes it again; reads are still answered.
     *
     * @param done run once others may lead
     */
    public void retire(Runnable done) {
        election.close(done);
    }

    /**
     * Gives leadership up and ends.
     *
     * @param done run once nothing of this replica uses the store any more
     */
    public void stop(Runnable done) {
        election.close(() -> {
            replica.close();
            // After what the replica does to close.
            loop.execute(() -> {
                done.run();
                loop.close();
            });
        });
    }

    public ClusterView view() {
        return replica;
    }

    /** Where agents' wires end. */
    public AgentSessions agents() {
        return agents;
    }

    public Clusters clusters() {
        return clusters;
    }

    public TaskDefinitions taskDefinitions() {
        return taskDefinitions;
    }

    public Services services() {
        return services;
    }

    public Tasks tasks() {
        return tasks;
    }

    public ResourceTags tags() {
        return tags;
    }

    public Hosts hosts() {
        return hosts;
    }

    public HostAttributes hostAttributes() {
        return hostAttributes;
    }

    public Plans plans() {
        return plans;
    }

    public Explains explains() {
        return explains;
    }

    public Secrets secrets() {
        return secrets;
    }

    /** Whose credentials tasks get. */
    public Roles taskRoles() {
        return taskRoles;
    }

    /** What happens, as this replica learns of it. */
    public ClusterEvents events() {
        return events;
    }

    /** The unvalidated side of {@link #tasks}. */
    public TaskCommands commands() {
        return commands;
    }

    /** The loop that everything of this replica lives on. */
    public EventLoop loop() {
        return loop;
    }

    /** Whether everything that is known has been acted upon. On the loop. */
    public boolean idle() {
        return control.idle();
    }

    /** Whether this replica decides. On the loop. */
    public boolean leads() {
        return control.leads();
    }

    /** What only a leader runs, and runs now. On the loop. */
    public List<String> leaderRoles() {
        return roles.running();
    }

    /** Who leads, as far as this replica knows. */
    public Optional<LeaderRecord> leader() {
        return replica.current().leader().flatMap(ControlPlane::record);
    }

    private static Optional<LeaderRecord> record(Entry entry) {
        try {
            return Optional.of(LeaderRecord.parseFrom(entry.value()));
        } catch (InvalidProtocolBufferException unreadable) {
            // As good as unknown: whoever asks tries again, and the next term writes a new one.
            return Optional.empty();
        }
    }

    /** Brings every step of the state and every change of leadership to all who have to know. */
    private final class Wiring implements StateReplica.Listener, LeaderElection.Listener {
        private boolean standing;

        @Override
        public void changed(ClusterState before, ClusterState after, Batch batch) {
            control.changed(before, after, batch);
            events.changed(before, after, batch);
            if (!before.leader().equals(after.leader())) {
                election.leaderKey(after.leader());
            }
        }

        @Override
        public void reset(ClusterState after) {
            control.reset(after);
            events.reset(after);
            election.leaderKey(after.leader());
            if (!standing) {
                standing = true;
                election.start();
            }
        }

        @Override
        public void elected(Leadership leadership) {
            roles.start(leadership);
        }

        @Override
        public void demoted(String why) {
            roles.stop(why);
        }

        @Override
        public void leaderChanged(Optional<LeaderRecord> leader) {
            // Agents and clients ask, and are answered from the state.
        }
    }
}
