package dev.staithe.agent.secrets;

import com.google.protobuf.ByteString;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads variables in the syntax of {@code docker run --env-file}: one {@code NAME=value} a line, everything after the first =
 * as it stands, no quoting; empty lines and lines that begin with # are skipped, blanks before a line too. Unlike there, a name
 * alone is refused: there is no environment to take its value from. Pure; messages name lines, never what is in them.
 */
final class VariableFile {
    private VariableFile() {}

    /**
     * The variables, in their order; of one that is there twice the last.
     *
     * @throws IllegalArgumentException with the line that cannot be read
     */
    static Map<String, String> read(ByteString file) {
        if (!file.isValidUtf8()) {
            throw new IllegalArgumentException("not UTF-8 (expected: lines of NAME=value)");
        }
        Map<String, String> variables = new LinkedHashMap<>();
        int number = 0;
        for (String line : withoutMark(file.toStringUtf8()).split("\n", -1)) {
            number++;
            String text = (line.endsWith("\r") ? line.substring(0, line.length() - 1) : line).stripLeading();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            int equals = text.indexOf('=');
            String name = text.substring(0, Math.max(equals, 0));
            if (name.isEmpty() || name.chars().anyMatch(Character::isWhitespace) || text.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("line " + number + " (expected: NAME=value)");
            }
            variables.put(name, text.substring(equals + 1));
        }
        return variables;
    }

    private static String withoutMark(String text) {
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }
}
