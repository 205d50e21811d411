package dev.staithe.controlplane.placement.query;

import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Makes expressions by chance, in every spelling, each with what it means: said a second time, without the parser and the
 * records of the product. The same seed makes the same.
 */
final class Queries {
    /** An expression and which hosts it selects. */
    record Query(String text, Predicate<Host> meaning) {}

    private static final List<String> NAMES = List.of("stack", "ecs.instance-type", "gen/x\\y", "and", "_");
    private static final List<String> VALUES = List.of(
            "prod", "test", "t2.small", "3", "10", "-2.50", "us-east-1a", "it's", "a b", "or", "x,y", "(a)", "é😀");
    private static final List<String> PATTERNS = List.of(
            "p.*", "t2\\..*", "[a-z]+", "(prod|test)", ".*'s", "\\d+", "[^,]*,?.*", "(?i)PROD", "a{1,3} b", ".+");
    private static final List<String> GROUPS = List.of("family:web", "service:db", "x", "a b", "not");
    private static final List<String> VERSIONS =
            List.of("1.2.3", "1.2", "1.10.0", "v2", "1.2.3-rc.1", "1.2.3-rc.10", "0.9.9");
    private static final List<String> TIMES = List.of(
            "2018-06-18T22:28:28Z",
            "2018-06-18T22:28:28",
            "2018-06-18T22:28:28+00:00",
            "2018-06-19T00:28:28+02:00",
            "2018-06-18",
            "2018-06-19",
            "2000-02-29");

    private final SplittableRandom random;

    Queries(SplittableRandom random) {
        this.random = random;
    }

    Host host() {
        Host host = Host.PLAIN
                .connected(random.nextBoolean())
                .version(random.nextInt(6) == 0 ? "development" : pick(VERSIONS))
                .registeredAtMillis(Instant.parse("2018-06-18T22:28:28Z").toEpochMilli()
                        + pick(List.of(0L, 999L, 1000L, -1L, 7_200_000L, -86_400_000L, -600_000_000_000L)));
        for (String name : NAMES) {
            host = random.nextBoolean() ? host.with(name, random.nextInt(8) == 0 ? "" : pick(VALUES)) : host;
        }
        String[] tasks = random.ints(random.nextInt(4), 0, GROUPS.size())
                .mapToObj(GROUPS::get)
                .toArray(String[]::new);
        return host.tasks(tasks);
    }

    Query query(int depth) {
        return switch (depth == 0 ? 0 : random.nextInt(6)) {
            case 1 ->
                joined(query(depth - 1), query(depth - 1), pick(List.of(" and ", " && ", "&&", ") and ( ")), true);
            case 2 -> joined(query(depth - 1), query(depth - 1), pick(List.of(" or ", " || ", "||", ") or (")), false);
            case 3 -> {
                Query inner = query(depth - 1);
                yield new Query(
                        pick(List.of("not(", "!(", "! (", "not ( ")) + inner.text + ")", h -> !inner.meaning.test(h));
            }
            case 4 -> {
                Query inner = condition();
                yield new Query(pick(List.of("not ", "!", "! ")) + inner.text, h -> !inner.meaning.test(h));
            }
            default -> condition();
        };
    }

    private Query joined(Query one, Query other, String joint, boolean and) {
        Predicate<Host> meaning =
                h -> and ? one.meaning.test(h) && other.meaning.test(h) : one.meaning.test(h) || other.meaning.test(h);
        return new Query("((" + one.text + ")" + joint + "(" + other.text + "))", meaning);
    }

    private Query condition() {
        return switch (random.nextInt(7)) {
            case 0 -> text("agentConnected", List.of("true", "false"), h -> List.of(h.agentConnected() + ""), false);
            case 1 ->
                text("ec2InstanceId", List.of(Host.PLAIN.instanceId(), "i-1"), h -> List.of(h.instanceId()), false);
            case 2 -> text("task:group", GROUPS, Host::groups, true);
            case 3 ->
                ordered(
                        "runningTasksCount",
                        List.of("0", "1", "2", "007"),
                        (h, v) -> Integer.compare(h.runningTasksCount(), Integer.parseInt(v)));
            case 4 ->
                ordered(
                        "registeredAt",
                        TIMES,
                        (h, v) -> Long.compare(Math.floorDiv(h.registeredAtMillis(), 1000), seconds(v)));
            case 5 -> version();
            default -> attribute();
        };
    }

    private Query attribute() {
        String name = pick(NAMES);
        String subject = "attribute:" + name;
        if (random.nextInt(4) == 0) {
            boolean exists = random.nextBoolean();
            String operator = exists ? "exists" : pick(List.of("!exists", "not_exists"));
            return new Query(subject + " " + operator, h -> h.attributes().containsKey(name) == exists);
        }
        if (random.nextInt(4) == 0) {
            String limit = pick(List.of("3", "2.75", "-2.5", "0010"));
            return ordered(
                    subject,
                    List.of(limit),
                    List.of(">", "greater_than", "<", "less_than", ">=", "<=", "greater_than_equal", "less_than_equal"),
                    h -> h.attributes().getOrDefault(name, "").matches("-?\\d+(\\.\\d+)?"),
                    (h, v) -> Double.compare(Double.parseDouble(h.attributes().get(name)), Double.parseDouble(v)));
        }
        Query query = text(subject, VALUES, h -> List.of(h.attributes().getOrDefault(name, "")), false);
        return new Query(query.text, h -> !h.attributes().getOrDefault(name, "").isEmpty() && query.meaning.test(h));
    }

