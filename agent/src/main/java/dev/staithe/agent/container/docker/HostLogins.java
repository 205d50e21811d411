package dev.staithe.agent.container.docker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.staithe.agent.container.RegistryCredentials;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Whom the host's user is to registries: Docker's configuration file, with {@code credHelpers}, {@code credsStore} and {@code
 * auths}, in this order, as Docker's command line has it. Read at each pull: a login counts at once, and nothing is kept.
 *
 * <p>A helper is a program {@code docker-credential-NAME}; the registry's name goes to it through its standard input, and what
 * it says stays in memory. It runs on the caller's thread, whose interruption ends it.
 */
final class HostLogins {
    private static final Pattern HELPER = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final int LONGEST_ANSWER = 64 * 1024;
    private static final String HUB = "docker.io";
    private static final String HUB_SERVER = "https://index.docker.io/v1/";

    private final Path file;
    private final ObjectMapper json;

    HostLogins(Path file, ObjectMapper json) {
        this.file = file;
        this.json = json;
    }

    /**
     * What was found for a registry.
     *
     * @param problem why there may be more that could not be read, without any of it; empty = none
     */
    record Login(Optional<RegistryCredentials> credentials, String problem) {
        static final Login NONE = new Login(Optional.empty(), "");

        static Login failed(String problem) {
            return new Login(Optional.empty(), problem);
        }
    }

    /** The login to the registry HOST[:PORT], "docker.io" for Docker's own. */
    Login find(String registry) throws InterruptedException {
        JsonNode config;
        try {
            config = json.readTree(Files.readString(file));
        } catch (NoSuchFileException none) {
            return Login.NONE;
        } catch (JsonProcessingException notJson) {
            return Login.failed(file + " is not JSON");
        } catch (IOException unreadable) {
            return Login.failed(
                    file + " cannot be read: " + unreadable.getClass().getSimpleName());
        }
        String helper = config.path("credHelpers")
                .path(registry.equals(HUB) && !config.path("credHelpers").has(HUB) ? HUB_SERVER : registry)
                .asText(config.path("credsStore").asText(""));
        Login fromHelper = helper.isEmpty() ? Login.NONE : ask(helper, registry.equals(HUB) ? HUB_SERVER : registry);
        return fromHelper.credentials().isPresent()
                ? fromHelper
                : new Login(listed(config.path("auths"), registry), fromHelper.problem());
    }

    private static Optional<RegistryCredentials> listed(JsonNode auths, String registry) {
        for (Map.Entry<String, JsonNode> entry : auths.properties()) {
            if (host(entry.getKey()).equals(registry)) {
                Optional<RegistryCredentials> found = credentials(entry.getValue());
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<RegistryCredentials> credentials(JsonNode entry) {
        String token = entry.path("identitytoken").asText("");
        if (!token.isEmpty()) {
            return Optional.of(new RegistryCredentials("", token));
        }
        String username = entry.path("username").asText("");
        String password = entry.path("password").asText("");
        String both = entry.path("auth").asText("");
        if (!both.isEmpty()) {
            String decoded = decoded(both);
            int colon = decoded.indexOf(':');
            if (colon > 0) {
                username = decoded.substring(0, colon);
                password = decoded.substring(colon + 1);
            }
        }
        return username.isEmpty() ? Optional.empty() : Optional.of(new RegistryCredentials(username, password));
    }

    private static String decoded(String base64) {
        try {
            return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notBase64) {
            return "";
        }
    }

    /** Docker writes HOST, HOST:PORT, and for old registries https://HOST/v1/. */
    private static String host(String key) {
        String plain = key.replaceFirst("^https?://", "").replaceFirst("/.*$", "");
        return plain.equals("index.docker.io") || plain.equals("registry-1.docker.io") ? HUB : plain;
    }

    private Login ask(String helper, String server) throws InterruptedException {
        String program = "docker-credential-" + helper;
        if (!HELPER.matcher(helper).matches()) {
            return Login.failed(file + ": a credential helper's name is letters, digits, - _ and .");
        }
        Process process;
        try {
            process = new ProcessBuilder(program, "get")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException missing) {
            return Login.failed(program + " cannot be started: is it in the PATH of the agent?");
        }
        try {
            ask(process, server);
            int status = process.waitFor();
            // It has ended: what it wrote is here, and nothing more is waited for.
            byte[] said = process.getInputStream()
                    .readNBytes(Math.min(process.getInputStream().available(), LONGEST_ANSWER));
            return status == 0 ? answer(program, said) : refused(program, status, said);
        } catch (IOException broken) {
            return Login.failed(program + " did not answer");
        } finally {
            process.destroyForcibly();
        }
    }

    private static void ask(Process process, String server) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(server.getBytes(StandardCharsets.UTF_8));
        } catch (IOException notListening) {
            // How it ends, and what it says, tells why.
            return;
        }
    }

    private Login answer(String program, byte[] said) {
        try {
            JsonNode answer = json.readTree(said);
            String username = answer.path("Username").asText("");
            String secret = answer.path("Secret").asText("");
            return secret.isEmpty()
                    ? Login.NONE
                    : new Login(
                            Optional.of(new RegistryCredentials(username.equals("<token>") ? "" : username, secret)),
                            "");
        } catch (IOException notJson) {
            return Login.failed(program + " answered what is not JSON");
        }
    }

    /** "credentials not found in native keychain" is how helpers say that they have none. */
    private static Login refused(String program, int status, byte[] said) {
        return new String(said, StandardCharsets.UTF_8).contains("not found")
                ? Login.NONE
                : Login.failed(program + " ended with status " + status);
    }
}
