package dev.staithe.controlplane.api.grpc;

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
import dev.staithe.controlplane.state.ClusterView;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * The services of {@code staithe.v1}. The composition root adds them to a server, beside health and reflection; the
 * server's executor must allow calls to block.
 */
public final class ApiServices {
    /** Most bytes of a request; the server may allow more, for agents. */
    static final int MOST_REQUEST_BYTES = 1 << 20;

    private ApiServices() {}

    /**
     * What the services are made of.
     *
     * @param commands who says whether this process leads
     * @param loop the control loop: where agents are asked
     * @param logs asks agents, for logs and figures
     * @param healthyAfter how long a task without health checks runs before it is shown as healthy
     * @param pushes runs what watchers are sent, off the control loop; may block
     */
    public record Parts(
            Environment environment,
            ClusterView view,
            Clusters clusters,
            TaskDefinitions taskDefinitions,
            Services services,
            Tasks tasks,
            ResourceTags tags,
            Hosts hosts,
            HostAttributes hostAttributes,
            TaskCommands commands,
            EventLoop loop,
            AgentQuestions logs,
            ClusterEvents events,
            Plans plans,
            Explains explains,
            Secrets secrets,
            Roles roles,
            Duration healthyAfter,
            Executor pushes) {}

    /** Every service, behind the interceptor that keeps bugs from the callers and logs refusals. */
    public static List<ServerServiceDefinition> all(Parts parts) {
        Errors errors = new Errors(parts.environment().ids());
        View view = new View(parts.view());
        ServiceMessages messages = new ServiceMessages(parts.environment().time(), parts.healthyAfter());
        List<BindableService> services = List.of(
                new ClustersEndpoint(view, parts.clusters()),
                new TaskDefinitionsEndpoint(view, parts.taskDefinitions()),
                new TagsEndpoint(view, parts.tags()),
                new ServicesEndpoint(
                        view, parts.services(), parts.explains(), messages, new Pushing(parts.pushes(), errors)),
                new TasksEndpoint(
                        view,
                        parts.tasks(),
                        parts.explains(),
                        parts.environment().time(),
                        new PullTexts(
                                parts.loop(), parts.logs(), parts.environment().effects()),
                        new Pushing(parts.pushes(), errors)),
                new ContainerInstancesEndpoint(view, parts.hosts(), parts.hostAttributes()),
                new PlansEndpoint(view, parts.plans()),
                new SecretsEndpoint(view, parts.secrets()),
                new RolesEndpoint(view, parts.roles()),
                new EventsEndpoint(view, parts.events(), new Pushing(parts.pushes(), errors)),
                new ExecEndpoint(
                        parts.commands(),
                        parts.loop(),
                        parts.logs(),
                        new CommandJournal(
                                parts.events(),
                                parts.view(),
                                parts.environment().time()),
                        new Pushing(parts.pushes(), errors)),
                new LogsEndpoint(parts.commands(), parts.loop(), parts.logs(), new Pushing(parts.pushes(), errors)),
                new StatsEndpoint(
                        parts.commands(),
                        parts.loop(),
                        parts.logs(),
                        parts.environment().time(),
                        new Pushing(parts.pushes(), errors)));
        return services.stream()
                .map(service -> ServerInterceptors.intercept(service, new Callers(), errors))
                .toList();
    }
}
