package dev.staithe.controlplane.placement.query;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What a condition can speak of, and the operators that each of them takes. */
enum Subject {
    AGENT_CONNECTED("agentConnected", Operator.OF_TEXTS),
    AGENT_VERSION("agentVersion", Operator.OF_QUANTITIES),
    /** Followed by the name of the attribute. */
    ATTRIBUTE("attribute:", Operator.OF_ATTRIBUTES),
    INSTANCE_ID("ec2InstanceId", Operator.OF_TEXTS),
    REGISTERED_AT("registeredAt", Operator.OF_QUANTITIES),
    RUNNING_TASKS_COUNT("runningTasksCount", Operator.OF_QUANTITIES),
    TASK_GROUP("task:group", Operator.OF_GROUPS);

    /** As an error lists them. */
    static final String LIST = "agentConnected, agentVersion, attribute:NAME, ec2InstanceId, registeredAt,"
            + " runningTasksCount or task:group";

    private final String spelling;
    private final Set<Operator> operators;

    Subject(String spelling, Set<Operator> operators) {
        this.spelling = spelling;
        this.operators = operators;
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
        return operators;
    }
}
