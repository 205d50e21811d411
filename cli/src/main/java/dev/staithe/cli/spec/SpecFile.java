package dev.staithe.cli.spec;

import com.google.protobuf.Message;
import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads one message from a file in JSON or YAML: JSON is YAML in another layout, so there is one way to read both. */
public final class SpecFile {
    /** ECS's limit for a task definition. */
    public static final int MOST_BYTES = 64 * 1024;

    private static final String STANDARD_INPUT = "-";

    private SpecFile() {}

    /**
     * Reads the file, or standard input when it is called "-".
     *
     * @param schema what the file must hold
     * @throws CommandFailure that names each thing that is wrong, with its place in the file
     */
    public static <M extends Message> Spec<M> read(String file, InputStream standardInput, Schema<M> schema) {
        String shown = file.equals(STANDARD_INPUT) ? "standard input" : file;
        try (InputStream content = file.equals(STANDARD_INPUT) ? standardInput : Files.newInputStream(Path.of(file))) {
            byte[] bytes = content.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw refused(shown + ": more than 64 KiB (expected: one definition of at most 64 KiB)");
            }
            return parse(shown, new String(bytes, StandardCharsets.UTF_8), schema);
        } catch (NoSuchFileException e) {
            throw refused(shown + ": no such file");
        } catch (IOException e) {
            throw refused(shown + ": cannot be read: " + e.getMessage());
        }
    }

    static <M extends Message> Spec<M> parse(String file, String text, Schema<M> schema) {
        try {
            LoadSettings settings = LoadSettings.builder()
                    .setLabel(file)
                    .setMaxAliasesForCollections(10)
                    .build();
            Node root = new Compose(settings)
                    .composeString(prepare(text))
                    .orElseThrow(() -> refused(file + ": is empty (expected: " + schema.expected() + ")"));
            return new SpecReader(file).read(root, schema);
        } catch (MarkedYamlEngineException e) {
            throw refused(file + ":" + Position.of(e.getProblemMark()) + ": " + problem(e));
        } catch (YamlEngineException e) {
            throw refused(file + ": "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse("cannot be read"));
        }
    }

    /** JSON may be indented with tabs, YAML may not; a tab inside a JSON string would be an error anyway. */
    private static String prepare(String text) {
        String content = text.startsWith("\uFEFF") ? text.substring(1) : text;
        return content.stripLeading().startsWith("{") ? content.replace('\t', ' ') : content;
    }

    private static String problem(MarkedYamlEngineException e) {
        String problem = String.valueOf(e.getProblem());
        return "neither JSON nor YAML: " + problem.lines().findFirst().orElse("");
    }

    static CommandFailure refused(String message) {
        return new CommandFailure(ExitCode.ERROR, message, "");
    }
}
