package dev.staithe.controlplane.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.fixture.RealTime;
import dev.staithe.controlplane.fixture.Recorder;
import dev.staithe.controlplane.store.Keys;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the feed makes of everything that an etcd may answer, also of what a real one answers once a year. */
final class EtcdFeedTest {
    private static final String A = Keys.ROOT + "a";
    private static final String B = Keys.ROOT + "b";

    private final RealTime real = new RealTime();
    private final Recorder recorder = new Recorder();
    private final ScriptedWatch watch = new ScriptedWatch();
    private final ScriptedRange range = new ScriptedRange();
    private Server server;
    private EtcdStore store;

    @BeforeEach
    void start() throws Exception {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(watch)
                .addService(range)
                .build()
                .start();
        store = new EtcdStore(
                new EtcdOptions(List.of("127.0.0.1:" + server.getPort()), Duration.ofSeconds(10)), real.environment());
    }

    @AfterEach
    void stop() {
        store.close();
        server.shutdownNow();
    }

    @Test
    void watchesAllKeysFromTheRevisionAfterTheLastThatIsKnown() {
        follow(10);

        WatchCreateRequest create = watch.created.getFirst();
        assertThat(create.getKey().toStringUtf8()).isEqualTo("/staithe/");
        assertThat(create.getRangeEnd().toStringUtf8()).isEqualTo("/staithe0");
        assertThat(create.getStartRevision()).isEqualTo(11);
        assertThat(create.getProgressNotify()).isTrue();
    }

    @Test
    void takesResponsesApartIntoRevisions() {
        follow(10);
        watch.send(changes(put(A, 11), put(B, 11), put(A, 12), delete(B, 14)));
        real.await(() -> recorder.batches.size() == 3);

        assertThat(recorder.story()).isEqualTo("[+%s +%s] [+%s] [-%s]".formatted(A, B, A, B));
        assertThat(recorder.batches).extracting(batch -> batch.revision()).containsExactly(11L, 12L, 14L);
    }

    @Test
    void asksTheFollowerToRestartWhenARevisionComesInTwoParts() {
        follow(10);
        watch.send(changes(put(A, 11)));
        watch.send(changes(put(B, 11)));
        real.await(() -> !recorder.restarts.isEmpty());

        assertThat(recorder.restarts).containsExactly("revision 11 was told after 11");
        assertThat(recorder.batches).hasSize(1);
    }

    @Test
    void resumesAfterWhatWasHandedOverHoweverTheWatchEnds() {
        // Never behind the feed: an etcd that is would be suspected of having lost history.
        watch.revision = 13;
        follow(10);
        watch.send(changes(put(A, 11)));
        watch.last().onError(Status.UNAVAILABLE.asRuntimeException());
        real.await(() -> watch.created.size() == 2);
        watch.answerCreated();
        watch.send(changes(put(A, 12), put(A, 13)));
        watch.last().onCompleted();
        real.await(() -> watch.created.size() == 3);
        watch.answerCreated();
        watch.send(WatchResponse.newBuilder()
                .setHeader(header(13))
                .setCanceled(true)
                .setCancelReason("etcdserver: no leader")
                .build());
        real.await(() -> watch.created.size() == 4);

        assertThat(watch.created)
                .extracting(WatchCreateRequest::getStartRevision)
                .containsExactly(11L, 12L, 14L, 14L);
        assertThat(recorder.batches).hasSize(3);
        assertThat(recorder.restarts).isEmpty();
    }

    @Test
    void doesNotSkipTheHistoryOfAWatchThatBreaksBeforeItHasArrived() {
        watch.revision = 500;
        follow(10);
        watch.last().onError(Status.UNAVAILABLE.asRuntimeException());
        real.await(() -> watch.created.size() == 2);

        assertThat(watch.created.getLast().getStartRevision()).isEqualTo(11);
    }

