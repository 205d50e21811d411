package dev.staithe.agent.metadata;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.staithe.agent.metadata.HostEndpoints.Sources;
import dev.staithe.proto.v1.ContainerStats;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Answers people and their tools on the host: what the agent runs, whether it is well, what it counts. On the loopback alone, and
 * to nobody who was led here under another name. Called on threads of the listener; blocks.
 */
final class IntrospectionEndpoint {
    /** A second look may follow the first after half a second. */
    private static final Duration MEASURED_WITHIN = Duration.ofSeconds(5);

    private final int port;
    private final OnLoop loop;
    private final Sources sources;
    private final AgentMetrics metrics;

    IntrospectionEndpoint(int port, OnLoop loop, Sources sources) {
        this.port = port;
        this.loop = loop;
        this.sources = sources;
        this.metrics = new AgentMetrics(sources);
    }

    Reply answer(Query query) throws InterruptedException {
        if (!query.method().equals("GET") && !query.method().equals("HEAD")) {
            return Reply.refusal(Reply.NOT_A_METHOD, query.method() + " is not answered here (expected: GET)");
        }
        if (!query.sentTo("127.0.0.1:" + port) && !query.sentTo("localhost:" + port)) {
            return Reply.refusal(Reply.MISDIRECTED, "Host: not this endpoint (expected: 127.0.0.1:" + port + ")");
        }
        return switch (query.path()) {
            case "/" -> Reply.json(Reply.OK, commands());
            case "/v1/metadata" -> onLoop(this::metadata);
            case "/v1/tasks" -> onLoop(() -> tasks(query));
            case "/health" -> onLoop(this::health);
            case "/metrics" -> metrics();
            default -> Reply.refusal(Reply.NOT_FOUND, "no such path (expected: one of " + commands() + ")");
        };
    }

    private Reply onLoop(Supplier<Reply> question) throws InterruptedException {
        return loop.ask(question).orElseGet(() -> Reply.refusal(Reply.UNAVAILABLE, "the agent is busy; ask again"));
    }

    private static JsonNode commands() {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.putArray("AvailableCommands")
                .add("/v1/metadata")
                .add("/v1/tasks")
                .add("/health")
                .add("/metrics");
        return document;
    }

    private Reply metadata() {
        return Reply.json(
                Reply.OK,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("Cluster", sources.health().cluster())
                        .put("ContainerInstanceArn", sources.health().instanceId())
                        .put("Version", "Staithe Agent - v" + sources.health().version()));
    }

    private Reply tasks(Query query) {
        Optional<String> task = query.parameter("taskid").or(() -> query.parameter("taskarn"));
        Optional<String> container = query.parameter("dockerid");
        if (task.isPresent() && container.isPresent()) {
            return Reply.refusal(Reply.BAD_REQUEST, "taskid, dockerid: both given (expected: one of them)");
        }
        List<HeldTask> all = sources.tasks().tasks().stream()
                .map(held -> HeldTask.of(held, sources.tasks()::sighting))
                .toList();
        if (task.isEmpty() && container.isEmpty()) {
            ObjectNode document = JsonNodeFactory.instance.objectNode();
            var listed = document.putArray("Tasks");
            all.forEach(held -> listed.add(IntrospectionDocuments.task(held)));
            return Reply.json(Reply.OK, document);
        }
        List<HeldTask> found = all.stream()
                .filter(held -> task.isPresent()
                        ? begins(held.task().taskId(), task.get())
                        : held.task().containers().stream().anyMatch(c -> begins(c.runtimeId(), container.orElse(""))))
                .toList();
        return switch (found.size()) {
            case 0 -> Reply.refusal(Reply.NOT_FOUND, "no such task on this host");
            case 1 -> Reply.json(Reply.OK, IntrospectionDocuments.task(found.getFirst()));
            default ->
                Reply.refusal(Reply.BAD_REQUEST, found.size() + " tasks begin like that (expected: more digits)");
        };
    }

    private static boolean begins(String id, String prefix) {
        return !prefix.isEmpty() && id.startsWith(prefix);
    }

    private Reply health() {
        AgentHealth health = sources.health();
        boolean well = health.connected() && health.engineAnswers() && health.ledgerWrites();
        ObjectNode document = JsonNodeFactory.instance
                .objectNode()
                .put("agent", "ok")
                .put("engine", health.engineAnswers() ? "ok" : "does not answer")
                .put("session", health.connected() ? "ok" : "no control plane")
                .put("ledger", health.ledgerWrites() ? "ok" : "cannot be written");
        return Reply.json(well ? Reply.OK : Reply.UNAVAILABLE, document);
    }

    private Reply metrics() throws InterruptedException {
        Optional<String> text = loop.await(
                MEASURED_WITHIN,
                answer -> sources.meter()
                        .measure((List<ContainerStats> figures) -> answer.complete(metrics.text(figures))));
        return text.map(body -> Reply.text(AgentMetrics.CONTENT_TYPE, body))
                .orElseGet(() -> Reply.refusal(Reply.UNAVAILABLE, "the agent is busy; ask again"));
    }
}
