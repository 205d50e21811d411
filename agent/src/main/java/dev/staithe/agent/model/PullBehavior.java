package dev.staithe.agent.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;

/** When an image is fetched, in the words of ECS's ECS_IMAGE_PULL_BEHAVIOR. */
public enum PullBehavior {
    /** Fetch it for every task; when that fails and the host has the image, run what the host has. */
    DEFAULT("default"),
    /** Fetch it for every task, also where the host has it; when that fails the task fails. */
    ALWAYS("always"),
    /** Fetch it once; from then on what this agent fetched will do, as long as the host has it. */
    ONCE("once"),
    /** Fetch it only when the host does not have it, whoever brought it. */
    PREFER_CACHED("prefer-cached");

    private final String text;

    PullBehavior(String text) {
        this.text = text;
    }

    @JsonValue
    public String text() {
        return text;
    }

    @JsonCreator
    static PullBehavior of(String text) {
        return Arrays.stream(values())
                .filter(b -> b.text.equals(text))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(text + " (expected: default, always, once or prefer-cached)"));
    }
}
