package dev.staithe.agent.secrets;

import com.google.protobuf.ByteString;
import dev.staithe.agent.container.Confidential;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.proto.v1.ContainerDefinition;
import dev.staithe.proto.v1.EnvironmentFile;
import dev.staithe.proto.v1.Secret;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which secrets a container needs to be created, and what becomes of their values. Pure. */
public final class ContainerSecrets {
    private ContainerSecrets() {}

    /** A value that the container gets as a file. */
    record SecretFile(String containerPath, ByteString content) {
        /** Shows where it goes alone. */
        @Override
        public String toString() {
            return "SecretFile[" + containerPath + "]";
        }
    }

    /** What has to be fetched, as the definition names it. */
    public static SortedSet<String> names(ContainerDefinition container) {
        TreeSet<String> names = new TreeSet<>();
        container.getSecretsList().forEach(secret -> names.add(secret.getValueFrom()));
        container.getEnvironmentFilesList().forEach(file -> names.add(file.getValue()));
        container.getLogConfiguration().getSecretOptionsList().forEach(option -> names.add(option.getValueFrom()));
        return names;
    }

    /** Variables and options with their values; files have still to be written. */
    static Confidential confidential(ContainerDefinition container, SecretValues values) throws ContainerFault {
        Map<String, String> variables = new TreeMap<>();
        for (Secret secret : container.getSecretsList()) {
            if (secret.getContainerPath().isEmpty()) {
                variables.put(secret.getName(), text(secret, values));
            }
        }
        Map<String, String> options = new TreeMap<>();
        for (Secret option : container.getLogConfiguration().getSecretOptionsList()) {
            options.put(option.getName(), text(option, values));
        }
        return new Confidential(defaults(container, values), variables, options, List.of());
    }

    static List<SecretFile> files(ContainerDefinition container, SecretValues values) {
        List<SecretFile> files = new ArrayList<>();
        for (Secret secret : container.getSecretsList()) {
            if (!secret.getContainerPath().isEmpty()) {
                files.add(new SecretFile(secret.getContainerPath(), values.value(secret.getValueFrom())));
            }
        }
        return files;
    }

    /** Of several files the first one that names a variable counts, as in ECS. */
    private static Map<String, String> defaults(ContainerDefinition container, SecretValues values)
            throws ContainerFault {
        Map<String, String> merged = new LinkedHashMap<>();
        for (EnvironmentFile file : container.getEnvironmentFilesList()) {
            try {
                VariableFile.read(values.value(file.getValue())).forEach(merged::putIfAbsent);
            } catch (IllegalArgumentException e) {
                throw unusable("environmentFiles " + file.getValue() + ": " + e.getMessage());
            }
        }
        return merged;
    }

    private static String text(Secret secret, SecretValues values) throws ContainerFault {
        ByteString value = values.value(secret.getValueFrom());
        if (!value.isValidUtf8() || value.toStringUtf8().indexOf('\0') >= 0) {
            throw unusable("secrets " + secret.getName() + ": the value of " + secret.getValueFrom()
                    + " is not text without NUL (expected: that, or a containerPath to have it as a file)");
        }
        return value.toStringUtf8();
    }

    private static ContainerFault unusable(String message) {
        return new ContainerFault(Kind.ResourceInitializationError, message, false);
    }
}