    private Query version() {
        List<String> rising = List.of("0.9.9", "1.2.0", "1.2.3-rc.1", "1.2.3-rc.10", "1.2.3", "1.10.0", "2.0.0");
        Function<String, Integer> rank = v -> rising.indexOf(v.equals("1.2") ? "1.2.0" : v.equals("v2") ? "2.0.0" : v);
        return ordered(
                "agentVersion",
                VERSIONS,
                List.of("==", "equals", "!=", "not_equals", ">", "<", ">=", "<="),
                h -> !h.agentVersion().equals("development"),
                (h, v) -> Integer.compare(rank.apply(h.agentVersion()), rank.apply(v)));
    }

    /** A comparison of a host with a value. */
    @FunctionalInterface
    private interface Order {
        int compare(Host host, String value);
    }

    private Query ordered(String subject, List<String> values, Order order) {
        return ordered(
                subject,
                values,
                List.of(
                        "==",
                        "equals",
                        "!=",
                        "not_equals",
                        ">",
                        "greater_than",
                        "<",
                        "less_than",
                        ">=",
                        "<=",
                        "greater_than_equal",
                        "less_than_equal"),
                h -> true,
                order);
    }

    private Query ordered(
            String subject, List<String> values, List<String> operators, Predicate<Host> comparable, Order order) {
        String operator = pick(operators);
        String value = pick(values);
        Predicate<Host> meaning = h -> {
            if (!comparable.test(h)) {
                return false;
            }
            int c = order.compare(h, value);
            return switch (operator) {
                case "==", "equals" -> c == 0;
                case "!=", "not_equals" -> c != 0;
                case ">", "greater_than" -> c > 0;
                case ">=", "greater_than_equal" -> c >= 0;
                case "<", "less_than" -> c < 0;
                default -> c <= 0;
            };
        };
        return new Query(spaced(subject, operator, written(value)), meaning);
    }

    private Query text(String subject, List<String> values, Function<Host, List<String>> of, boolean set) {
        boolean negated = random.nextBoolean();
        int kind = random.nextInt(set ? 4 : 3);
        List<String> arguments =
                List.of(pick(values), pick(values), pick(values)).subList(0, 1 + random.nextInt(3));
        return switch (kind) {
            case 0 ->
                new Query(
                        spaced(
                                subject,
                                pick(negated ? List.of("!=", "not_equals") : List.of("==", "equals")),
                                written(arguments.getFirst())),
                        h -> negated != of.apply(h).contains(arguments.getFirst()));
            case 1 ->
                new Query(
                        spaced(
                                subject,
                                pick(negated ? List.of("!in", "not_in") : List.of("in")),
                                "["
                                        + String.join(
                                                pick(List.of(",", ", ", " , ")),
                                                arguments.stream()
                                                        .map(this::written)
                                                        .toList())
                                        + "]"),
                        h -> negated != of.apply(h).stream().anyMatch(arguments::contains));
            case 2 -> {
                String pattern = pick(PATTERNS);
                yield new Query(
                        spaced(
                                subject,
                                pick(negated ? List.of("!~", "not_matches") : List.of("=~", "matches")),
                                pattern.matches("[a-z0-9.*\\\\+\\[\\]-]+") && random.nextBoolean()
                                        ? pattern
                                        : quoted(pattern)),
                        h -> negated != of.apply(h).stream().anyMatch(v -> Pattern.matches(pattern, v)));
            }
            default ->
                new Query(
                        subject + " " + (negated ? pick(List.of("!exists", "not_exists")) : "exists"),
                        h -> negated == of.apply(h).isEmpty());
        };
    }

    /** Symbols need no space around them. */
    private String spaced(String subject, String operator, String argument) {
        boolean tight = !Character.isLetter(operator.charAt(operator.length() - 1)) && random.nextInt(4) == 0;
        return tight
                ? subject + operator + argument
                : subject + pick(List.of(" ", "  ", "\t", "\n")) + operator + " " + argument;
    }

    private String written(String value) {
        boolean bare = value.matches("[A-Za-z0-9_./@:+-]+") && !value.matches("and|or|not");
        return bare && random.nextBoolean() ? value : quoted(value);
    }

    private static String quoted(String value) {
        return "'" + value.replace("'", "''") + "'";
    }

    private static long seconds(String time) {
        String full = time.length() == 10 ? time + "T00:00:00Z" : time.matches(".*(Z|[+]..:..)") ? time : time + "Z";
        return java.time.OffsetDateTime.parse(full).toEpochSecond();
    }

    <T> T pick(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }
}
