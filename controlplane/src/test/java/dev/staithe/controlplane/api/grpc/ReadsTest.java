package dev.staithe.controlplane.api.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.staithe.controlplane.intent.IntentException;
import dev.staithe.controlplane.intent.World;
import dev.staithe.controlplane.model.Deployment.Rollout;
import dev.staithe.controlplane.model.Service;
import dev.staithe.controlplane.model.TaskStatus;
import dev.staithe.proto.v1.Cluster;
import dev.staithe.proto.v1.ClustersGrpc;
import dev.staithe.proto.v1.ContainerInstance;
import dev.staithe.proto.v1.ContainerInstancesGrpc;
import dev.staithe.proto.v1.CreateClusterRequest;
import dev.staithe.proto.v1.Deployment;
import dev.staithe.proto.v1.DeploymentCircuitBreaker;
import dev.staithe.proto.v1.DeploymentConfiguration;
import dev.staithe.proto.v1.DescribeClustersRequest;
import dev.staithe.proto.v1.DescribeContainerInstancesRequest;
import dev.staithe.proto.v1.DescribeServicesRequest;
import dev.staithe.proto.v1.DescribeServicesResponse;
import dev.staithe.proto.v1.DescribeTaskDefinitionRequest;
import dev.staithe.proto.v1.DescribeTasksRequest;
import dev.staithe.proto.v1.DescribeTasksResponse;
import dev.staithe.proto.v1.Failure;
import dev.staithe.proto.v1.GetTaskProtectionRequest;
import dev.staithe.proto.v1.ListClustersRequest;
import dev.staithe.proto.v1.ListClustersResponse;
import dev.staithe.proto.v1.ListServiceDeploymentsRequest;
import dev.staithe.proto.v1.ListServicesRequest;
import dev.staithe.proto.v1.ListTaskDefinitionFamiliesRequest;
import dev.staithe.proto.v1.ListTaskDefinitionsRequest;
import dev.staithe.proto.v1.ListTasksRequest;
import dev.staithe.proto.v1.PlacementConstraint;
import dev.staithe.proto.v1.PlacementStrategy;
import dev.staithe.proto.v1.Resource;
import dev.staithe.proto.v1.ServiceDeployment;
import dev.staithe.proto.v1.ServicesGrpc;
import dev.staithe.proto.v1.StopServiceDeploymentRequest;
import dev.staithe.proto.v1.Tag;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.TaskDefinitionsGrpc;
import dev.staithe.proto.v1.TasksGrpc;
import dev.staithe.proto.v1.UpdateServiceRequest;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ReadsTest {
    private final Edge edge;
    private final ClustersGrpc.ClustersBlockingStub clusters;
    private final ServicesGrpc.ServicesBlockingStub services;
    private final TasksGrpc.TasksBlockingStub tasks;
    private final TaskDefinitionsGrpc.TaskDefinitionsBlockingStub definitions;

    ReadsTest() throws Exception {
        edge = new Edge();
        clusters = Edge.patient(ClustersGrpc.newBlockingStub(edge.channel()));
        services = Edge.patient(ServicesGrpc.newBlockingStub(edge.channel()));
        tasks = Edge.patient(TasksGrpc.newBlockingStub(edge.channel()));
        definitions = Edge.patient(TaskDefinitionsGrpc.newBlockingStub(edge.channel()));
    }

    @AfterEach
    void close() {
        edge.close();
    }

    @Test
    void showsTheDeploymentOfAServiceThatTheLeaderHasNotSeenYet() throws IntentException {
        edge.world.definitions.register(World.definition("web"));

        var service = services.create(World.service("web", "web", 2)).getService();

        assertThat(service.getStatus()).isEqualTo("ACTIVE");
        assertThat(service.getDesiredCount()).isEqualTo(2);
        assertThat(service.getDeploymentConfiguration().getMaximumPercent()).isEqualTo(200);
        Deployment primary = service.getDeployments(0);
        assertThat(service.getDeploymentsCount()).isEqualTo(1);
        assertThat(primary.getStatus()).isEqualTo("PRIMARY");
        assertThat(primary.getRolloutState()).isEqualTo("IN_PROGRESS");
        assertThat(primary.getId()).matches("ecs-svc/\\d{19}");
    }

    @Test
    void showsHowAServiceIsScheduled() throws IntentException {
        edge.world.definitions.register(World.definition("web"));

        var service = services.create(World.service("web", "web", 2).toBuilder()
                        .addPlacementConstraints(
                                PlacementConstraint.newBuilder().setType("DistinctInstance"))
                        .addPlacementStrategy(PlacementStrategy.newBuilder()
                                .setType("binpack")
                                .setField("MEMORY"))
                        .setHealthCheckGracePeriodSeconds(30)
                        .setPropagateTags("SERVICE")
                        .build())
                .getService();

        assertThat(service.getSchedulingStrategy()).isEqualTo("REPLICA");
        assertThat(service.getLaunchType()).isEqualTo("EC2");
        assertThat(service.getPlacementConstraints(0).getType()).isEqualTo("distinctInstance");
        assertThat(service.getPlacementStrategy(0).getField()).isEqualTo("memory");
        assertThat(service.getHealthCheckGracePeriodSeconds()).isEqualTo(30);
        assertThat(service.getAvailabilityZoneRebalancing()).isEqualTo("ENABLED");
        assertThat(service.getPropagateTags()).isEqualTo("SERVICE");
        assertThat(service.getDeploymentConfiguration()
                        .getDeploymentCircuitBreaker()
                        .hasEnable())
                .isTrue();
    }

    @Test
    void listsServicesOfAKind() throws IntentException {
        edge.world.created("web", 1);
        edge.world.definitions.register(World.definition("logs"));
        services.create(World.service("logs", "logs", 0).toBuilder()
                .clearDesiredCount()
                .setSchedulingStrategy("DAEMON")
                .build());

        assertThat(listed("DAEMON")).containsExactly("logs");
        assertThat(listed("REPLICA")).containsExactly("web");
        assertThat(listed("")).containsExactly("logs", "web");
        assertThat(catchThrowableOfType(
                        StatusRuntimeException.class,
                        () -> services.list(ListServicesRequest.newBuilder()
                                .setLaunchType("FARGATE")
                                .build())))
                .hasMessageContaining("launchType: FARGATE (expected: EC2)");
    }

    private List<String> listed(String kind) {
        return services
                .list(ListServicesRequest.newBuilder()
                        .setSchedulingStrategy(kind)
                        .build())
                .getServicesList()
                .stream()
                .map(dev.staithe.proto.v1.Service::getServiceName)
                .toList();
    }

    @Test
    void tellsWhatBecameOfEachDeployment() throws IntentException {
        Service first = edge.world.created("web", 2);
        edge.world.put(World.deployment(first, 1, 1, Rollout.COMPLETED));
        edge.world.definitions.register(World.definition("web"));
        services.update(UpdateServiceRequest.newBuilder()
                .setService("web")
                .setTaskDefinition("web:2")
                .setDeploymentConfiguration(DeploymentConfiguration.newBuilder()
                        .setDeploymentCircuitBreaker(
                                DeploymentCircuitBreaker.newBuilder().setEnable(true)))
                .build());
        var before = deployments();
        edge.world.put(World.deployment(first, 2, 2, Rollout.IN_PROGRESS));

        ServiceDeployment stopped = services.stopDeployment(StopServiceDeploymentRequest.newBuilder()
                        .setService("web")
                        .build())
                .getServiceDeployment();
        var after = deployments();
        Service back = edge.world.state().service("default", "web").orElseThrow();
        edge.world.put(dev.staithe.controlplane.model.Deployment.begin(back, 1).completed(2));

        assertThat(before).extracting(ServiceDeployment::getStatus).containsExactly("PENDING", "SUCCESSFUL");
        assertThat(before.getFirst().getCause()).isEqualTo("task definition changed");
        assertThat(before.getFirst().getCircuitBreakerThreshold()).isEqualTo(3);
        assertThat(stopped.getStatus()).isEqualTo("ROLLBACK_IN_PROGRESS");
        assertThat(stopped.getRollbackTo()).isEqualTo(before.getLast().getId());
        assertThat(after)
                .extracting(ServiceDeployment::getStatus)
                .containsExactly("PENDING", "ROLLBACK_IN_PROGRESS", "SUCCESSFUL");
        assertThat(after.getFirst().getCause()).isEqualTo("rollback of " + stopped.getId() + " by a user");
        assertThat(deployments().get(1).getStatus()).isEqualTo("ROLLBACK_SUCCESSFUL");
    }

    @Test
    void listsDeploymentsByStatusAndInPages() throws IntentException {
        Service first = edge.world.created("web", 2);
        for (int i = 1; i <= 3; i++) {
            edge.world.put(World.deployment(first, i, 1, i == 2 ? Rollout.FAILED : Rollout.COMPLETED));
        }

        var page = services.listDeployments(ListServiceDeploymentsRequest.newBuilder()
                .setService("web")
                .addStatus("SUCCESSFUL")
                .setMaxResults(1)
                .build());
        var rest = services.listDeployments(ListServiceDeploymentsRequest.newBuilder()
                .setService("web")
                .addStatus("SUCCESSFUL")
                .setNextToken(page.getNextToken())
                .build());

        assertThat(page.getServiceDeployments(0).getId()).isEqualTo(id(first, 3));
        assertThat(rest.getServiceDeploymentsList())
                .extracting(ServiceDeployment::getId)
                .containsExactly(id(first, 1));
    }

    @Test
    void showsAReplacementAsHealthyOnlyOnceItIs() throws IntentException {
        Service service = edge.world.created("web", 1);
        edge.world.put(World.deployment(service, 1, 1, Rollout.COMPLETED)
                .ended(
                        Rollout.COMPLETED,
                        "",
                        0,
                        edge.world.environment.time().now().toEpochMilli()));
        var task = World.task(service, "a".repeat(32), TaskStatus.RUNNING);
        long later = edge.world.environment.time().now().toEpochMilli() + 1000;
        edge.world.put(task);
        int old = described("web").getServices(0).getDeployments(0).getHealthyCount();
        edge.world.put(task.with(
                false,
                TaskStatus.RUNNING,
                2,
                "",
                "",
                List.of(),
                new dev.staithe.controlplane.model.Task.Times(later, later, later, later, 0, 0)));

        assertThat(old).isEqualTo(1);
        assertThat(described("web").getServices(0).getDeployments(0).getHealthyCount())
                .isZero();
    }

    private static String id(Service service, long generation) {
        return dev.staithe.controlplane.model.Deployment.id(service.uid(), generation);
    }

    private List<ServiceDeployment> deployments() {
        return services.listDeployments(ListServiceDeploymentsRequest.newBuilder()
                        .setService("web")
                        .build())
                .getServiceDeploymentsList();
    }

    @Test
    void showsOlderDeploymentsOnlyWhileTheyHaveTasks() throws IntentException {
        Service first = edge.world.created("web", 1);
        edge.world.put(World.deployment(first, 1, 1, Rollout.COMPLETED));
        edge.world.put(World.task(first, "a".repeat(32), TaskStatus.RUNNING));
        services.update(UpdateServiceRequest.newBuilder()
                .setService("web")
                .setForceNewDeployment(true)
                .build());

        var during = described("web").getServices(0);
        edge.world.put(World.task(first, "a".repeat(32), TaskStatus.STOPPED));
        var after = described("web").getServices(0);

        assertThat(during.getDeploymentsList())
                .extracting(Deployment::getStatus)
                .containsExactly("PRIMARY", "ACTIVE");
        assertThat(during.getRunningCount()).isEqualTo(1);
        assertThat(during.getDeployments(1).getRunningCount()).isEqualTo(1);
        assertThat(during.getDeployments(1).getHealthyCount()).isEqualTo(1);
        assertThat(after.getDeploymentsList()).extracting(Deployment::getStatus).containsExactly("PRIMARY");
    }

    @Test
    void keepsTheOrderOfWhatWasAskedForAndSaysWhatIsMissing() throws IntentException {
        edge.world.created("b", 0);
        edge.world.created("a", 0);

        DescribeServicesResponse response = described("b", "nothing", "a", "b");

        assertThat(response.getServicesList())
                .extracting(dev.staithe.proto.v1.Service::getServiceName)
                .containsExactly("b", "a", "b");
        assertThat(response.getFailuresList())
                .containsExactly(Failure.newBuilder()
                        .setResource("nothing")
                        .setReason("MISSING")
                        .build());
    }

    @Test
    void describesSomethingAndNotTooMuch() {
        assertThat(refusal(this::described)).isEqualTo("services: Services cannot be empty.");
        assertThat(refusal(() -> described("x", "x", "x", "x", "x", "x", "x", "x", "x", "x", "x")))
                .isEqualTo("services: 11 names (expected: at most 10)");
        assertThat(refusal(() -> services.describe(
                        DescribeServicesRequest.newBuilder().setCluster("prod").build())))
                .isEqualTo("Cluster not found: prod (create it first)");
    }

    @Test
    void showsLongListsInPages() throws IntentException {
        for (int i = 0; i < 25; i++) {
            edge.world.clusters.create(CreateClusterRequest.newBuilder()
                    .setClusterName(String.format("c%02d", i))
                    .build());
        }

        List<String> seen = new ArrayList<>();
        String token = "";
        do {
            ListClustersResponse page = clusters.list(ListClustersRequest.newBuilder()
                    .setMaxResults(10)
                    .setNextToken(token)
                    .build());
            page.getClustersList().forEach(c -> seen.add(c.getClusterName()));
            token = page.getNextToken();
        } while (!token.isEmpty());

        assertThat(seen).hasSize(26).doesNotHaveDuplicates().isSorted();
    }

    @Test
    void refusesPagesThatNobodyCanMean() {
        assertThat(refusal(() -> clusters.list(
                        ListClustersRequest.newBuilder().setMaxResults(101).build())))
                .isEqualTo("maxResults: 101 (expected: 1-100, 0 for 100)");
        assertThat(refusal(() -> clusters.list(
                        ListClustersRequest.newBuilder().setNextToken("%%").build())))
                .isEqualTo("nextToken: not a token (expected: the nextToken of the answer before)");
        assertThat(refusal(() -> clusters.list(
                        ListClustersRequest.newBuilder().setNextToken("d2Vi").build())))
                .startsWith("nextToken: not a token");
    }

    @Test
    void sortsRevisionsAsNumbers() throws IntentException {
        edge.world.definitions.register(World.definition("web-2"));
        for (int i = 0; i < 11; i++) {
            edge.world.definitions.register(World.definition("web"));
        }

        var first = definitions.list(
                ListTaskDefinitionsRequest.newBuilder().setMaxResults(10).build());
        var second = definitions.list(ListTaskDefinitionsRequest.newBuilder()
                .setMaxResults(10)
                .setNextToken(first.getNextToken())
                .build());
        var descending = definitions.list(ListTaskDefinitionsRequest.newBuilder()
                .setFamily("web")
                .setSort("DESC")
                .setMaxResults(2)
                .build());

        assertThat(first.getTaskDefinitionsList()).startsWith("web:1", "web:2").endsWith("web:10");
        assertThat(second.getTaskDefinitionsList()).containsExactly("web:11", "web-2:1");
        assertThat(descending.getTaskDefinitionsList()).containsExactly("web:11", "web:10");
    }

    @Test
    void tellsActiveFromInactiveFamilies() throws IntentException {
        edge.world.definitions.register(World.definition("old"));
        edge.world.definitions.register(World.definition("web"));
        edge.world.definitions.deregister("old:1");

        assertThat(definitions
                        .listFamilies(ListTaskDefinitionFamiliesRequest.getDefaultInstance())
                        .getFamiliesList())
                .containsExactly("web");
        assertThat(definitions
                        .listFamilies(ListTaskDefinitionFamiliesRequest.newBuilder()
                                .setStatus("INACTIVE")
                                .build())
                        .getFamiliesList())
                .containsExactly("old");
        var described = definitions
                .describe(DescribeTaskDefinitionRequest.newBuilder()
                        .setTaskDefinition("old:1")
                        .build())
                .getTaskDefinition();
        assertThat(described.getStatus()).isEqualTo("INACTIVE");
        assertThat(described.getRevision()).isEqualTo(1);
        assertThat(described.hasDeregisteredAt()).isTrue();
    }

    @Test
    void listsOnlyActiveServices() throws IntentException {
        edge.world.created("web", 0);
        edge.world.created("api", 0);
        services.delete(dev.staithe.proto.v1.DeleteServiceRequest.newBuilder()
                .setService("api")
                .build());

        assertThat(services.list(ListServicesRequest.getDefaultInstance()).getServicesList())
                .extracting(dev.staithe.proto.v1.Service::getServiceName)
                .containsExactly("web");
        assertThat(described("api").getServices(0).getStatus()).isEqualTo("INACTIVE");
    }

    @Test
    void filtersTasksByWhatIsWantedOfThem() throws IntentException {
        Service web = edge.world.created("web", 2);
        edge.world.put(World.instance("1".repeat(32), "default", "host-a"));
        edge.world.put(World.task(web, "a".repeat(32), TaskStatus.RUNNING));
        edge.world.put(World.task(web, "b".repeat(32), TaskStatus.STOPPED));

        assertThat(listed(ListTasksRequest.newBuilder().setServiceName("web"))).containsExactly("a".repeat(32));
        assertThat(listed(ListTasksRequest.newBuilder().setDesiredStatus("STOPPED")))
                .containsExactly("b".repeat(32));
        assertThat(listed(ListTasksRequest.newBuilder().setDesiredStatus("ALL").setContainerInstance("host-a")))
                .containsExactly("a".repeat(32), "b".repeat(32));
        assertThat(refusal(() -> listed(ListTasksRequest.newBuilder().setDesiredStatus("PENDING"))))
                .isEqualTo("desiredStatus: PENDING (expected: ALL, RUNNING, STOPPED)");
    }

    @Test
    void showsATaskThatEndedByItselfAsOneThatIsWantedNoMore() throws IntentException {
        Service web = edge.world.created("web", 1);
        var task = World.task(web, "a".repeat(32), TaskStatus.RUNNING);
        edge.world.put(task.with(
                false, TaskStatus.STOPPED, 2, "EssentialContainerExited", "", task.containers(), task.times()));

        assertThat(listed(ListTasksRequest.newBuilder())).isEmpty();
        assertThat(listed(ListTasksRequest.newBuilder().setDesiredStatus("STOPPED")))
                .containsExactly("a".repeat(32));
    }

    @Test
    void showsATaskWithItsHostAndContainers() throws IntentException {
        Service web = edge.world.created("web", 1);
        edge.world.put(World.instance("1".repeat(32), "default", "host-a"));
        edge.world.put(World.task(web, "a".repeat(32), TaskStatus.PENDING));

        DescribeTasksResponse response = tasks.describe(DescribeTasksRequest.newBuilder()
                .addTasks("aaaa")
                .addTasks("bbbb")
                .build());

        Task task = response.getTasks(0);
        assertThat(task.getHostName()).isEqualTo("host-a");
        assertThat(task.getHostAddress()).isEqualTo("127.0.0.1");
        assertThat(task.getConnectivity()).isEqualTo("CONNECTED");
        assertThat(task.getContainers(0).getName()).isEqualTo("main");
        assertThat(task.getContainers(0).getImage()).isEqualTo(World.IMAGE);
        assertThat(task.getContainers(0).getLastStatus()).isEqualTo("PENDING");
        assertThat(response.getFailures(0).getResource()).isEqualTo("bbbb");
    }

    @Test
    void listsTasksByHostAndLaunchTypeAndShowsWhatTheyWereStartedWith() throws IntentException {
        Service web = edge.world.created("web", 1);
        edge.world.put(World.instance("1".repeat(32), "default", "host-a"));
        edge.world.put(World.instance("2".repeat(32), "default", "host-b"));
        edge.world.put(World.task(web, "a".repeat(32), TaskStatus.RUNNING)
                .marked(new dev.staithe.controlplane.model.Task.Marks(
                        List.of(Tag.newBuilder().setKey("team").build()), 5_000, false, List.of(), "job-7", false)));

        var onA = tasks.list(
                ListTasksRequest.newBuilder().setContainerInstance("host-a").build());
        var onB = tasks.list(
                ListTasksRequest.newBuilder().setContainerInstance("host-b").build());
        var elsewhere = tasks.list(
                ListTasksRequest.newBuilder().setLaunchType("FARGATE").build());

        assertThat(onA.getTasksList()).singleElement().satisfies(t -> {
            assertThat(t.getTags(0).getKey()).isEqualTo("team");
            assertThat(t.getReferenceId()).isEqualTo("job-7");
            assertThat(t.getLaunchType()).isEqualTo("EC2");
            assertThat(t.getProtectionExpiresAt().getSeconds()).isEqualTo(5);
        });
        assertThat(onB.getTasksList()).isEmpty();
        assertThat(elsewhere.getTasksList()).isEmpty();
    }

    @Test
    void showsWhichTasksAreProtectedAndWhichCannotBe() throws IntentException {
        Service web = edge.world.created("web", 3);
        long now = edge.world.environment.time().now().toEpochMilli();
        edge.world.put(protectedUntil(World.task(web, "a".repeat(32), TaskStatus.RUNNING), now + 60_000));
        edge.world.put(protectedUntil(World.task(web, "b".repeat(32), TaskStatus.RUNNING), now - 1));
        edge.world.put(World.task(web, "c".repeat(32), TaskStatus.STOPPED));

        var response = tasks.getProtection(GetTaskProtectionRequest.newBuilder()
                .addTasks("aaaa")
                .addTasks("bbbb")
                .addTasks("cccc")
                .addTasks("dddd")
                .build());

        assertThat(response.getProtectedTasksList())
                .extracting(t -> t.getProtectionEnabled(), t -> t.hasExpirationDate())
                .containsExactly(tuple(true, true), tuple(false, false));
        assertThat(response.getFailuresList())
                .extracting(Failure::getReason)
                .containsExactly("TASK_NOT_VALID", "MISSING");
    }

    private static dev.staithe.controlplane.model.Task protectedUntil(
            dev.staithe.controlplane.model.Task task, long millis) {
        return task.marked(task.marks().protectedUntil(millis));
    }

    @Test
    void showsWhatAHostHasLeft() throws IntentException {
        Service web = edge.world.created("web", 1);
        edge.world.put(World.instance("1".repeat(32), "default", "host-a"));
        edge.world.put(World.task(web, "a".repeat(32), TaskStatus.RUNNING));

        ContainerInstance instance = Edge.patient(ContainerInstancesGrpc.newBlockingStub(edge.channel()))
                .describe(DescribeContainerInstancesRequest.newBuilder()
                        .addContainerInstances("host-a")
                        .build())
                .getContainerInstances(0);
        Cluster cluster =
                clusters.describe(DescribeClustersRequest.getDefaultInstance()).getClusters(0);

        assertThat(instance.getRemainingResourcesList())
                .contains(Resource.newBuilder()
                        .setName("MEMORY")
                        .setIntegerValue(4096 - 32)
                        .build())
                .contains(Resource.newBuilder()
                        .setName("PORTS")
                        .addStringSetValue("22")
                        .build());
        assertThat(instance.getRunningTasksCount()).isEqualTo(1);
        assertThat(cluster.getRegisteredContainerInstancesCount()).isEqualTo(1);
        assertThat(cluster.getRunningTasksCount()).isEqualTo(1);
        assertThat(cluster.getActiveServicesCount()).isEqualTo(1);
    }

    private DescribeServicesResponse described(String... names) {
        return services.describe(DescribeServicesRequest.newBuilder()
                .addAllServices(List.of(names))
                .build());
    }

    private List<String> listed(ListTasksRequest.Builder request) {
        return tasks.list(request.build()).getTasksList().stream()
                .map(Task::getTaskId)
                .toList();
    }

    private static String refusal(ThrowingCallable call) {
        return String.valueOf(catchThrowableOfType(StatusRuntimeException.class, call)
                .getStatus()
                .getDescription());
    }
}
