package dev.staithe.controlplane.placement.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever text comes in is read or refused in words: nothing else gets out, and nothing takes long. More inputs:
 * {@code -Dfuzz.queries=10000000}, other inputs: {@code -Dfuzz.seed=7}.
 */
final class ClusterQueryFuzzTest {
    private static final int INPUTS = Integer.getInteger("fuzz.queries", 1_000_000);
    private static final long SEED = Long.getLong("fuzz.seed", 20_261_120);
    private static final List<String> PIECES = List.of(
            "and",
            "or",
            "not",
            "&&",
            "||",
            "!",
            "(",
            ")",
            "((",
            "))",
            "[",
            "]",
            ",",
            "'",
            "''",
            "==",
            "!=",
            ">",
            ">=",
            "<",
            "<=",
            "=~",
            "!~",
            "in",
            "!in",
            "exists",
            "!exists",
            "equals",
            "not_equals",
            "matches",
            "not_matches",
            "not_in",
            "greater_than",
            "agentConnected",
            "agentVersion",
            "attribute:",
            "attribute:a",
            "ec2InstanceId",
            "registeredAt",
            "runningTasksCount",
            "task:group",
            "true",
            "false",
            "1.2.3",
            "2018-06-18",
            "2018-06-18T22:28:28+00:00",
            "5",
            "-1",
            "a",
            "a b",
            "(a+)+$",
            "(a|aa)+",
            ".*",
            "a{2,3}",
            "[a-z]",
            "\\p{L}",
            "\\",
            "\\Q",
            "(?i)",
            "(?=a)",
            "\u0000",
            "é",
            "😀",
            "\ud83d",
            "\n",
            "\u2028",
            "'(.*)*x'",
            "99999999999999999999",
            "attribute:a == b",
            "task:group =~ 'x(y|z)*'");
    private static final Host HOST =
            Host.PLAIN.with("a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!").tasks("a", "xyz", "é😀");

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final Queries queries = new Queries(random.split());

    @Test
    @Timeout(300)
    void readsOrRefusesEveryText() {
        int read = 0;
        String[] grown = new String[64];
        Arrays.fill(grown, "attribute:a == b");
        for (int i = 0; i < INPUTS; i++) {
            String text = text(grown);
            try {
                read += check(text) ? 1 : 0;
            } catch (RuntimeException | StackOverflowError bug) {
                throw new AssertionError("seed " + SEED + ", input " + i + ": " + text, bug);
            }
        }
        assertThat(read).isBetween(INPUTS / 100, INPUTS * 9 / 10);
    }

    /** As many steps as an expression may have, against as many long groups as a host may have. */
    @Test
    @Timeout(60)
    void answersTheWorstExpressionInLessThanASecond() throws QuerySyntaxException {
        String[] groups =
                IntStream.range(0, 100).mapToObj(i -> i + "é".repeat(250)).toArray(String[]::new);
        Host host = Host.PLAIN.tasks(groups);
        List<ClusterQuery> worst = List.of(
                ClusterQuery.parse("task:group =~ '(.?){999}\\w'"),
                ClusterQuery.parse("task:group =~ '" + "(.|\\b|\\B|$)*".repeat(120) + "x'"),
                ClusterQuery.parse("task:group =~ '(" + "[é-ü]*|\\W*|\\p{L}*|".repeat(80) + "x)*y'"));

        for (ClusterQuery query : worst) {
            assertThat(query.matches(host)).isFalse();
        }
    }

    private static boolean check(String text) {
        ClusterQuery query;
        try {
            query = ClusterQuery.parse(text);
        } catch (QuerySyntaxException refusal) {
            int length = text.codePointCount(0, text.length());
            if (refusal.column() < 1
                    || refusal.column() > length + 1
                    || refusal.line().contains("\n")) {
                throw new AssertionError(text + ": " + refusal.line());
            }
            return false;
        }
        query.matches(HOST);
        query.matches(Host.PLAIN);
        return true;
    }

    /** Something new, or what was made before and changed: changes add up. */
    private String text(String[] grown) {
        int place = random.nextInt(grown.length);
        String text = switch (random.nextInt(20)) {
            case 0 -> pieces();
            case 1 -> queries.query(2).text();
            case 2 -> garbage();
            default -> changed(grown[place], grown[random.nextInt(grown.length)]);
        };
        grown[place] = text.length() > 2100 ? "" : text;
        return text;
    }

    private String changed(String text, String other) {
        int from = random.nextInt(text.length() + 1);
        int to = Math.min(text.length(), from + random.nextInt(6));
        return switch (random.nextInt(8)) {
            case 0 -> text.substring(0, from) + text.substring(to);
            case 1, 2 -> text.substring(0, from) + queries.pick(PIECES) + text.substring(to);
            case 3 -> text.substring(0, from) + (char) random.nextInt(128) + text.substring(from);
            case 4 -> text.substring(0, from) + other.substring(Math.min(other.length(), from));
            case 5 ->
                "(" + text + queries.pick(List.of(") and (", ") or not (", ")&&!("))
                        + queries.query(1).text() + ")";
            case 6 -> queries.query(1).text();
            default -> text.substring(0, from) + text.substring(from).repeat(1 + random.nextInt(2));
        };
    }

    private String pieces() {
        StringBuilder text = new StringBuilder();
        int pieces = random.nextInt(20);
        for (int i = 0; i < pieces; i++) {
            text.append(queries.pick(PIECES)).append(random.nextBoolean() ? " " : "");
        }
        return text.toString();
    }

    private String garbage() {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(60);
        for (int i = 0; i < length; i++) {
            text.append((char) random.nextInt(random.nextBoolean() ? 128 : 0x10000));
        }
        return text.toString();
    }
}
