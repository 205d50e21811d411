package dev.staithe.controlplane.placement.query;

/** One subject, one operator, and the argument that the operator needs. */
sealed interface Condition extends Expression {
    @Override
    default boolean dependsOnTasks() {
        return false;
    }

    /** Whether the session of the agent is there: a text, true or false. */
    record AgentConnected(Criterion.Text criterion) implements Condition {
        @Override
        public boolean matches(QuerySubject subject) {
            return criterion.accepts(String.valueOf(subject.agentConnected()));
        }

        @Override
        public String toString() {
            return Subject.AGENT_CONNECTED.spelling() + " " + criterion;
        }
    }

    /** The release of the agent. Against one that is no version, nothing holds. */
    record AgentVersion(Operator operator, SemanticVersion version) implements Condition {
        @Override
        public boolean matches(QuerySubject subject) {
            return SemanticVersion.read(subject.agentVersion())
                    .filter(actual -> operator.accepts(actual.compareTo(version)))
                    .isPresent();
        }

        @Override
        public String toString() {
            return Subject.AGENT_VERSION.spelling() + " " + operator.symbol() + " " + version;
        }
    }

    /** An attribute by its name. Where it is absent, only "does not exist" holds; without a value, only "exists". */
    record Attribute(String name, Criterion criterion) implements Condition {
        @Override
        public boolean matches(QuerySubject subject) {
            String value = subject.attribute(name);
            return switch (criterion) {
                case Criterion.Presence presence -> presence.wanted() == (value != null);
                case Criterion.Text text -> value != null && !value.isEmpty() && text.accepts(value);
                case Criterion.Numeric number -> value != null && number.accepts(value);
            };
        }

        @Override
        public String toString() {
            return Subject.ATTRIBUTE.spelling() + name + " " + criterion;
        }
    }

    /** The id of the container instance. */
    record InstanceId(Criterion.Text criterion) implements Condition {
        @Override
        public boolean matches(QuerySubject subject) {
            return criterion.accepts(subject.instanceId());
        }

        @Override
        public String toString() {
            return Subject.INSTANCE_ID.spelling() + " " + criterion;
        }
    }

    /** When the instance registered first, to the second. */
    record RegisteredAt(Operator operator, Moment moment) implements Condition {
        private static final int MILLIS = 1000;

        @Override
        public boolean matches(QuerySubject subject) {
            return operator.accepts(
                    Long.compare(Math.floorDiv(subject.registeredAtMillis(), MILLIS), moment.epochSecond()));
        }

        @Override
        public String toString() {
            return Subject.REGISTERED_AT.spelling() + " " + operator.symbol() + " " + moment;
        }
    }

    /** How many tasks the instance has. */
    record RunningTasksCount(Operator operator, long count) implements Condition {
        @Override
        public boolean matches(QuerySubject subject) {
            return operator.accepts(Long.compare(subject.runningTasksCount(), count));
        }

        @Override
        public boolean dependsOnTasks() {
            return true;
        }

        @Override
        public String toString() {
            return Subject.RUNNING_TASKS_COUNT.spelling() + " " + operator.symbol() + " " + count;
        }
    }

    /**
     * The groups of the tasks of the instance. They are a set: what is affirmed holds when one of them fits, what is negated
     * when none does, so an instance without tasks fulfils every negation.
     */
    record TaskGroup(Criterion.OfSets criterion) implements Condition {
        @Override
        public boolean matches(QuerySubject subject) {
            return switch (criterion) {
                case Criterion.Presence presence ->
                    presence.wanted() != subject.taskGroups().isEmpty();
                case Criterion.Text text -> text.negated() != any(text.argument(), subject);
            };
        }

        private static boolean any(Criterion.Argument argument, QuerySubject subject) {
            return switch (argument) {
                case Criterion.Literal literal -> subject.hasTaskOfGroup(literal.value());
                case Criterion.OneOf list -> list.values().stream().anyMatch(subject::hasTaskOfGroup);
                case Criterion.Matching pattern -> subject.taskGroups().stream().anyMatch(pattern::contains);
            };
        }

        @Override
        public boolean dependsOnTasks() {
            return true;
        }

        @Override
        public String toString() {
            return Subject.TASK_GROUP.spelling() + " " + criterion;
        }
    }
}
