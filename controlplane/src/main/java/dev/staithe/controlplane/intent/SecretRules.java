package dev.staithe.controlplane.intent;

import dev.staithe.controlplane.secrets.RoleName;
import dev.staithe.controlplane.secrets.SecretReference;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.EnvironmentFile;
import dev.staithe.proto.v1.KeyValuePair;
import dev.staithe.proto.v1.MountPoint;
import dev.staithe.proto.v1.Secret;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;

/** How a task definition names secrets and its role. That they exist is not asked for: they may be set later. */
final class SecretRules {
    private static final int MOST_FILES = 10;

    private SecretRules() {}

    static void check(ContainerDefinition container, String at, Problems problems) {
        secrets(container, at, problems);
        environmentFiles(container.getEnvironmentFilesList(), at + ".environmentFiles", problems);
        options(container, at + ".logConfiguration", problems);
        if (container.hasRepositoryCredentials()) {
            reference(
                    at + ".repositoryCredentials.credentialsParameter",
                    container.getRepositoryCredentials().getCredentialsParameter(),
                    problems);
        }
    }

    private static void secrets(ContainerDefinition container, String at, Problems problems) {
        TreeSet<String> variables = new TreeSet<>();
        container.getEnvironmentList().stream().map(KeyValuePair::getName).forEach(variables::add);
        TreeSet<String> paths = new TreeSet<>();
        container.getMountPointsList().stream()
                .map(MountPoint::getContainerPath)
                .forEach(paths::add);
        for (int i = 0; i < container.getSecretsCount(); i++) {
            Secret secret = container.getSecrets(i);
            String field = at + ".secrets[" + i + "]";
            reference(field + ".valueFrom", secret.getValueFrom(), problems);
            if (secret.getName().isEmpty() || secret.getName().indexOf('=') >= 0) {
                problems.invalid(field + ".name", secret.getName(), "a name without =");
            } else if (!variables.add(secret.getName())) {
                problems.invalid(field + ".name", secret.getName(), "a name that no variable and no other secret has");
            }
            String path = secret.getContainerPath();
            if (!path.isEmpty() && !plainAbsolute(path)) {
                problems.invalid(field + ".containerPath", path, "an absolute path of a file, without .. and colons");
            } else if (!path.isEmpty() && !paths.add(path)) {
                problems.invalid(field + ".containerPath", path, "a path at which nothing else is mounted");
            }
        }
    }

    /** Docker separates the parts of a mount by colons. */
    private static boolean plainAbsolute(String path) {
        if (path.indexOf('\0') >= 0 || path.indexOf(':') >= 0) {
            return false;
        }
        Path parsed = Path.of(path);
        return parsed.isAbsolute()
                && parsed.getNameCount() > 0
                && parsed.normalize().toString().equals(path);
    }

    /** Also of overrides. */
    static void environmentFiles(List<EnvironmentFile> files, String at, Problems problems) {
        if (files.size() > MOST_FILES) {
            problems.invalid(at, files.size() + " files", "at most " + MOST_FILES);
        }
        for (int i = 0; i < files.size(); i++) {
            String type = files.get(i).getType();
            String field = at + "[" + i + "]";
            if (type.equals("s3")) {
                problems.unsupported(
                        field + ".type", type, "secret, and in value the name of a secret whose value is the file");
            } else if (!type.equals("secret")) {
                problems.invalid(field + ".type", type, "secret");
            } else {
                reference(field + ".value", files.get(i).getValue(), problems);
            }
        }
    }

    private static void options(ContainerDefinition container, String at, Problems problems) {
        List<Secret> options = container.getLogConfiguration().getSecretOptionsList();
        TreeSet<String> names =
                new TreeSet<>(container.getLogConfiguration().getOptionsMap().keySet());
        for (int i = 0; i < options.size(); i++) {
            String field = at + ".secretOptions[" + i + "]";
            reference(field + ".valueFrom", options.get(i).getValueFrom(), problems);
            if (options.get(i).getName().isEmpty() || !names.add(options.get(i).getName())) {
                problems.invalid(field + ".name", options.get(i).getName(), "an option that is given once");
            }
            if (!options.get(i).getContainerPath().isEmpty()) {
                problems.invalid(
                        field + ".containerPath",
                        options.get(i).getContainerPath(),
                        "none for an option of a log driver");
            }
        }
    }

    private static void reference(String field, String text, Problems problems) {
        if (SecretReference.parse(text).isEmpty()) {
            problems.invalid(field, text, SecretReference.EXPECTED);
        }
    }

    /** Also of overrides. */
    static void role(String field, String text, Problems problems) {
        if (!text.isEmpty() && RoleName.parse(text).isEmpty()) {
            problems.invalid(field, text, RoleName.EXPECTED);
        }
    }

    /**
     * In ECS this role is the agent's, to fetch images and secrets with. Here the agent is told both by the control plane: to
     * accept a name that changes nothing would be to ignore it.
     */
    static void executionRole(String field, String text, Problems problems) {
        if (!text.isEmpty()) {
            problems.unsupported(
                    field, text, "none: agents get secrets and the credentials of registries from the control plane");
        }
    }
}
