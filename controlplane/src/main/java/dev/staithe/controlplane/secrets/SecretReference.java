package dev.staithe.controlplane.secrets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A secret as a task definition names it: {@code NAME}, {@code NAME:json-key}, or in the shape that ECS has for Secrets Manager,
 * {@code arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME:json-key:version-stage:version-id}, of which region and account say
 * nothing here and the last two must be empty: there is one value, the newest.
 *
 * @param jsonKey which member of the value, a JSON object; empty = all of the value
 */
public record SecretReference(String name, String jsonKey) {
    public static final String EXPECTED =
            "NAME, NAME:json-key or arn:...:secret:NAME:json-key::, with a name of 1-255 of " + "A-Z a-z 0-9 _ . / -";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_./-]{1,255}");
    private static final Pattern ARN =
            Pattern.compile("arn:[a-z-]*:[a-z]*:[a-z0-9-]*:[0-9]*:secret:([^:]*)(?::([^:]*)(?::([^:]*):([^:]*))?)?");

    /** Whether a secret may have that name. */
    public static boolean validName(String name) {
        return NAME.matcher(name).matches();
    }

    /** Reads one; empty when it is none. */
    public static Optional<SecretReference> parse(String text) {
        if (text.startsWith("arn:")) {
            Matcher arn = ARN.matcher(text);
            boolean versioned = arn.matches() && (some(arn.group(3)) || some(arn.group(4)));
            return arn.matches() && !versioned && validName(arn.group(1))
                    ? Optional.of(new SecretReference(
                            arn.group(1), Optional.ofNullable(arn.group(2)).orElse("")))
                    : Optional.empty();
        }
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        String key = colon < 0 ? "" : text.substring(colon + 1);
        boolean valid = validName(name) && key.indexOf(':') < 0 && (colon < 0 || !key.isEmpty());
        return valid ? Optional.of(new SecretReference(name, key)) : Optional.empty();
    }

    private static boolean some(@org.jspecify.annotations.Nullable String part) {
        return part != null && !part.isEmpty();
    }

    /** The part of the secret's value that is meant. */
    ByteString of(ByteString value) throws UnreadableSecretException {
        if (jsonKey.isEmpty()) {
            return value;
        }
        JsonNode member = object(value).get(jsonKey);
        if (member == null || member.isNull()) {
            throw new UnreadableSecretException("secret " + name + ": has no key " + jsonKey);
        }
        return ByteString.copyFromUtf8(member.isTextual() ? member.textValue() : member.toString());
    }

    private JsonNode object(ByteString value) throws UnreadableSecretException {
        try {
            JsonNode parsed = value.isValidUtf8() ? JSON.readTree(value.toStringUtf8()) : null;
            if (parsed != null && parsed.isObject()) {
                return parsed;
            }
        } catch (JsonProcessingException notJson) {
            // Its words quote the value.
        }
        throw new UnreadableSecretException(
                "secret " + name + ": is no JSON object, and the key " + jsonKey + " of it is asked for");
    }
}
