package dev.staithe.agent.reconcile;

import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.EnvironmentFile;
import dev.staithe.proto.v1.Secret;
import dev.staithe.proto.v1.TaskDefinition;
import java.nio.file.Path;
import java.util.Optional;

/** Checks again how a task names its secrets: names become variables of a container, and paths mounts into it. Pure. */
final class SecretCheck {
    private static final int MOST = 1000;

    private SecretCheck() {}

    static Optional<String> problem(TaskDefinition definition) {
        for (int i = 0; i < definition.getContainerDefinitionsCount(); i++) {
            Optional<String> problem =
                    problem("containerDefinitions[" + i + "]", definition.getContainerDefinitions(i));
            if (problem.isPresent()) {
                return problem;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> problem(String at, ContainerDefinition container) {
        if (container.getSecretsCount() > MOST) {
            return refusal(at + ".secrets", container.getSecretsCount() + " entries", "at most " + MOST);
        }
        for (Secret secret : container.getSecretsList()) {
            if (secret.getName().isEmpty()
                    || secret.getName().indexOf('=') >= 0
                    || secret.getName().indexOf('\0') >= 0) {
                return refusal(at + ".secrets.name", secret.getName(), "a name without =");
            }
            if (!secret.getContainerPath().isEmpty() && !file(secret.getContainerPath())) {
                return refusal(
                        at + ".secrets.containerPath",
                        secret.getContainerPath(),
                        "an absolute path of a file, without .. and colons");
            }
        }
        for (EnvironmentFile file : container.getEnvironmentFilesList()) {
            if (!file.getType().equals("secret")) {
                return refusal(at + ".environmentFiles.type", file.getType(), "secret");
            }
        }
        return Optional.empty();
    }

    private static boolean file(String path) {
        if (path.indexOf('\0') >= 0 || path.indexOf(':') >= 0) {
            return false;
        }
        Path parsed = Path.of(path);
        return parsed.isAbsolute()
                && parsed.getNameCount() > 0
                && parsed.normalize().equals(parsed);
    }

    private static Optional<String> refusal(String field, String value, String expected) {
        return Optional.of("HostConfigError: " + field + ": " + value + " (expected: " + expected + ")");
    }
}
