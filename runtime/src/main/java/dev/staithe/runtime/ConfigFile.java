package dev.staithe.runtime;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** Reads a component's configuration: one YAML file, one record. An unknown key is an error. */
public final class ConfigFile {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory())
            .registerModule(new SimpleModule().addDeserializer(Duration.class, new DurationReader()))
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);

    private ConfigFile() {}

    /**
     * Reads the file into the record. Absent keys arrive as null: the record's constructor gives the defaults.
     *
     * @throws Invalid with one line that names the file, the key and what was expected
     */
    public static <T> T read(Path file, Class<T> type) throws Invalid {
        try {
            String text = Files.readString(file);
            return YAML.readValue(text.isBlank() ? "{}" : text, type);
        } catch (NoSuchFileException e) {
            throw new Invalid(file + ": no such file");
        } catch (JsonMappingException e) {
            throw new Invalid(file + ": " + path(e.getPath()) + firstLine(e));
        } catch (JsonProcessingException e) {
            throw new Invalid(file + ": line " + e.getLocation().getLineNr() + ": " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new Invalid(file + ": cannot be read: " + e.getMessage());
        }
    }

    /** Parses "500ms", "40s", "15m", "3h". */
    public static Duration duration(String text) {
        var matcher = java.util.regex.Pattern.compile("(\\d{1,9})(ms|s|m|h)").matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(text + " (expected: a duration such as 500ms, 40s, 15m, 3h)");
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    private static String path(List<JsonMappingException.Reference> references) {
        return references.isEmpty()
                ? ""
                : references.stream()
                                .map(r -> r.getFieldName() == null ? "[" + r.getIndex() + "]" : r.getFieldName())
                                .collect(Collectors.joining("."))
                        + ": ";
    }

    private static String firstLine(JsonMappingException e) {
        if (e instanceof com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException unknown) {
            return "unknown key (expected one of: "
                    + unknown.getKnownPropertyIds().stream()
                            .map(String::valueOf)
                            .sorted()
                            .collect(Collectors.joining(", "))
                    + ")";
        }
        String message = e.getCause() instanceof IllegalArgumentException invalid
                ? invalid.getMessage()
                : e.getOriginalMessage();
        return String.valueOf(message).lines().findFirst().orElse("invalid");
    }

    /** A configuration that cannot be used; the message is for the operator. */
    public static final class Invalid extends Exception {
        public Invalid(String message) {
            super(message);
        }
    }

    private static final class DurationReader extends StdDeserializer<Duration> {
        private static final long serialVersionUID = 1;

        DurationReader() {
            super(Duration.class);
        }

        @Override
        public Duration deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            try {
                return duration(parser.getText());
            } catch (IllegalArgumentException e) {
                throw JsonMappingException.from(parser, String.valueOf(e.getMessage()), e);
            }
        }
    }
}