    @Test
    void asksTheFollowerToRestartWhenItsHistoryIsCompactedAway() {
        follow(10);
        watch.send(WatchResponse.newBuilder()
                .setHeader(header(100))
                .setCanceled(true)
                .setCompactRevision(90)
                .build());
        real.await(() -> !recorder.restarts.isEmpty());

        assertThat(recorder.restarts.element()).contains("before revision 90", "the feed was at 10");
    }

    @Test
    void asksTheFollowerToRestartWhenThereIsTooMuchToCatchUpWith() {
        follow(10);
        watch.last().onError(Status.RESOURCE_EXHAUSTED.asRuntimeException());

        real.await(() -> !recorder.restarts.isEmpty());
    }

    @Test
    void asksTheFollowerToRestartWhenEtcdWasPutBackToAnOlderState() {
        watch.revision = 5;
        range.revision = 5;
        follow(10);

        real.await(() -> !recorder.restarts.isEmpty());
        assertThat(recorder.restarts.element()).contains("older state");
    }

    @Test
    void waitsForAMemberThatLagsBehind() {
        watch.revision = 5;
        range.revision = 12;
        follow(10);
        real.await(() -> range.asked > 0);
        watch.send(changes(put(A, 11)));
        real.await(() -> recorder.batches.size() == 1);

        assertThat(recorder.restarts).isEmpty();
    }

    @Test
    void tellsHowFarItIsWhenEtcdSaysSo() {
        follow(10);
        watch.send(WatchResponse.newBuilder().setHeader(header(42)).build());
        real.await(() -> recorder.revision() == 42);
        watch.last().onError(Status.UNAVAILABLE.asRuntimeException());
        real.await(() -> watch.created.size() == 2);

        assertThat(watch.created.getLast().getStartRevision()).isEqualTo(43);
        assertThat(recorder.batches).isEmpty();
    }

    private void follow(long afterRevision) {
        store.follow(afterRevision, recorder);
        real.await(() -> watch.created.size() == 1);
        watch.answerCreated();
    }

    private static ResponseHeader header(long revision) {
        return ResponseHeader.newBuilder().setClusterId(1).setRevision(revision).build();
    }

    private static WatchResponse changes(Event... events) {
        List<Event> all = List.of(events);
        return WatchResponse.newBuilder()
                .setHeader(header(all.getLast().getKv().getModRevision()))
                .addAllEvents(all)
                .build();
    }

    private static Event put(String key, long revision) {
        return Event.newBuilder()
                .setKv(KeyValue.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setModRevision(revision)
                        .setCreateRevision(revision))
                .build();
    }

    private static Event delete(String key, long revision) {
        return put(key, revision).toBuilder().setType(Event.EventType.DELETE).build();
    }

    /** Answers watches with what the test says. */
    private static final class ScriptedWatch extends WatchGrpc.WatchImplBase {
        final List<WatchCreateRequest> created = new CopyOnWriteArrayList<>();
        volatile long revision = 10;
        private final List<StreamObserver<WatchResponse>> streams = new CopyOnWriteArrayList<>();

        StreamObserver<WatchResponse> last() {
            return streams.getLast();
        }

        void send(WatchResponse response) {
            last().onNext(response);
        }

        void answerCreated() {
            send(WatchResponse.newBuilder()
                    .setHeader(header(revision))
                    .setCreated(true)
                    .build());
        }

        @Override
        public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> answers) {
            return new StreamObserver<>() {
                @Override
                public void onNext(WatchRequest request) {
                    streams.add(answers);
                    created.add(request.getCreateRequest());
                }

                @Override
                public void onError(Throwable cause) {}

                @Override
                public void onCompleted() {}
            };
        }
    }

    /** Says what the newest revision is. */
    private static final class ScriptedRange extends KVGrpc.KVImplBase {
        volatile long revision = 10;
        volatile int asked;

        @Override
        public void range(RangeRequest request, StreamObserver<RangeResponse> answer) {
            answer.onNext(RangeResponse.newBuilder().setHeader(header(revision)).build());
            answer.onCompleted();
            asked = 1;
        }
    }
}
