package dev.staithe.controlplane.placement.query;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each form of a condition selects. */
final class ClusterQueryTest {
    private static final Host PROD = Host.PLAIN.with("stack", "prod");
    private static final Host TEST = Host.PLAIN.with("stack", "test");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    attribute:stack == prod                      | prod
                    attribute:stack equals prod                  | prod
                    attribute:stack==prod                        | prod
                    attribute:stack == "'prod'"                  | refused
                    attribute:stack != prod                      | test
                    attribute:stack not_equals prod              | test
                    not attribute:stack == prod                  | test,plain
                    not(attribute:stack == prod)                 | test,plain
                    !attribute:stack == prod                     | test,plain
                    not not attribute:stack == prod              | prod
                    !!attribute:stack == prod                    | prod
                    attribute:stack exists                       | prod,test
                    attribute:stack !exists                      | plain
                    attribute:stack not_exists                   | plain
                    attribute:stack in [prod]                    | prod
                    attribute:stack in [test, prod]              | prod,test
                    attribute:stack in[test,prod]                | prod,test
                    attribute:stack !in [prod]                   | test
                    attribute:stack not_in [prod, test]          | none
                    attribute:stack =~ p.*                       | prod
                    attribute:stack matches p.*                  | prod
                    attribute:stack =~ p                         | none
                    attribute:stack =~ [pt].*                    | prod,test
                    attribute:stack !~ p.*                       | test
                    attribute:stack not_matches p.*              | test
                    attribute:other !~ p.*                       | none
                    attribute:other !in [a]                      | none
                    attribute:other != a                         | none
                    """)
    void selectsByAttribute(String expression, String selected) {
        assertThat(selected(expression)).isEqualTo(selected);
    }

    private static String selected(String expression) {
        ClusterQuery query;
        try {
            query = ClusterQuery.parse(expression);
        } catch (QuerySyntaxException bad) {
            return "refused";
        }
        StringBuilder names = new StringBuilder();
        names.append(query.matches(PROD) ? ",prod" : "");
        names.append(query.matches(TEST) ? ",test" : "");
        names.append(query.matches(Host.PLAIN) ? ",plain" : "");
        return names.isEmpty() ? "none" : names.substring(1);
    }

    @Test
    void knowsWhetherTheAnswerChangesWithTheTasks() throws QuerySyntaxException {
        assertThat(ClusterQuery.parse("attribute:a exists or agentConnected == true")
                        .dependsOnTasks())
                .isFalse();
        assertThat(ClusterQuery.parse("attribute:a exists or not task:group == a")
                        .dependsOnTasks())
                .isTrue();
        assertThat(ClusterQuery.parse("attribute:a exists and (runningTasksCount < 3)")
                        .dependsOnTasks())
                .isTrue();
    }
}
