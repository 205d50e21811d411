package dev.staithe.cli.command;

import dev.staithe.cli.client.ApiError;
import dev.staithe.cli.client.Refusal;
import dev.staithe.cli.outcome.CommandFailure;
import dev.staithe.cli.outcome.ExitCode;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Shows where in an expression the control plane stopped reading: the expression, and a caret under the column. */
final class FilterError {
    private static final String FIELD = "filter";
    private static final Pattern COLUMN = Pattern.compile(".*, column ([0-9]{1,9})");

    /** Characters of the expression on each side of the column, so that a line stays within 100. */
    private static final int AROUND = 44;

    private static final String CUT = "...";

    private FilterError() {}

    /** The same refusal with the place marked, when it is about the filter. */
    static CommandFailure explained(String expression, Refusal refusal) {
        return refusal.error().violations().stream()
                .filter(v -> v.field().equals(FIELD))
                .findFirst()
                .map(ApiError.Violation::text)
                .flatMap(text -> marked(expression, text))
                .map(text -> new CommandFailure(ExitCode.USAGE, "--" + text, ""))
                .orElse(refusal);
    }

    private static Optional<String> marked(String expression, String text) {
        Matcher column = COLUMN.matcher(text);
        if (!column.matches()) {
            return Optional.empty();
        }
        int[] characters = expression
                .codePoints()
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .toArray();
        int at = Math.clamp(Integer.parseInt(column.group(1)) - 1L, 0, characters.length);
        int from = Math.max(0, at - AROUND);
        int to = Math.min(characters.length, at + AROUND);
        String before = from == 0 ? "" : CUT;
        String line = before + new String(characters, from, to - from) + (to == characters.length ? "" : CUT);
        return Optional.of(text + "\n" + CommandFailure.INDENT + line + "\n" + CommandFailure.INDENT
                + " ".repeat(before.length() + at - from) + "^");
    }
}
