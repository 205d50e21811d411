package dev.staithe.controlplane.placement.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule of the grammar: what is read, as what, and what is said about the rest. */
final class QuerySyntaxTest {
    static Stream<Arguments> readings() {
        return Stream.of(
                // or, and, not: their order, and both spellings
                reading("agentConnected == true", "agentConnected == true"),
                reading(
                        "attribute:a exists or attribute:b exists and attribute:c exists",
                        "attribute:a exists or attribute:b exists and attribute:c exists"),
                reading(
                        "(attribute:a exists || attribute:b exists) && attribute:c exists",
                        "(attribute:a exists or attribute:b exists) and attribute:c exists"),
                reading("not attribute:a exists&&attribute:b exists", "not attribute:a exists and attribute:b exists"),
                reading(
                        "!(attribute:a exists and attribute:b exists)",
                        "not (attribute:a exists and attribute:b exists)"),
                reading("! not !attribute:a exists", "not not not attribute:a exists"),
                reading("((attribute:a exists))", "attribute:a exists"),
                reading(
                        "(attribute:a exists and attribute:b exists) and attribute:c exists",
                        "(attribute:a exists and attribute:b exists) and attribute:c exists"),
                reading(
                        "not(attribute:a exists)or(attribute:b exists)",
                        "not attribute:a exists or attribute:b exists"),
                // subjects
                reading("agentVersion==1.2", "agentVersion == 1.2.0"),
                reading("attribute:ecs.os-type/x\\y_z exists", "attribute:ecs.os-type/x\\y_z exists"),
                reading("ec2InstanceId in ['i-abcd1234','i-wxyx7890']", "ec2InstanceId in [i-abcd1234, i-wxyx7890]"),
                reading("registeredAt < 2018-06-18", "registeredAt < 2018-06-18T00:00:00Z"),
                reading("registeredAt < 2018-06-18T22:28:28+00:00", "registeredAt < 2018-06-18T22:28:28Z"),
                reading("registeredAt < 2018-06-18T22:28:28-01:30", "registeredAt < 2018-06-18T23:58:28Z"),
                reading("runningTasksCount >= 007", "runningTasksCount >= 7"),
                reading("task:group == service:production", "task:group == service:production"),
                // operators
                reading("attribute:a equals b", "attribute:a == b"),
                reading("attribute:a not_equals b", "attribute:a != b"),
                reading("attribute:a greater_than 1", "attribute:a > 1"),
                reading("attribute:a greater_than_equal 1.50", "attribute:a >= 1.5"),
                reading("attribute:a less_than 100", "attribute:a < 100"),
                reading("attribute:a less_than_equal -1", "attribute:a <= -1"),
                reading("attribute:a not_exists", "attribute:a !exists"),
                reading("attribute:a not_in [b]", "attribute:a !in [b]"),
                reading("attribute:a matches b", "attribute:a =~ b"),
                reading("attribute:a not_matches b", "attribute:a !~ b"),
                // values
                reading("attribute:a == 'b'", "attribute:a == b"),
                reading("attribute:a == 'it''s'", "attribute:a == 'it''s'"),
                reading("attribute:a == 'and'", "attribute:a == 'and'"),
                reading("attribute:a == 'a b, (c] && d'", "attribute:a == 'a b, (c] && d'"),
                reading("attribute:a == a=b!c", "attribute:a == 'a=b!c'"),
                reading("attribute:a in [b,'c d' , e]", "attribute:a in [b, 'c d', e]"),
                reading("attribute:a =~ g2.*", "attribute:a =~ g2.*"),
                reading("attribute:a =~ us-east-1[a,b]", "attribute:a =~ 'us-east-1[a,b]'"),
                reading("attribute:a =~ '(a|b)+'", "attribute:a =~ '(a|b)+'"),
                reading("(attribute:a =~ a|b)", "attribute:a =~ 'a|b'"),
                reading("\tattribute:a\n==\r\nb ", "attribute:a == b"));
    }

