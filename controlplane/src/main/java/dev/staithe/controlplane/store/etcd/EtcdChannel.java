package dev.staithe.controlplane.store.etcd;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Makes the connection to the members of etcd: calls go to whichever of them answers, in turn. */
final class EtcdChannel {
    private static final String SCHEME = "staithe-etcd";

    /** A member that has lost its quorum refuses at once instead of answering from what it remembers. */
    private static final Metadata.Key<String> REQUIRE_LEADER =
            Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

    /** A page of entries, or the events of a watch that catches up, in one message. */
    private static final int MOST_BYTES_OF_A_MESSAGE = 128 << 20;

    /** Finds connections that have died in silence; etcd refuses to be asked more often than every 5 s. */
    private static final long PING_SECONDS = 10;

    static {
        NameResolverRegistry.getDefaultRegistry().register(new Provider());
    }

    private EtcdChannel() {}

    static ManagedChannel open(List<String> endpoints) {
        Metadata headers = new Metadata();
        headers.put(REQUIRE_LEADER, "true");
        return NettyChannelBuilder.forTarget(SCHEME + ":///" + String.join(",", endpoints))
                .usePlaintext()
                .defaultLoadBalancingPolicy("round_robin")
                .maxInboundMessageSize(MOST_BYTES_OF_A_MESSAGE)
                .keepAliveTime(PING_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(PING_SECONDS / 2, TimeUnit.SECONDS)
                .intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
                .build();
    }

    /** Knows the members of a target by name. gRPC finds it by its scheme. */
    private static final class Provider extends NameResolverProvider {
        @Override
        protected boolean isAvailable() {
            return true;
        }

        @Override
        protected int priority() {
            return 5;
        }

        @Override
        public String getDefaultScheme() {
            return SCHEME;
        }

        @Override
        public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args args) {
            if (!SCHEME.equals(target.getScheme())) {
                return null;
            }
            List<Endpoint> endpoints = java.util.Arrays.stream(
                            target.getPath().substring(1).split(",", -1))
                    .map(Endpoint::parse)
                    .toList();
            return new Resolver(endpoints, args);
        }
    }

    /** Looks the members' addresses up, again whenever connections break: a member may have moved. */
    private static final class Resolver extends NameResolver {
        private final List<Endpoint> endpoints;
        private final Args args;
        private @Nullable Listener2 listener;

        Resolver(List<Endpoint> endpoints, Args args) {
            this.endpoints = endpoints;
            this.args = args;
        }

        @Override
        public String getServiceAuthority() {
            return endpoints.getFirst().host();
        }

        @Override
        public void start(Listener2 started) {
            listener = started;
            refresh();
        }

        @Override
        public void refresh() {
            Listener2 told = listener;
            java.util.concurrent.Executor executor = args.getOffloadExecutor();
            if (told != null && executor != null) {
                executor.execute(() -> {
                    ResolutionResult result = resolve();
                    args.getSynchronizationContext().execute(() -> told.onResult2(result));
                });
            }
        }

        private ResolutionResult resolve() {
            List<EquivalentAddressGroup> found = endpoints.stream()
                    .map(endpoint -> new InetSocketAddress(endpoint.host(), endpoint.port()))
                    .filter(address -> !address.isUnresolved())
                    .map(EquivalentAddressGroup::new)
                    .toList();
            StatusOr<List<EquivalentAddressGroup>> addresses = found.isEmpty()
                    ? StatusOr.fromStatus(Status.UNAVAILABLE.withDescription("no address is known of " + endpoints))
                    : StatusOr.fromValue(found);
            return ResolutionResult.newBuilder()
                    .setAddressesOrError(addresses)
                    .setAttributes(Attributes.EMPTY)
                    .build();
        }

        @Override
        public void shutdown() {
            listener = null;
        }
    }
}
