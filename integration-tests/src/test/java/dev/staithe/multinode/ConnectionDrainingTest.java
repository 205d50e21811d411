package dev.staithe.multinode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.staithe.proto.v1.ContainerInstance;
import dev.staithe.proto.v1.ContainerInstancesGrpc;
import dev.staithe.proto.v1.PortMapping;
import dev.staithe.proto.v1.ServiceEvent;
import dev.staithe.proto.v1.ServicesGrpc;
import dev.staithe.proto.v1.Task;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.UpdateContainerInstancesStateRequest;
import dev.staithe.proto.v1.UpdateServiceRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tasks that are stopped while clients use them: nobody loses an answer that was under way. */
final class ConnectionDrainingTest {
    private static final String SERVICE = "shop";

    @RegisterExtension
    final Site site = new Site();

    @Test
    void noRequestIsBrokenByADeploymentAHostThatIsEmptiedOrScaleIn() {
        String address = Site.freeAddress();
        Api api = site.api(address);
        site.controlPlane("control", address, site.localStore());
        site.agent("host-a", List.of(address));
        site.agent("host-b", List.of(address));
        Site.await("both hosts are connected")
                .untilAsserted(
                        () -> assertThat(api.instances()).hasSize(2).allMatch(ContainerInstance::getAgentConnected));
        assertThat(api.instances()).allSatisfy(ConnectionDrainingTest::canRefuse);
        api.createService(SERVICE, api.register(server()), 4);
        Site.awaitSteady(api, SERVICE, 4);
        String second = api.register(server());

        try (Customers customers = new Customers(address, SERVICE, 8)) {
            served(customers, 40);
            update(api, UpdateServiceRequest.newBuilder().setTaskDefinition(second));
            Site.awaitSteady(api, SERVICE, 4);
            met("a rolling deployment", customers);

            state(api, "host-b", "DRAINING");
            Site.await("host-b is empty")
                    .untilAsserted(() -> assertThat(api.tasks(SERVICE, "ALL").stream()
                                    .filter(task -> task.getHostName().equals("host-b"))
                                    .filter(task -> !task.getLastStatus().equals("STOPPED")))
                            .isEmpty());
            met("a host that is emptied", customers);

            api.scale(SERVICE, 1);
            Site.awaitSteady(api, SERVICE, 1);
            met("scale-in", customers);
            assertThat(customers.count().refused())
                    .as("newcomers are told at once")
                    .isPositive();
        }

        assertThat(api.service(SERVICE).getEventsList())
                .extracting(ServiceEvent::getMessage)
                .anyMatch(m -> m.contains("has begun draining connections on "));
        assertThat(refusedFor(api)).isEmpty();
    }

    @Test
    void whatIsRefusedOutlivesTheAgentAndIsGoneWithItsTask() throws IOException {
        String address = Site.freeAddress();
        Api api = site.api(address);
        site.controlPlane("control", address, site.localStore());
        Daemon agent = site.agent("host", List.of(address));
        Site.awaitAgent(api);
        api.createService(SERVICE, api.register(server()), 1);
        Site.awaitSteady(api, SERVICE, 1);
        Task task = api.tasks(SERVICE, "RUNNING").getFirst();
        InetSocketAddress page = page(task);

        try (Socket customer = new Socket()) {
            customer.connect(page, 2000);
            customer.getOutputStream().write("1\n".getBytes(StandardCharsets.US_ASCII));
            api.scale(SERVICE, 0);
            Site.await("the task drains")
                    .until(() -> api.task(task.getTaskId()).getLastStatus().equals("DEACTIVATING"));
            assertRefused(page);

            agent.kill9();
            assertRefused(page);
            assertThat(refusedFor(api)).isNotEmpty();
            agent.startAgain();
            Site.await("the next agent has started")
                    .until(() -> agent.log("agent starts").size() == 2);
            assertRefused(page);
            customer.setSoTimeout(10_000);
            assertThat(new BufferedReader(new InputStreamReader(customer.getInputStream(), StandardCharsets.US_ASCII))
                            .readLine())
                    .isEqualTo("done");
        }

        Site.await("the task has stopped")
                .until(() -> api.task(task.getTaskId()).getLastStatus().equals("STOPPED"));
        assertThat(refusedFor(api)).isEmpty();
    }

    private static void served(Customers customers, int more) {
        int before = customers.count().answered();
        Site.await("customers are served").until(() -> customers.count().answered() >= before + more);
    }

    private static void met(String what, Customers customers) {
        Customers.Count count = customers.count();
        System.out.println("customers met by " + what + ": " + count);
        assertThat(count.broken()).as(what).isZero();
        served(customers, 10);
    }

    private TaskDefinition server() {
        TaskDefinition.Builder definition = site.definition(
                        SERVICE, site.engine().image(), Customers.SERVER)
                .setNetworkMode("bridge");
        definition
                .getContainerDefinitionsBuilder(0)
                .addPortMappings(PortMapping.newBuilder().setContainerPort(8080));
        return definition.build();
    }

    private static void update(Api api, UpdateServiceRequest.Builder request) {
        api.call(
                ServicesGrpc::newBlockingStub,
                stub -> stub.update(request.setService(SERVICE).build()));
    }

    private static void state(Api api, String host, String wanted) {
        api.call(
                ContainerInstancesGrpc::newBlockingStub,
                stub -> stub.updateState(UpdateContainerInstancesStateRequest.newBuilder()
                        .addContainerInstances(host)
                        .setStatus(wanted)
                        .build()));
    }

    private static void canRefuse(ContainerInstance host) {
        assertThat(host.getAttributesList())
                .anyMatch(attribute -> attribute.getName().equals("staithe.capability.connection-draining"));
    }

    private static InetSocketAddress page(Task task) {
        return new InetSocketAddress(
                task.getHostAddress(),
                task.getContainers(0).getNetworkBindings(0).getHostPort());
    }

    private static void assertRefused(InetSocketAddress page) {
        assertThatThrownBy(() -> {
                    try (Socket newcomer = new Socket()) {
                        newcomer.connect(page, 2000);
                    }
                })
                .isInstanceOf(ConnectException.class);
    }

    /** The lines of this machine's firewall that the hosts of the test have made. */
    private static List<String> refusedFor(Api api) {
        List<String> owners = api.instances().stream()
                .map(i -> "staithe_" + i.getContainerInstanceId().substring(0, 12))
                .toList();
        try {
            Process nft = new ProcessBuilder("nft", "list", "ruleset").start();
            String rules = new String(nft.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return rules.lines()
                    .filter(line -> owners.stream().anyMatch(line::contains))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError("these tests need nftables: apt-get install nftables", e);
        }
    }
}