    @ParameterizedTest
    @MethodSource("readings")
    void reads(String expression, String canonical) throws QuerySyntaxException {
        ClusterQuery query = ClusterQuery.parse(expression);

        assertThat(query).hasToString(canonical).isEqualTo(ClusterQuery.parse(canonical));
        assertThat(query.hashCode()).isEqualTo(ClusterQuery.parse(canonical).hashCode());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '#', quoteCharacter = '"', textBlock = """
                    attribute:stack ==                  # expected a value after ==, column 19
                    attribute:stack == and attribute:b exists # expected a value after ==, column 20
                    (attribute:stack == )               # expected a value after ==, column 21
                    attribute:a == (b)                  # a value with ( here must be in quotes: '...', column 16
                    attribute:a == b(c)                 # a value with ( here must be in quotes: '...', column 17
                    attribute:a === b                   # a value with = here must be in quotes: '...', column 15
                    attribute:a == [b]                  # a value with [ here must be in quotes: '...', column 16
                    attribute:a == it's                 # a value with ' here must be in quotes: '...', column 18
                    attribute:a == 'b                   # this ' is never closed, column 16
                    attribute:a == ''                   # the value is empty, column 16
                    attribute:a == b c                  # expected and, or or the end of the expression, column 18
                    attribute:a == b, c                 # expected and, or or the end of the expression, column 17
                    attribute:a == b AND attribute:c == d # expected and, or or the end of the expression, column 18
                    (attribute:a == b                   # expected and, or or ) for the ( of column 1, column 18
                    attribute:a == b)                   # expected and, or or the end of the expression, column 17
                    attribute:a == b and                # expected a subject: agentConnected, agentVersion, attribute:NAME, ec2InstanceId, registeredAt, runningTasksCount or task:group, column 21
                    ()                                  # expected a subject: agentConnected, agentVersion, attribute:NAME, ec2InstanceId, registeredAt, runningTasksCount or task:group, column 2
                    atribute:a == b                     # unknown subject atribute:a, expected agentConnected, agentVersion, attribute:NAME, ec2InstanceId, registeredAt, runningTasksCount or task:group, column 1
                    attribute: == b                     # expected a name after attribute:, 1-128 characters of A-Z a-z 0-9 _ . - / \\, column 11
                    attribute:a:b == c                  # expected a name after attribute:, 1-128 characters of A-Z a-z 0-9 _ . - / \\, column 11
                    attribute:a                         # expected an operator after attribute:a: ==, !=, >, >=, <, <=, exists, !exists, in, !in, =~ or !~, column 12
                    attribute:a = b                     # unknown operator =, expected ==, !=, >, >=, <, <=, exists, !exists, in, !in, =~ or !~, column 13
                    attribute:a like b                  # unknown operator like, expected ==, !=, >, >=, <, <=, exists, !exists, in, !in, =~ or !~, column 13
                    agentVersion =~ 1.*                 # agentVersion does not take =~, expected ==, !=, >, >=, < or <=, column 14
                    agentConnected exists               # agentConnected does not take exists, expected ==, !=, in, !in, =~ or !~, column 16
                    ec2InstanceId > 5                   # ec2InstanceId does not take >, expected ==, !=, in, !in, =~ or !~, column 15
                    registeredAt in [2018-06-18]        # registeredAt does not take in, expected ==, !=, >, >=, < or <=, column 14
                    runningTasksCount exists            # runningTasksCount does not take exists, expected ==, !=, >, >=, < or <=, column 19
                    task:group > a                      # task:group does not take >, expected ==, !=, exists, !exists, in, !in, =~ or !~, column 12
                    agentConnected == yes               # expected true or false, not yes, column 19
                    agentConnected in [true, 1]         # expected true or false, not 1, column 26
                    agentVersion == new                 # expected a version such as 1.2.3, not new, column 17
                    agentVersion == 01.2.3              # expected a version such as 1.2.3, not 01.2.3, column 17
                    registeredAt > 2018-02-30           # expected a time such as 2018-06-18T22:28:28+00:00, 2018-06-18T22:28:28Z, 2018-06-18T22:28:28 or 2018-06-18, not 2018-02-30, column 16
                    registeredAt > 2018-06-18T24:00:00  # expected a time such as 2018-06-18T22:28:28+00:00, 2018-06-18T22:28:28Z, 2018-06-18T22:28:28 or 2018-06-18, not 2018-06-18T24:00:00, column 16
                    runningTasksCount < -1              # expected a whole number, not -1, column 21
                    attribute:a > b                     # expected a number, not b, column 15
                    attribute:a in b                    # expected a list such as [a, b] after in, column 16
                    attribute:a in []                   # expected a value after [, column 17
                    attribute:a in [b,]                 # expected a value after ,, column 19
                    attribute:a in [b c]                # expected , or ] after the value, column 19
                    attribute:a in [b                   # expected , or ] after the value, column 18
                    attribute:a exists b                # expected and, or or the end of the expression, column 20
                    attribute:a =~ (a|b)                # a value with ( here must be in quotes: '...', column 16
                    attribute:a =~ 'a''(b'              # pattern: this ( is never closed, column 20
                    attribute:a =~ a{2                  # pattern: expected bounds such as {2}, {2,} or {2,5}; a brace itself is \\{, column 17
                    attribute:a =~ 'é😀*{'              # pattern: nothing to repeat before {, column 20
                    """)
    void refuses(String expression, String message) {
        assertThatThrownBy(() -> ClusterQuery.parse(expression))
                .isInstanceOf(QuerySyntaxException.class)
                .hasMessage(message);
    }

