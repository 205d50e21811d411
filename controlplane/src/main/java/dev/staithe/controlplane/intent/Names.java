package dev.staithe.controlplane.intent;

import dev.staithe.controlplane.intent.IntentException.Reason;
import dev.staithe.controlplane.model.TaskDefinitionRef;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What things may be called. */
final class Names {
    static final String EXPECTED = "1-255 of A-Z a-z 0-9 _ -";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,255}");
    private static final Pattern REF = Pattern.compile("([^:]*)(?::([^:]*))?");

    /** Revisions are numbers from 1. */
    private static final Pattern REVISION = Pattern.compile("[1-9][0-9]{0,8}");

    private Names() {}

    static boolean valid(String name) {
        return NAME.matcher(name).matches();
    }

    static void check(Problems problems, String field, String name) {
        if (!valid(name)) {
            problems.invalid(field, name, EXPECTED);
        }
    }

    /**
     * A task definition as users name it.
     *
     * @param revision empty = the latest ACTIVE one
     */
    record DefinitionName(String family, Optional<Integer> revision) {
        @Override
        public String toString() {
            return revision.map(r -> family + ":" + r).orElse(family);
        }
    }

    /** Reads family or family:revision. */
    static Optional<DefinitionName> definition(String text) {
        Matcher matcher = REF.matcher(text);
        if (!matcher.matches() || !valid(matcher.group(1))) {
            return Optional.empty();
        }
        String revision = matcher.group(2);
        if (revision == null) {
            return Optional.of(new DefinitionName(matcher.group(1), Optional.empty()));
        }
        return REVISION.matcher(revision).matches()
                ? Optional.of(new DefinitionName(matcher.group(1), Optional.of(Integer.valueOf(revision))))
                : Optional.empty();
    }

    static void checkDefinition(Problems problems, String field, String text) {
        if (definition(text).isEmpty()) {
            problems.invalid(field, text, "family or family:revision");
        }
    }

    static IntentException definitionNotFound(DefinitionName name) {
        return IntentException.of(
                Reason.TASK_DEFINITION_NOT_FOUND,
                name.revision().isPresent()
                        ? "TaskDefinition not found: " + name
                        : "TaskDefinition not found: " + name + " has no ACTIVE revision");
    }

    static IntentException definitionInactive(TaskDefinitionRef ref) {
        return IntentException.of(
                Reason.TASK_DEFINITION_INACTIVE,
                "TaskDefinition is inactive: " + ref + " (expected: an ACTIVE revision; register a new one)");
    }
}
