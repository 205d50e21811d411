package dev.staithe.cli.command;

import dev.staithe.cli.outcome.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Which control plane and which cluster: the option, else the environment variable, else the configuration file
 * ({@code $XDG_CONFIG_HOME/staithe/config.yaml} with the keys server and cluster), else the default.
 */
record Settings(String server, String cluster) {
    static final String DEFAULT_SERVER = "127.0.0.1:7070";
    static final String DEFAULT_CLUSTER = "default";

    static Settings resolve(@Nullable String server, @Nullable String cluster, Map<String, String> variables) {
        String chosenServer = given(server, variables.get("STAITHE_SERVER"));
        String chosenCluster = given(cluster, variables.get("STAITHE_CLUSTER"));
        if (chosenServer.isEmpty() || chosenCluster.isEmpty()) {
            Map<String, String> file = file(configFile(variables));
            chosenServer = chosenServer.isEmpty() ? file.getOrDefault("server", DEFAULT_SERVER) : chosenServer;
            chosenCluster = chosenCluster.isEmpty() ? file.getOrDefault("cluster", DEFAULT_CLUSTER) : chosenCluster;
        }
        return new Settings(chosenServer, chosenCluster);
    }

    private static String given(@Nullable String option, @Nullable String variable) {
        return option != null ? option : variable != null ? variable : "";
    }

    private static Path configFile(Map<String, String> variables) {
        String home = variables.getOrDefault("HOME", System.getProperty("user.home"));
        String configured = variables.getOrDefault("XDG_CONFIG_HOME", "");
        Path directory = configured.isEmpty() ? Path.of(home, ".config") : Path.of(configured);
        return directory.resolve("staithe").resolve("config.yaml");
    }

    private static Map<String, String> file(Path path) {
        Map<String, String> found = new TreeMap<>();
        if (!Files.isRegularFile(path)) {
            return found;
        }
        try {
            Object content = new Load(
                            LoadSettings.builder().setLabel(path.toString()).build())
                    .loadFromString(Files.readString(path));
            if (content == null) {
                return found;
            }
            if (!(content instanceof Map<?, ?> keys)) {
                throw CommandFailure.usage(path + ": not a list of keys (expected: server, cluster)");
            }
            keys.forEach((key, value) -> {
                if (!key.equals("server") && !key.equals("cluster")) {
                    throw CommandFailure.usage(path + ": " + key + " is unknown (expected: server, cluster)");
                }
                found.put(String.valueOf(key), String.valueOf(value));
            });
            return found;
        } catch (IOException e) {
            throw CommandFailure.usage(path + ": cannot be read: " + e.getMessage());
        } catch (YamlEngineException e) {
            throw CommandFailure.usage(path + ": is no YAML: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }
}