    @Test
    void refusesAnEmptyExpression() {
        assertThat(refusal("").line()).startsWith("expected a subject: ").endsWith(", column 1");
        assertThat(refusal(" \t\n").line()).startsWith("expected a subject: ").endsWith(", column 1");
    }

    @Test
    void readsTwoThousandCharactersAndNoMore() throws QuerySyntaxException {
        String longest = "attribute:a == " + "b".repeat(1985);

        assertThat(ClusterQuery.parse(longest).toString()).hasSize(2000);
        assertThat(refusal(longest + "b").line()).isEqualTo("2001 characters (expected: at most 2000), column 2001");
    }

    @Test
    void refusesDeepNestingInsteadOfOverflowing() throws QuerySyntaxException {
        String condition = "attribute:a exists";

        ClusterQuery.parse("(".repeat(99) + condition + ")".repeat(99));
        ClusterQuery.parse("!".repeat(99) + condition);
        assertThat(refusal("(".repeat(100) + condition + ")".repeat(100)).line())
                .isEqualTo("more than 99 parentheses and nots inside each other, column 101");
        assertThat(refusal("!".repeat(1900) + condition).column()).isEqualTo(101);
        assertThat(refusal("not(".repeat(400) + condition).column()).isEqualTo(201);
        assertThat(refusal("attribute:a =~ '" + "(".repeat(900) + ")".repeat(900) + "'")
                        .column())
                .isEqualTo(48);
        assertThat(refusal("attribute:a =~ '" + "[".repeat(1900) + "'").column())
                .isEqualTo(17);
    }

    @Test
    void refusesNamesThatAreTooLong() throws QuerySyntaxException {
        ClusterQuery.parse("attribute:" + "a".repeat(128) + " exists");

        assertThat(refusal("attribute:" + "a".repeat(129) + " exists").column()).isEqualTo(11);
    }

    @Test
    void limitsThePatternsOfAnExpressionTogether() throws QuerySyntaxException {
        String one = "attribute:a =~ a{999}";

        ClusterQuery.parse(one + " or " + one);
        assertThat(refusal(one + " or " + one + " or " + one).line())
                .isEqualTo("pattern: too large when its repetitions are written out, column 66");
    }

    @Test
    void saysWhatItSaysOnOneLine() {
        assertThat(refusal("attribute:a ==\n\n'" + "\n" + "' \u2028 b").line()).doesNotContain("\n", "\u2028");
        assertThat(refusal("agentConnected == 'x\ny\u2028" + "z".repeat(99) + "'")
                        .line())
                .isEqualTo("expected true or false, not x?y?" + "z".repeat(36) + "..., column 19");
    }

    private static QuerySyntaxException refusal(String expression) {
        try {
            throw new AssertionError("accepted: " + ClusterQuery.parse(expression));
        } catch (QuerySyntaxException refusal) {
            return refusal;
        }
    }

    private static Arguments reading(String expression, String canonical) {
        return Arguments.of(expression, canonical);
    }
}
