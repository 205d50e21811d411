package dev.staithe.controlplane.secrets;

import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.ContainerOverride;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskOverride;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** What a task may be told: what its definition names, and its overrides. Pure. */
public final class NamedSecrets {
    private NamedSecrets() {}

    /** Every reference to a secret, as it is written. */
    public static SortedSet<String> references(TaskDefinition definition, TaskOverride overrides) {
        TreeSet<String> references = new TreeSet<>();
        for (ContainerDefinition container : definition.getContainerDefinitionsList()) {
            container.getSecretsList().forEach(secret -> references.add(secret.getValueFrom()));
            container.getEnvironmentFilesList().forEach(file -> references.add(file.getValue()));
            container
                    .getLogConfiguration()
                    .getSecretOptionsList()
                    .forEach(option -> references.add(option.getValueFrom()));
            references.add(container.getRepositoryCredentials().getCredentialsParameter());
        }
        for (ContainerOverride override : overrides.getContainerOverridesList()) {
            override.getEnvironmentFilesList().forEach(file -> references.add(file.getValue()));
        }
        references.remove("");
        return references;
    }

    /** Whether the secret of that name is one of them. */
    public static boolean names(TaskDefinition definition, TaskOverride overrides, String secret) {
        return references(definition, overrides).stream()
                .flatMap(reference -> SecretReference.parse(reference).stream())
                .anyMatch(reference -> reference.name().equals(secret));
    }

    /** The name of the task's role; empty when it has none. */
    public static Optional<String> role(TaskDefinition definition, TaskOverride overrides) {
        String arn = overrides.getTaskRoleArn().isEmpty() ? definition.getTaskRoleArn() : overrides.getTaskRoleArn();
        return arn.isEmpty() ? Optional.empty() : RoleName.parse(arn);
    }
}
