package dev.staithe.agent.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.agent.container.RegistryCredentials;
import dev.staithe.agent.secrets.SecretSource;
import dev.staithe.agent.secrets.SecretValues;
import dev.staithe.runtime.Outcome;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The credentials that a task's definition names for its registry: {@code repositoryCredentials.credentialsParameter} is the
 * name of a secret whose value is, as in ECS, {@code {"username": "...", "password": "..."}}. Asked for at each pull; nothing is
 * kept. Confined to the loop.
 */
public final class RegistrySecrets {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final SecretSource secrets;

    public RegistrySecrets(SecretSource secrets) {
        this.secrets = secrets;
    }

    /** Answers with the credentials, or a {@link ContainerFault} that names the secret and nothing of its value. */
    void credentials(String taskId, String name, Consumer<Outcome<RegistryCredentials>> then) {
        secrets.fetch(taskId, new TreeSet<>(List.of(name)), outcome -> {
            switch (outcome) {
                case Outcome.Done<SecretValues> found ->
                    then.accept(parsed(name, found.value().value(name)));
                case Outcome.Failed<SecretValues> failed -> then.accept(new Outcome.Failed<>(named(failed.cause())));
            }
        });
    }

    static Outcome<RegistryCredentials> parsed(String name, ByteString value) {
        try {
            JsonNode said = JSON.readTree(value.toStringUtf8());
            JsonNode username = said.path("username");
            JsonNode password = said.path("password");
            if (username.isTextual()
                    && password.isTextual()
                    && !username.asText().isEmpty()) {
                return new Outcome.Done<>(new RegistryCredentials(username.asText(), password.asText()));
            }
        } catch (JsonProcessingException unreadable) {
            // Said below, without the parser's message: it quotes what it read.
        }
        return new Outcome.Failed<>(new ContainerFault(
                Kind.CannotPullContainerError,
                "repositoryCredentials: the value of secret " + name
                        + " cannot be read (expected: {\"username\": \"...\", \"password\": \"...\"})",
                false));
    }

    private static Exception named(Exception cause) {
        return cause instanceof ContainerFault fault
                ? new ContainerFault(
                        fault.kind() == Kind.ControlPlaneUnavailableError
                                ? fault.kind()
                                : Kind.CannotPullContainerError,
                        "repositoryCredentials: " + fault.getMessage(),
                        fault.retriable(),
                        fault)
                : cause;
    }
}
