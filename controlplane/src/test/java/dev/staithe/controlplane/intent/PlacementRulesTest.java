package dev.staithe.controlplane.intent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.staithe.controlplane.intent.IntentException.Violation;
import dev.staithe.proto.v1.PlacementConstraint;
import dev.staithe.proto.v1.PlacementStrategy;
import dev.staithe.proto.v1.TaskDefinition;
import dev.staithe.proto.v1.TaskDefinitionPlacementConstraint;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PlacementRulesTest {
    @ParameterizedTest
    @CsvSource(delimiter = '#', textBlock = """
                    distinctInstance #                    #
                    DISTINCTINSTANCE #                    #
                    memberOf         # attribute:a exists #
                    MemberOf         # attribute:a exists #
                    distinctInstance # attribute:a exists # placementConstraints[0].expression: attribute:a exists (expected: absent: distinctInstance takes none)
                    memberOf         # attribute:stack == # placementConstraints[0].expression: expected a value after ==, column 19
                    near             #                    # placementConstraints[0].type: near (expected: distinctInstance or memberOf)
                                     #                    # placementConstraints[0].type: empty (expected: distinctInstance or memberOf)
                    """)
    void checksConstraints(@Nullable String type, @Nullable String expression, @Nullable String problem) {
        PlacementConstraint constraint = constraint(orEmpty(type), orEmpty(expression));

        assertThat(lines(p -> PlacementRules.checkConstraints(List.of(constraint), p)))
                .isEqualTo(problem == null ? List.of() : List.of(problem));
    }

    @Test
    void wantsAnExpressionForMemberOf() {
        assertThat(lines(p -> PlacementRules.checkConstraints(List.of(constraint("memberOf", "")), p)))
                .singleElement()
                .asString()
                .startsWith("placementConstraints[0].expression: expected a subject: ")
                .endsWith(", column 1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    random  |                      |
                    RANDOM  |                      |
                    spread  | instanceId           |
                    Spread  | HOST                 |
                    spread  | attribute:ecs.x/y\\z |
                    binpack | cpu                  |
                    binPack | Memory               |
                    random  | cpu                  | placementStrategy[0].field: cpu (expected: absent: random takes none)
                    spread  |                      | placementStrategy[0].field: empty (expected: instanceId, host or attribute:NAME)
                    spread  | attribute:           | placementStrategy[0].field: attribute: (expected: instanceId, host or attribute:NAME)
                    spread  | cpu                  | placementStrategy[0].field: cpu (expected: instanceId, host or attribute:NAME)
                    binpack | disk                 | placementStrategy[0].field: disk (expected: cpu or memory)
                    pack    | cpu                  | placementStrategy[0].type: pack (expected: random, spread or binpack)
                    """)
    void checksStrategies(String type, @Nullable String field, @Nullable String problem) {
        PlacementStrategy strategy = strategy(type, orEmpty(field));

        assertThat(lines(p -> PlacementRules.checkStrategies(List.of(strategy), p)))
                .isEqualTo(problem == null ? List.of() : List.of(problem));
    }

    @Test
    void limitsHowManyThereAre() {
        List<PlacementConstraint> ten = Collections.nCopies(10, constraint("distinctInstance", ""));
        List<PlacementStrategy> five = Collections.nCopies(5, strategy("random", ""));

        assertThat(lines(p -> PlacementRules.checkConstraints(ten, p))).isEmpty();
        assertThat(lines(p -> PlacementRules.checkStrategies(five, p))).isEmpty();
        assertThat(lines(p -> PlacementRules.checkConstraints(ten, 1, p)))
                .containsExactly(
                        "placementConstraints: 10 constraints and 1 of the task definition (expected: at most 10"
                                + " together)");
        assertThat(lines(p -> PlacementRules.checkConstraints(Collections.nCopies(11, ten.getFirst()), p)))
                .containsExactly("placementConstraints: 11 constraints (expected: at most 10)");
        assertThat(lines(p -> PlacementRules.checkStrategies(Collections.nCopies(6, five.getFirst()), p)))
                .containsExactly("placementStrategy: 6 strategies (expected: at most 5)");
    }

    @Test
    void spellsThemAsPlacementKnowsThem() {
        assertThat(PlacementRules.canonical(constraint("MEMBEROF", "attribute:A exists")))
                .isEqualTo(constraint("memberOf", "attribute:A exists"));
        assertThat(PlacementRules.canonical(strategy("SPREAD", "instanceid")))
                .isEqualTo(strategy("spread", "instanceId"));
        assertThat(PlacementRules.canonical(strategy("Spread", "attribute:Zone")))
                .isEqualTo(strategy("spread", "attribute:Zone"));
        assertThat(PlacementRules.canonical(strategy("BinPack", "MEMORY"))).isEqualTo(strategy("binpack", "memory"));
    }

    @Test
    void keepsTheConstraintsOfATaskDefinitionAlsoThoseThatNoHostCanMeet() throws IntentException {
        World world = World.withDefaultCluster();
        String nowhere = "attribute:a == b and attribute:a == c";

        TaskDefinition registered = world.definitions
                .register(definition("MEMBEROF", nowhere))
                .value()
                .spec();

        assertThat(registered.getPlacementConstraintsList())
                .containsExactly(TaskDefinitionPlacementConstraint.newBuilder()
                        .setType("memberOf")
                        .setExpression(nowhere)
                        .build());
    }

    @Test
    void refusesInATaskDefinitionWhatIsNoExpressionAndWhatOnlyServicesMayAsk() throws IntentException {
        World world = World.withDefaultCluster();

        assertThatThrownBy(() -> world.definitions.register(definition("memberOf", "attribute:a = b")))
                .isInstanceOf(IntentException.class)
                .hasMessage(
                        "placementConstraints[0].expression: unknown operator =, expected ==, !=, >, >=, <, <=, exists,"
                                + " !exists, in, !in, =~ or !~, column 13");
        assertThatThrownBy(() -> world.definitions.register(definition("distinctInstance", "")))
                .hasMessage("placementConstraints[0].type: distinctInstance (expected: memberOf)");
        assertThatThrownBy(() -> world.definitions.register(definition("memberOf", "attribute:a exists").toBuilder()
                        .addAllPlacementConstraints(Collections.nCopies(
                                10, definition("memberOf", "attribute:a exists").getPlacementConstraints(0)))
                        .build()))
                .hasMessage("placementConstraints: 11 constraints (expected: at most 10)");
    }

    private static TaskDefinition definition(String type, String expression) {
        return World.definition("web").toBuilder()
                .addPlacementConstraints(TaskDefinitionPlacementConstraint.newBuilder()
                        .setType(type)
                        .setExpression(expression))
                .build();
    }

    private static PlacementConstraint constraint(String type, String expression) {
        return PlacementConstraint.newBuilder()
                .setType(type)
                .setExpression(expression)
                .build();
    }

    private static PlacementStrategy strategy(String type, String field) {
        return PlacementStrategy.newBuilder().setType(type).setField(field).build();
    }

    private static List<String> lines(Consumer<Problems> check) {
        Problems problems = new Problems();
        check.accept(problems);
        try {
            problems.throwIfAny();
            return List.of();
        } catch (IntentException refusal) {
            return refusal.violations().stream().map(Violation::line).toList();
        }
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
