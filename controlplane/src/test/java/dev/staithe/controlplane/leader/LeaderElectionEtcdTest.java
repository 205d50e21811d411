package dev.staithe.controlplane.leader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.fixture.RealTime;
import dev.staithe.controlplane.store.CommitResult.Fenced;
import dev.staithe.controlplane.store.Keys;
import dev.staithe.controlplane.store.StoreException;
import dev.staithe.controlplane.store.Txn;
import dev.staithe.controlplane.store.etcd.EtcdOptions;
import dev.staithe.controlplane.store.etcd.EtcdProcess;
import dev.staithe.controlplane.store.etcd.EtcdStore;
import dev.staithe.runtime.Environment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two candidates on one real etcd, in real time. */
final class LeaderElectionEtcdTest {
    private static final Duration LEASE = Duration.ofSeconds(3);

    private final RealTime real = new RealTime();

    @Test
    void electsOneOfTwoCandidatesAndTheOtherWhenTheFirstIsGone(@TempDir Path data) throws Exception {
        try (EtcdProcess etcd = EtcdProcess.start(data);
                EtcdStore storeOfA = store(etcd);
                EtcdStore storeOfB = store(etcd)) {
            Replica a = replica("a", storeOfA);
            Replica b = replica("b", storeOfB);
            a.election.start();
            b.election.start();
            real.await(() -> a.isLeading() ^ b.isLeading());
            Replica first = a.isLeading() ? a : b;
            Replica second = a.isLeading() ? b : a;
            real.await(() -> second.told.stream().anyMatch(line -> line.startsWith("leader ")));

            (first == a ? storeOfA : storeOfB).close();

            real.await(second::isLeading);
            real.await(() -> !first.isLeading());
            assertThat(second.lastTerm().epoch()).isGreaterThan(first.lastTerm().epoch());
            EtcdStore open = second == a ? storeOfA : storeOfB;
            assertThat(open.commit(new Txn(List.of(first.lastTerm().guard()), List.of())))
                    .isEqualTo(new Fenced());
            assertThat(open.get(Keys.LEADER).orElseThrow().created())
                    .isEqualTo(second.lastTerm().epoch());
        }
    }

    @Test
    void handsOverAtOnceWhenTheLeaderResignsAndSurvivesARestartOfEtcd(@TempDir Path data) throws Exception {
        try (EtcdProcess etcd = EtcdProcess.start(data);
                EtcdStore storeOfA = store(etcd);
                EtcdStore storeOfB = store(etcd)) {
            Replica a = replica("a", storeOfA);
            Replica b = replica("b", storeOfB);
            a.election.start();
            real.await(a::isLeading);
            b.election.start();
            a.election.resign();
            real.await(b::isLeading);

            etcd.kill();
            etcd.startAgain();
            real.await(() -> a.isLeading() ^ b.isLeading());
            CountDownLatch closed = new CountDownLatch(2);
            a.election.close(closed::countDown);
            b.election.close(closed::countDown);
            assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(storeOfA.get(Keys.LEADER)).isEmpty();
        }
    }

    private EtcdStore store(EtcdProcess etcd) {
        EtcdStore store = new EtcdStore(new EtcdOptions(List.of(etcd.endpoint())), real.environment());
        real.await(() -> answers(store));
        return store;
    }

    /** The first connection of a JVM can take longer than a call may. */
    private static boolean answers(EtcdStore store) {
        try {
            return store.load().revision() > 0;
        } catch (StoreException e) {
            return false;
        }
    }

    private Replica replica(String name, EtcdStore store) throws Exception {
        Environment environment = real.environment();
        return new Replica(name, store, environment, environment.loop(name), LEASE);
    }
}
