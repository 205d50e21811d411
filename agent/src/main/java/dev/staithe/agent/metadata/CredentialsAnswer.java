package dev.staithe.agent.metadata;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.secrets.RoleCredentials;
import dev.staithe.agent.secrets.RoleCredentialsSource;
import dev.staithe.runtime.Outcome;
import dev.staithe.runtime.Time;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * The credentials of a task's role, as the clients of ECS's credentials endpoint read them. Whoever calls has made sure that it
 * is the task that asks. Nothing of them is logged.
 */
final class CredentialsAnswer {
    private static final Duration PATIENCE = Duration.ofSeconds(50);

    /** Clients keep what does not end for ever, and would never hear of a change. */
    private static final Duration ASK_AGAIN = Duration.ofHours(1);

    private final OnLoop loop;
    private final RoleCredentialsSource source;
    private final Time time;

    CredentialsAnswer(OnLoop loop, RoleCredentialsSource source, Time time) {
        this.loop = loop;
        this.source = source;
        this.time = time;
    }

    Reply of(String taskId) throws InterruptedException {
        Optional<Outcome<RoleCredentials>> outcome =
                loop.await(PATIENCE, answer -> source.credentials(taskId, answer::complete));
        if (outcome.isEmpty()) {
            return unavailable("the control plane does not answer; ask again");
        }
        return switch (outcome.get()) {
            case Outcome.Done<RoleCredentials> done -> Reply.json(Reply.OK, document(done.value()));
            case Outcome.Failed<RoleCredentials> failed -> {
                Exception cause = failed.cause();
                yield unavailable(cause instanceof ContainerFault fault ? fault.reason() : "they cannot be had now");
            }
        };
    }

    /** In ECS's form, which clients print. */
    static Reply refusal(int status, String code, String message) {
        return Reply.json(
                status,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("code", code)
                        .put("message", message)
                        .put("HTTPErrorCode", status));
    }

    /** Clients try again after a 5xx. */
    private static Reply unavailable(String why) {
        return refusal(Reply.UNAVAILABLE, "CredentialsUninitialized", "CredentialsV2Request: " + why);
    }

    private ObjectNode document(RoleCredentials credentials) {
        Instant end = credentials.expiresAtMillis().isPresent()
                ? Instant.ofEpochMilli(credentials.expiresAtMillis().getAsLong())
                : time.now().plus(ASK_AGAIN);
        ObjectNode document = JsonNodeFactory.instance
                .objectNode()
                .put("RoleArn", credentials.role())
                .put("AccessKeyId", credentials.accessKeyId())
                .put("SecretAccessKey", credentials.secretAccessKey());
        if (!credentials.sessionToken().isEmpty()) {
            document.put("Token", credentials.sessionToken());
        }
        return document.put("Expiration", end.truncatedTo(ChronoUnit.SECONDS).toString());
    }
}
