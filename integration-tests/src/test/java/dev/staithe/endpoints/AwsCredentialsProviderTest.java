package dev.staithe.endpoints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.container.Images.PullRequest;
import dev.staithe.agent.container.Platform;
import dev.staithe.agent.container.fake.FakeContainerRuntime;
import dev.staithe.agent.container.fake.FakeEngine;
import dev.staithe.agent.container.fake.FakeImage;
import dev.staithe.agent.metadata.AgentHealth;
import dev.staithe.agent.metadata.HeldTasks;
import dev.staithe.agent.metadata.HostEndpoints;
import dev.staithe.agent.model.AssignedTask;
import dev.staithe.agent.model.LocalTask;
import dev.staithe.agent.reconcile.ContainerRequests;
import dev.staithe.agent.reconcile.Observation;
import dev.staithe.agent.secrets.RoleCredentials;
import dev.staithe.agent.stats.Meter;
import dev.staithe.agent.stats.UsageReader;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import dev.staithe.runtime.SystemEnvironment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.core.SdkSystemSetting;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * AWS's SDK asks the credentials endpoint as it does in a container: it is told a path, and this process stands for a container
 * in the host's network.
 */
final class AwsCredentialsProviderTest {
    private static final String PATH = SdkSystemSetting.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI.property();

    private final Environment environment = SystemEnvironment.create();
    private final EventLoop loop = environment.loop("endpoints-test");
    private final FakeEngine engine = new FakeEngine(environment.time(), loop);
    private final FakeContainerRuntime runtime = new FakeContainerRuntime(engine, "instance");
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicReference<Outcome<RoleCredentials>> credentials =
            new AtomicReference<>(new Outcome.Failed<>(new ContainerFault(
                    ContainerFault.Kind.ResourceInitializationError, "the control plane does not answer", true)));
    private String uri = "";

    @TempDir
    Path data;

    private HostEndpoints endpoints;

    @BeforeEach
    void aTaskWithARoleRunsInTheHostsNetwork() throws Exception {
        endpoints = new HostEndpoints(
                environment,
                loop,
                new HostEndpoints.Places(
                        Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                        Optional.empty(),
                        data));
        CompletableFuture<Boolean> ready = new CompletableFuture<>();
        loop.execute(() -> {
            endpoints.open();
            endpoints.whenReady(() -> {
                try {
                    serve();
                    ready.complete(true);
                } catch (ContainerFault fault) {
                    ready.completeExceptionally(fault);
                }
            });
        });
        ready.get(10, TimeUnit.SECONDS);
        System.setProperty(PATH, uri.substring(uri.indexOf("/v2/")));
    }

    private void serve() throws ContainerFault {
        engine.offer("shop/web:1", FakeImage.running());
        runtime.images().pull(new PullRequest("shop/web:1", Platform.UNKNOWN, Optional.empty()), progress -> {});
        AssignedTask task = AssignedTask.of(dev.staithe.proto.agent.v1.AssignedTask.newBuilder()
                .setTaskId("0".repeat(32))
                .setCluster("default")
                .setGroup("service:web")
                .setRevision(1)
                .setTaskDefinition(TaskDefinition.newBuilder()
                        .setFamily("web")
                        .setNetworkMode("host")
                        .setTaskRoleArn("reader")
                        .addContainerDefinitions(ContainerDefinition.newBuilder()
                                .setName("app")
                                .setImage("shop/web:1")
                                .setMemory(64)))
                .setDesiredStatus("RUNNING")
                .build());
        uri = Objects.requireNonNull(
                endpoints.tasks().variables(task, "app").get("AWS_CONTAINER_CREDENTIALS_FULL_URI"));
        String id = runtime.create(ContainerRequests.of(task, "app", "instance", endpoints.tasks()));
        runtime.start(id);
        ContainerView view = runtime.inspect(id).orElseThrow();
        LocalTask assigned = LocalTask.assigned(task, "boot");
        OneTask held =
                new OneTask(assigned.with(Observation.seen(assigned.containers().getFirst(), view)), view);
        endpoints.serve(new HostEndpoints.Sources(
                held,
                runtime,
                (who, then) -> {
                    asked.incrementAndGet();
                    then.accept(credentials.get());
                },
                new Meter(environment, loop, new UsageReader(runtime), List::of),
                held,
                ""));
    }

