package dev.staithe.controlplane.intent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.model.ContainerInstance;
import dev.staithe.controlplane.model.ContainerInstance.Status;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.proto.v1.Tag;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HostsTest {
    private static final String ID = "1".repeat(32);

    private final World world;

    HostsTest() throws IntentException {
        world = World.withDefaultCluster();
        world.put(World.instance(ID, "default", "host-a"));
    }

    private ContainerInstance host() {
        return world.state().instance(ID).orElseThrow();
    }

    @Test
    void drainsAHostAndLetsItTakeTasksAgain() throws IntentException {
        assertThat(world.hosts.drain(host(), true).value().status()).isEqualTo(Status.DRAINING);
        assertThat(host().status()).isEqualTo(Status.DRAINING);

        world.hosts.drain(host(), false);

        assertThat(host().status()).isEqualTo(Status.ACTIVE);
    }

    @Test
    void drainsAHostWhoseAgentIsNotConnected() throws IntentException {
        world.put(host().connected(false, true));

        assertThat(world.hosts.drain(host(), true).value().status()).isEqualTo(Status.DRAINING);
    }

    @Test
    void writesNothingWhenTheHostIsDrainedAlready() throws IntentException {
        Written<ContainerInstance> first = world.hosts.drain(host(), true);

        assertThat(world.hosts.drain(host(), true)).isEqualTo(first);
    }

    @Test
    void keepsWhatTheLeaderWritesMeanwhile() throws IntentException {
        ContainerInstance known = host();
        world.store.next(FaultyStore.after(() -> world.put(host().connected(false, true))));

        world.hosts.drain(known, true);

        assertThat(host().status()).isEqualTo(Status.DRAINING);
        assertThat(host().agentConnected()).isFalse();
    }

    @Test
    void takesAnEmptyHostOutUntilItsAgentIsStartedAgain() throws IntentException {
        world.hosts.drain(host(), true);

        ContainerInstance gone =
                world.hosts.deregister(host(), false, world.state()).value();

        assertThat(gone.status()).isEqualTo(Status.INACTIVE);
        assertThat(world.hosts.deregister(host(), false, world.state()).value()).isEqualTo(gone);
        assertThat(refused(() -> world.hosts.drain(host(), true)).reason())
                .isEqualTo(Reason.CONTAINER_INSTANCE_NOT_ACTIVE);
        world.put(restarted(host()));
        assertThat(host().status()).as("not drained any more").isEqualTo(Status.ACTIVE);
    }

    @Test
    void takesAHostWithTasksOutOnlyByForce() throws IntentException {
        Service web = world.created("web", 1);
        world.put(World.task(web, "a".repeat(32), TaskStatus.RUNNING));
        world.put(World.task(web, "b".repeat(32), TaskStatus.STOPPED));

        IntentException refused = refused(() -> world.hosts.deregister(host(), false, world.state()));

        assertThat(refused.reason()).isEqualTo(Reason.CONTAINER_INSTANCE_NOT_EMPTY);
        assertThat(refused)
                .hasMessage("Found running tasks on the instance. (host-a has 1 task: 1 of service:web; drain it and"
                        + " stop the others first, or use force)");
        assertThat(world.hosts.deregister(host(), true, world.state()).value().status())
                .isEqualTo(Status.INACTIVE);
    }

    @Test
    void tagsAHost() throws IntentException {
        Tag tag = Tag.newBuilder().setKey("team").setValue("web").build();

        world.hosts.tag(host(), TagChange.set(List.of(tag)));

        assertThat(host().wish().tags()).containsExactly(tag);
    }

    @Test
    void knowsAWishWhoseAnswerWasLost() throws IntentException {
        world.store.next(FaultyStore.APPLIED_UNSEEN);

        assertThat(world.hosts.drain(host(), true).revision())
                .isEqualTo(world.state().revisionOf(Keys.host("default", ID)));
    }

    private static ContainerInstance restarted(ContainerInstance i) {
        return new ContainerInstance(
                i.id(),
                i.cluster(),
                i.hostName(),
                i.address(),
                i.cpu(),
                i.memory(),
                i.reservedTcpPorts(),
                i.reservedUdpPorts(),
                i.registeredAttributes(),
                i.agentVersion(),
                i.dockerVersion(),
                i.incarnation() + 1,
                i.bootId(),
                i.registeredAtMillis(),
                true,
                true,
                i.version() + 1,
                i.gpus(),
                i.wish());
    }

    private static IntentException refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(IntentException.class, call);
    }
}
