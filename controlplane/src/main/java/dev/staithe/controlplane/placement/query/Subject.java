package dev.staithe.controlplane.placement.query;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What a condition can speak of, and the operators that each of them takes. */
enum Subject {
    AGENT_CONNECTED("agentConnected"),
    AGENT_VERSION("agentVersion"),
    /** Followed by the name of the attribute. */
    ATTRIBUTE("attribute:"),
    INSTANCE_ID("ec2InstanceId"),
    REGISTERED_AT("registeredAt"),
    RUNNING_TASKS_COUNT("runningTasksCount"),
    TASK_GROUP("task:group");

    /** As an error lists them. */
    static final String LIST = "agentConnected, agentVersion, attribute:NAME, ec2InstanceId, registeredAt,"
            + " runningTasksCount or task:group";

    private final String spelling;

    Subject(String spelling) {
        this.spelling = spelling;
    }

    /** The subject that the text is, or, for an attribute, begins with. */
    static Optional<Subject> spelled(String text) {
        return Stream.of(values())
                .filter(s -> s == ATTRIBUTE ? text.startsWith(s.spelling) : text.equals(s.spelling))
                .findFirst();
    }

    String spelling() {
        return spelling;
    }

    Set<Operator> operators() {
        return switch (this) {
            case AGENT_CONNECTED, INSTANCE_ID -> Operator.OF_TEXTS;
            case AGENT_VERSION, REGISTERED_AT, RUNNING_TASKS_COUNT -> Operator.OF_QUANTITIES;
            case ATTRIBUTE -> Operator.OF_ATTRIBUTES;
            case TASK_GROUP -> Operator.OF_GROUPS;
        };
    }
}