    @AfterEach
    void close() throws Exception {
        System.clearProperty(PATH);
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        loop.execute(() -> endpoints.close(() -> closed.complete(true)));
        closed.get(10, TimeUnit.SECONDS);
        loop.close();
    }

    @Test
    void getsTheCredentialsOfTheRole() {
        give("AKIDEXAMPLE", "a token", Duration.ofHours(2));

        try (ContainerCredentialsProvider provider = provider()) {
            AwsCredentials got = provider.resolveCredentials();

            assertThat(got).isInstanceOf(AwsSessionCredentials.class);
            assertThat(got.accessKeyId()).isEqualTo("AKIDEXAMPLE");
            assertThat(got.secretAccessKey()).isEqualTo("of AKIDEXAMPLE");
            assertThat(((AwsSessionCredentials) got).sessionToken()).isEqualTo("a token");
            assertThat(got.expirationTime())
                    .hasValueSatisfying(end -> assertThat(end)
                            .isBetween(
                                    environment.time().now().plus(Duration.ofMinutes(119)),
                                    environment.time().now().plus(Duration.ofMinutes(121))));
        }
    }

    @Test
    void asksAgainBeforeTheyEnd() {
        give("AKIDFIRST", "", Duration.ofSeconds(30));

        try (ContainerCredentialsProvider provider = provider()) {
            assertThat(provider.resolveCredentials().accessKeyId()).isEqualTo("AKIDFIRST");
            give("AKIDSECOND", "", Duration.ofHours(2));

            await().atMost(Duration.ofSeconds(30))
                    .until(() -> provider.resolveCredentials().accessKeyId().equals("AKIDSECOND"));
            int before = asked.get();
            provider.resolveCredentials();
            assertThat(asked).hasValue(before);
        }
    }

    @Test
    void credentialsWithoutATokenAreNoSession() {
        give("AKIDEXAMPLE", "", Duration.ofHours(2));

        try (ContainerCredentialsProvider provider = provider()) {
            assertThat(provider.resolveCredentials()).isNotInstanceOf(AwsSessionCredentials.class);
        }
    }

    @Test
    void saysWhatIsWrongInWordsThatTheSdkPassesOn() {
        try (ContainerCredentialsProvider provider = provider()) {
            assertThatThrownBy(provider::resolveCredentials)
                    .isInstanceOf(SdkClientException.class)
                    .hasStackTraceContaining("the control plane does not answer");
        }
    }

    private ContainerCredentialsProvider provider() {
        return ContainerCredentialsProvider.builder()
                .endpoint(uri.substring(0, uri.indexOf("/v2/")))
                .build();
    }

    private void give(String accessKeyId, String token, Duration good) {
        credentials.set(new Outcome.Done<>(new RoleCredentials(
                "reader",
                accessKeyId,
                "of " + accessKeyId,
                token,
                OptionalLong.of(environment.time().now().plus(good).toEpochMilli()))));
    }

    /** An agent that holds one task. */
    private record OneTask(LocalTask held, ContainerView view) implements HeldTasks, AgentHealth {
        @Override
        public List<LocalTask> tasks() {
            return List.of(held);
        }

        @Override
        public Optional<LocalTask> task(String taskId) {
            return tasks().stream().filter(t -> t.taskId().equals(taskId)).findFirst();
        }

        @Override
        public Optional<ContainerView> sighting(String runtimeId) {
            return Optional.of(view).filter(v -> v.id().equals(runtimeId));
        }

        @Override
        public String cluster() {
            return "default";
        }

        @Override
        public String instanceId() {
            return "instance";
        }

        @Override
        public String version() {
            return "test";
        }

        @Override
        public boolean connected() {
            return true;
        }

        @Override
        public boolean engineAnswers() {
            return true;
        }

        @Override
        public boolean ledgerWrites() {
            return true;
        }
    }
}
