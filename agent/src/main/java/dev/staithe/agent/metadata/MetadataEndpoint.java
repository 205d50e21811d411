package dev.staithe.agent.metadata;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerView;
import dev.staithe.agent.model.LocalContainer;
import dev.staithe.agent.reconcile.Observation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Answers containers: what they are (task metadata, version 4) and the credentials of their task's role.
 *
 * <p>A container is answered about itself and its own task. Who asks with an id that is not one, or not its own, learns nothing
 * but that; so does a page in a browser that was led here under another name. Called on threads of the listener; blocks.
 */
final class MetadataEndpoint {
    private static final Pattern PATH =
            Pattern.compile("/(v4|v2/credentials)/([A-Za-z0-9-]{1,128})(/task|/stats|/task/stats)?/?");

    private final String authority;
    private final String address;
    private final EndpointIds ids;
    private final OnLoop loop;
    private final HeldTasks tasks;
    private final Callers callers;
    private final RateLimit limit;
    private final MetadataDocuments documents;
    private final ContainerStatistics statistics;
    private final CredentialsAnswer credentials;

    MetadataEndpoint(
            String authority,
            EndpointIds ids,
            OnLoop loop,
            HeldTasks tasks,
            Callers callers,
            RateLimit limit,
            MetadataDocuments documents,
            ContainerStatistics statistics,
            CredentialsAnswer credentials) {
        this.authority = authority;
        this.address = authority.contains(":") ? authority.substring(0, authority.indexOf(':')) : authority;
        this.ids = ids;
        this.loop = loop;
        this.tasks = tasks;
        this.callers = callers;
        this.limit = limit;
        this.documents = documents;
        this.statistics = statistics;
        this.credentials = credentials;
    }

    /** The container that asks, and its task. */
    private record Asker(HeldTask held, LocalContainer container) {}

    Reply answer(Query query) throws InterruptedException {
        if (!query.method().equals("GET")) {
            return Reply.refusal(Reply.NOT_A_METHOD, query.method() + " is not answered here (expected: GET)");
        }
        if (!query.sentTo(authority)) {
            return Reply.refusal(Reply.MISDIRECTED, "Host: not this endpoint (expected: " + authority + ")");
        }
        Matcher path = PATH.matcher(query.path());
        boolean matches = path.matches();
        // Containers in the host's network ask from one address: each of them has an allowance of its own.
        boolean fromHost = query.source().equals(address);
        if (!limit.allows(fromHost && matches ? query.source() + "/" + path.group(2) : query.source())) {
            return Reply.refusal(Reply.TOO_MANY, "You have reached maximum request limit.");
        }
        if (!matches) {
            return Reply.refusal(
                    query.path().startsWith("/v2/credentials") ? Reply.BAD_REQUEST : Reply.NOT_FOUND,
                    "no such path (expected: what ECS_CONTAINER_METADATA_URI_V4 or"
                            + " AWS_CONTAINER_CREDENTIALS_RELATIVE_URI say)");
        }
        boolean metadata = path.group(1).equals("v4");
        String what = path.group(3) == null ? "" : path.group(3);
        try {
            return metadata
                    ? metadata(path.group(2), what, query.source())
                    : credentials(path.group(2), what, query.source());
        } catch (ContainerFault fault) {
            return Reply.refusal(Reply.FAILED, fault.reason());
        }
    }

    private Reply metadata(String id, String what, String source) throws InterruptedException, ContainerFault {
        Optional<HeldTask> held = held(id);
        Optional<Asker> asker = held.isEmpty() ? Optional.empty() : asker(held.get(), id, source);
        if (asker.isEmpty()) {
            return Reply.refusal(Reply.NOT_FOUND, "V4 metadata: no container of that id asks from this address");
        }
        HeldTask task = asker.get().held();
        LocalContainer container = asker.get().container();
        return switch (what) {
            case "" -> Reply.json(Reply.OK, documents.container(task, container));
            case "/task" -> Reply.json(Reply.OK, documents.task(task));
            case "/stats" ->
                statistics
                        .of(container.runtimeId())
                        .map(document -> Reply.json(Reply.OK, document))
                        .orElseGet(() -> Reply.refusal(Reply.NOT_FOUND, "V4 stats: the container does not run"));
            default -> Reply.json(Reply.OK, taskStatistics(task));
        };
    }

    private ObjectNode taskStatistics(HeldTask held) throws ContainerFault {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        for (LocalContainer container : held.task().containers()) {
            if (container.onEngine()) {
                Optional<ObjectNode> one = container.live() ? statistics.of(container.runtimeId()) : Optional.empty();
                all.set(container.runtimeId(), one.isPresent() ? one.get() : NullNode.instance);
            }
        }
        return all;
    }

    private Reply credentials(String id, String what, String source) throws InterruptedException, ContainerFault {
        Optional<HeldTask> held = held(id).filter(h -> what.isEmpty() && ids.credentialsOf(h.task(), id));
        if (held.isEmpty() || !anyOf(held.get(), source)) {
            return CredentialsAnswer.refusal(
                    Reply.BAD_REQUEST, "InvalidIdInRequest", "CredentialsV2Request: Id not found");
        }
        return credentials.of(held.get().task().taskId());
    }

    private Optional<Asker> asker(HeldTask held, String id, String source) throws ContainerFault {
        Optional<LocalContainer> container =
                ids.containerOf(held.task(), id).flatMap(name -> held.task().container(name));
        if (container.isEmpty()) {
            return Optional.empty();
        }
        Optional<ContainerView> confirmed = callers.confirm(held, container.get(), held.view(container.get()), source);
        return confirmed.map(view -> {
            LocalContainer now = Observation.seen(container.get(), view);
            return new Asker(held.with(now, view), now);
        });
    }

    /** Asks the engine, first for the one that seems to ask: an address may be another's a moment later. */
    private boolean anyOf(HeldTask held, String source) throws ContainerFault {
        List<LocalContainer> order = new ArrayList<>();
        for (LocalContainer container : held.task().containers()) {
            Optional<ContainerView> seen = held.view(container);
            order.add(seen.isPresent() && callers.comesFrom(seen.get(), source) ? 0 : order.size(), container);
        }
        for (LocalContainer container : order) {
            if (callers.confirm(held, container, Optional.empty(), source).isPresent()) {
                return true;
            }
        }
        return false;
    }

    private Optional<HeldTask> held(String id) throws InterruptedException {
        Optional<String> task = EndpointIds.task(id);
        if (task.isEmpty()) {
            return Optional.empty();
        }
        return loop.<Optional<HeldTask>>ask(
                        () -> tasks.task(task.get()).map(found -> HeldTask.of(found, tasks::sighting)))
                .flatMap(found -> found);
    }
}
