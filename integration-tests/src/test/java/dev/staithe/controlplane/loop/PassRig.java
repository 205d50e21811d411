package dev.staithe.controlplane.loop;

import dev.staithe.bench.BenchFleet;
import dev.staithe.controlplane.commit.Committer;
import dev.staithe.controlplane.model.Origin;
import dev.staithe.controlplane.model.Scheduling;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.placement.Capacity;
import dev.staithe.controlplane.reconcile.Moment;
import dev.staithe.controlplane.reconcile.Settings;
import dev.staithe.controlplane.state.ClusterState;
import dev.staithe.controlplane.state.Records;
import dev.staithe.controlplane.store.Batch;
import dev.staithe.controlplane.store.CommitResult;
import dev.staithe.controlplane.store.Entry;
import dev.staithe.controlplane.store.Guard;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.Snapshot;
import dev.staithe.controlplane.store.Store;
import dev.staithe.controlplane.store.StoreEvent;
import dev.staithe.controlplane.store.Txn;
import dev.staithe.proto.v1.DeploymentConfiguration;
import dev.staithe.runtime.Ids;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pcollections.HashTreePMap;

/**
 * Passes of the control loop on a large cluster: the same one again and again, on what the loop keeps from pass to pass. All
 * of it is what the loop does (plan, place, draft, build transactions), but for the store, which says yes and forgets.
 */
public final class PassRig {
    private final ClusterState state;
    private final Capacity capacity;
    private final List<String> services = new ArrayList<>();
    private final Moment moment;
    private final Yes store = new Yes();
    private final Committer committer = new Committer(store);

    /**
     * @param tasks that run already, of services that are not planned
     * @param fresh services of 100 that have just been created, each to be planned in every pass
     */
    public PassRig(int hosts, int tasks, int fresh) {
        ClusterState made = BenchFleet.state(hosts, tasks);
        long revision = made.revision() + 1;
        List<StoreEvent> events = new ArrayList<>();
        for (int i = 0; i < fresh; i++) {
            Service service = service(i);
            services.add(service.uid());
            events.add(new StoreEvent.Put(new Entry(
                    Keys.service(service.cluster(), service.name()), Records.bytes(service), revision, revision)));
        }
        state = made.with(new Batch(revision, events));
        capacity = Capacity.of(state);
        moment = new Moment(
                1, 1, HashTreePMap.empty(), HashTreePMap.empty(), HashTreePMap.empty(), HashTreePMap.empty(), 0);
    }

    private static Service service(int number) {
        return new Service(
                Ids.derived("new", Integer.toString(number)),
                BenchFleet.CLUSTER,
                "new-" + number,
                BenchFleet.DEFINITION,
                100,
                DeploymentConfiguration.getDefaultInstance(),
                0,
                1,
                false,
                "",
                0,
                List.of(),
                new Scheduling(
                        Scheduling.Kind.REPLICA,
                        BenchFleet.constraints(number),
                        BenchFleet.STRATEGIES,
                        Duration.ZERO,
                        Scheduling.Rebalancing.DISABLED,
                        Scheduling.TagSource.NONE,
                        Scheduling.USUAL_DRAINING,
                        false),
                Origin.CREATED,
                0);
    }

    /** One pass over all services; the answer is how many tasks it wrote. */
    public int pass() {
        Pass.Result result = Pass.services(state, capacity, moment, Settings.DEFAULTS, services);
        store.written = 0;
        committer.write(result.draft(), new Guard.Held(Keys.LEADER, 1), 1);
        return store.written;
    }

    /** A store that takes everything and keeps nothing but a count. */
    private static final class Yes implements Store {
        private int written;

        @Override
        public CommitResult commit(Txn txn) {
            written += (int) txn.mutations().stream()
                    .filter(m -> m.key().startsWith(Keys.RUN + "task/"))
                    .count();
            return new CommitResult.Committed(1);
        }

        @Override
        public Snapshot load() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<Entry> get(String key) {
            return Optional.empty();
        }

        @Override
        public Feed follow(long afterRevision, Follower follower) {
            throw new UnsupportedOperationException();
        }

        @Override
        public LeaseId grantLease(Duration timeToLive) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean renewLease(LeaseId lease) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void revokeLease(LeaseId lease) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }
}
