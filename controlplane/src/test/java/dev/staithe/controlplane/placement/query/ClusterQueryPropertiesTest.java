package dev.staithe.controlplane.placement.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.placement.query.Queries.Query;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Claims that hold for every expression. */
final class ClusterQueryPropertiesTest {
    private static final long SEED = 20_261_120;
    private static final int EXPRESSIONS = 10_000;

    private final Queries queries = new Queries(new SplittableRandom(SEED));

    @Test
    void selectsWhatTheExpressionMeans() throws QuerySyntaxException {
        int selected = 0;
        int asked = 0;
        for (int i = 0; i < EXPRESSIONS; i++) {
            Query query = queries.query(3);
            Expression parsed = QueryParser.parse(query.text());
            for (int j = 0; j < 5; j++) {
                Host host = queries.host();
                boolean expected = query.meaning().test(host);
                assertThat(parsed.matches(host))
                        .as("%s on %s", query.text(), host)
                        .isEqualTo(expected);
                asked++;
                selected += expected ? 1 : 0;
            }
        }
        assertThat(selected).isBetween(asked / 5, asked * 4 / 5);
    }

    @Test
    void readsWhatItPrintsAsTheSame() throws QuerySyntaxException {
        for (int i = 0; i < EXPRESSIONS; i++) {
            Expression parsed = QueryParser.parse(queries.query(4).text());
            Expression again = QueryParser.parse(parsed.toString());

            assertThat(again).isEqualTo(parsed).hasSameHashCodeAs(parsed).hasToString(parsed.toString());
        }
    }

    @Test
    void obeysDeMorgan() throws QuerySyntaxException {
        for (int i = 0; i < EXPRESSIONS; i++) {
            String one = "(" + queries.query(2).text() + ")";
            String other = "(" + queries.query(2).text() + ")";
            Host host = queries.host();

            assertThat(matches("not(" + one + "and" + other + ")", host))
                    .as("not %s or not %s on %s", one, other, host)
                    .isEqualTo(matches("not " + one + "or not" + other, host));
            assertThat(matches("not(" + one + "or" + other + ")", host))
                    .as("not %s and not %s on %s", one, other, host)
                    .isEqualTo(matches("not " + one + "and not" + other, host));
            assertThat(matches("not not " + one, host)).isEqualTo(matches(one, host));
        }
    }

    @Test
    void dependsOnTasksOnlyWhereItSaysSo() throws QuerySyntaxException {
        int dependent = 0;
        for (int i = 0; i < EXPRESSIONS; i++) {
            Expression query = QueryParser.parse(queries.query(2).text());
            Host host = queries.host();
            if (query.dependsOnTasks()) {
                dependent++;
            } else {
                assertThat(query.matches(host.tasks("family:web", "x", "not"))).isEqualTo(query.matches(host.tasks()));
            }
        }
        assertThat(dependent).isBetween(EXPRESSIONS / 10, EXPRESSIONS * 9 / 10);
    }

    private static boolean matches(String expression, Host host) throws QuerySyntaxException {
        return QueryParser.parse(expression).matches(host);
    }
}
