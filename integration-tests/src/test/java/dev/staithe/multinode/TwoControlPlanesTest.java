package dev.staithe.multinode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.staithe.cli.client.ApiError;
import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Store;
import dev.staithe.controlplane.store.StoreEvent;
import dev.staithe.controlplane.store.StoreException;
import dev.staithe.controlplane.store.etcd.EtcdOptions;
import dev.staithe.controlplane.store.etcd.EtcdProcess;
import dev.staithe.controlplane.store.etcd.EtcdStore;
import dev.staithe.proto.v1.DescribeServicesRequest;
import dev.staithe.proto.v1.ServicesGrpc;
import dev.staithe.proto.v1.StopTaskRequest;
import dev.staithe.proto.v1.TasksGrpc;
import dev.staithe.runtime.SystemEnvironment;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two control planes on one etcd: one leads, the other answers reads and takes over. */
final class TwoControlPlanesTest {
    /** A task that does not exist: only the leader can say so. */
    private static final StopTaskRequest NO_TASK =
            StopTaskRequest.newBuilder().setTask("0123456789").build();

    @RegisterExtension
    final Site site = new Site();

    private final String[] addresses = {Site.freeAddress(), Site.freeAddress()};
    private final Daemon[] controlPlanes = new Daemon[2];
    private final Terms terms = new Terms();
    private EtcdProcess etcd;
    private Engine engine;
    private Api api;

    @BeforeEach
    void start() throws IOException, StoreException {
        etcd = site.closing(EtcdProcess.start(site.directory().resolve("etcd")));
        engine = site.engine();
        api = site.api(addresses);
        for (int i = 0; i < controlPlanes.length; i++) {
            controlPlanes[i] = site.controlPlane(
                    "control-" + i,
                    addresses[i],
                    "{type: etcd, endpoints: ['" + etcd.endpoint() + "']}",
                    "leaderLease: 3s");
        }
        Store store =
                site.closing(new EtcdStore(new EtcdOptions(List.of(etcd.endpoint())), SystemEnvironment.create()));
        site.closing(store.follow(store.load().revision(), terms));
        site.agent("host", List.of(addresses));
        Site.awaitAgent(api);
        api.createService(
                "web", api.register(site.sleeper("web", engine.image()).build()), 2);
        Site.awaitSteady(api, "web", 2);
    }

    @Test
    void theFollowerTakesOverWhenTheLeaderIsKilledAndTheOldLeaderFollowsWhenItIsBack() {
        List<Engine.Seen> before = engine.containers();
        int first = leader();
        int second = 1 - first;
        assertFollows(second, first);

        controlPlanes[first].kill9();
        awaitLeader(second);
        api.scale("web", 3);
        Site.awaitSteady(api, "web", 3);
        assertThat(engine.containers()).hasSize(3).containsAll(before);

        controlPlanes[first].startAgain();
        Site.await("the old leader follows").untilAsserted(() -> assertFollows(first, second));
        assertThat(terms.seen()).hasSize(2).isSorted();
    }

    @Test
    void aLeaderThatSleptPastItsLeaseWakesUpAsAFollowerAndWritesNothing() {
        List<Engine.Seen> before = engine.containers();
        int first = leader();
        int second = 1 - first;

        controlPlanes[first].pause();
        awaitLeader(second);
        // Whoever asks the sleeper first waits for its deadline.
        site.api(addresses[second]).scale("web", 3);
        Site.await("the other has acted").until(() -> engine.running("web").size() == 3);
        controlPlanes[first].resume();

        Site.await("the old leader follows").untilAsserted(() -> assertFollows(first, second));
        Site.awaitSteady(api, "web", 3);
        assertThat(leader()).isEqualTo(second);
        assertThat(engine.containers()).hasSize(3).containsAll(before);
        assertThat(controlPlanes[first].log("leader no more")).hasSize(1);
        assertThat(controlPlanes[second].log("leader no more")).isEmpty();
        assertThat(terms.seen()).hasSize(2).isSorted();
    }

    @Test
    void withoutEtcdNothingIsAcknowledgedAndNothingIsTouchedUntilItIsBack() throws IOException {
        List<Engine.Seen> before = engine.containers();

        etcd.kill();
        for (String address : addresses) {
            StatusRuntimeException refusal = catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> api.once(
                            address,
                            ServicesGrpc::newBlockingStub,
                            services -> services.update(Api.scaleTo("web", 3))));
            assertThat(ApiError.of(refusal).reason()).isEqualTo("STORE_UNAVAILABLE");
        }
        Site.await("nobody leads").until(() -> !leads(0) && !leads(1));
        engine.kill(before.getFirst().id());
        etcd.startAgain();

        Site.await("somebody leads").until(() -> leads(0) || leads(1));
        Site.await("the container that died meanwhile is replaced")
                .until(() ->
                        engine.running("web").size() == 2 && engine.containers().size() == 3);
        Site.awaitSteady(api, "web", 2);
        assertThat(engine.containers()).hasSize(3).contains(before.getLast());
        assertThat(terms.seen()).isSorted().doesNotHaveDuplicates();
    }

    /** It sends what only a leader can do to the leader, and answers reads by itself. */
    private void assertFollows(int follower, int leader) {
        StatusRuntimeException refusal = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> api.once(
                        addresses[follower],
                        TasksGrpc::newBlockingStub,
                        tasks -> tasks.run(Api.runRequest("web", "never"))));
        assertThat(refusal).isNotNull();
        assertThat(ApiError.of(refusal).reason()).isEqualTo("NOT_LEADER");
        assertThat(ApiError.of(refusal).leader()).contains(addresses[leader]);
        var read = api.once(
                addresses[follower],
                ServicesGrpc::newBlockingStub,
                services -> services.describe(
                        DescribeServicesRequest.newBuilder().addServices("web").build()));
        assertThat(read.getServicesList())
                .singleElement()
                .satisfies(service -> assertThat(service.getRunningCount()).isEqualTo(service.getDesiredCount()));
    }

    private void awaitLeader(int wanted) {
        Site.await(controlPlanes[wanted].name() + " leads").until(() -> leads(wanted));
    }

    private int leader() {
        return leads(0) ? 0 : 1;
    }

    private boolean leads(int index) {
        StatusRuntimeException refusal = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> api.once(addresses[index], TasksGrpc::newBlockingStub, tasks -> tasks.stop(NO_TASK)));
        return ApiError.of(refusal).reason().equals("TASK_NOT_FOUND");
    }

    /** Listens at etcd to the epochs of all transactions of leaders, in the order in which they were applied. */
    private static final class Terms implements Store.Follower {
        private final ConcurrentLinkedQueue<Long> epochs = new ConcurrentLinkedQueue<>();

        @Override
        public void changed(Batch batch) {
            batch.events().stream().flatMap(Terms::epoch).forEach(epochs::add);
        }

        @Override
        public void restart(String why) {
            throw new AssertionError("the feed cannot go on: " + why);
        }

        /** Each epoch once for each time that it followed upon another. */
        private List<Long> seen() {
            long[] last = {-1};
            return epochs.stream()
                    .filter(epoch -> {
                        boolean other = epoch != last[0];
                        last[0] = epoch;
                        return other;
                    })
                    .toList();
        }

        private static Stream<Long> epoch(StoreEvent event) {
            return event instanceof StoreEvent.Put put && put.key().equals(Keys.SEQUENCE)
                    ? Stream.of(Long.valueOf(put.entry().value().toStringUtf8()))
                    : Stream.empty();
        }
    }
}
