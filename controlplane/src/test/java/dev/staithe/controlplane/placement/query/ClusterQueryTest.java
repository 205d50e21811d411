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

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    agentConnected == true                        | true
                    agentConnected != true                        | false
                    agentConnected in [true, false]               | true
                    agentConnected =~ t.*                         | true
                    ec2InstanceId == 0123456789abcdef0123456789abcdef | true
                    ec2InstanceId !in [i-1, i-2]                  | true
                    ec2InstanceId =~ 0123                         | false
                    agentVersion == 1.2.3                         | true
                    agentVersion > 1.2.3-rc.1                     | true
                    agentVersion >= 1.3                           | false
                    agentVersion < 1.10                           | true
                    agentVersion != v1.2.3                        | false
                    registeredAt == 2018-06-18T22:28:28Z          | true
                    registeredAt == 2018-06-19T00:28:28+02:00     | true
                    registeredAt > 2018-06-18T22:28:28            | false
                    registeredAt > 2018-06-18                     | true
                    registeredAt < 2018-06-19                     | true
                    runningTasksCount == 3                        | true
                    runningTasksCount > 3                         | false
                    runningTasksCount <= 3                        | true
                    task:group == service:web                     | true
                    task:group == service:db                      | false
                    task:group != service:web                     | false
                    task:group != service:db                      | true
                    task:group in [service:db, batch]             | true
                    task:group !in [service:db, batch]            | false
                    task:group =~ service:.*                      | true
                    task:group !~ service:.*                      | false
                    task:group exists                             | true
                    attribute:generation > 9                      | true
                    attribute:generation <= 10.0                  | true
                    attribute:generation == 10.0                  | false
                    attribute:zone > 1                            | false
                    attribute:zone <= 1                           | false
                    attribute:flag exists                         | true
                    attribute:flag != x                           | false
                    attribute:flag !in [x]                        | false
                    attribute:flag !~ x                           | false
                    attribute:flag =~ .*                          | false
                    attribute:flag < 1                            | false
                    """)
    void looksAtEverySubject(String expression, boolean matches) throws QuerySyntaxException {
        Host host = Host.PLAIN
                .with("generation", "10")
                .with("zone", "a")
                .with("flag", "")
                .tasks("service:web", "service:web", "batch");

        assertThat(ClusterQuery.parse(expression).matches(host)).isEqualTo(matches);
    }

    @Test
    void saysNothingOfAnAgentThatHasNoVersion() throws QuerySyntaxException {
        Host host = Host.PLAIN.version("development");

        assertThat(ClusterQuery.parse("agentVersion != 1.2.3").matches(host)).isFalse();
        assertThat(ClusterQuery.parse("agentVersion < 1.2.3 or agentVersion >= 1.2.3")
                        .matches(host))
                .isFalse();
    }

    @Test
    void findsNoGroupWhereThereAreNoTasks() throws QuerySyntaxException {
        assertThat(ClusterQuery.parse(
                                "task:group != a and task:group !in [a] and task:group !~ .* and task:group !exists")
                        .matches(Host.PLAIN))
                .isTrue();
        assertThat(ClusterQuery.parse("task:group exists or task:group =~ .*").matches(Host.PLAIN))
                .isFalse();
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
