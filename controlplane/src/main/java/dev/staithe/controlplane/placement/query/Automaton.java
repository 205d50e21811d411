package dev.staithe.controlplane.placement.query;

import dev.staithe.controlplane.placement.query.PatternNode.AnyOf;
import dev.staithe.controlplane.placement.query.PatternNode.Edge;
import dev.staithe.controlplane.placement.query.PatternNode.Repeat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * A pattern as a machine that is in many states at once. It looks at each character of a value once, and visits each of its
 * steps at most once for it: no pattern takes longer than the product of the two, which is why there is no other guard
 * against patterns that explode when they are tried by going back.
 *
 * <p>Immutable.
 */
final class Automaton {
    private static final int END = -1;

    /** The steps as numbers, since a run looks at nothing else: the argument's sense depends on the kind. */
    private final Kind[] kinds;

    private final int[] arguments;
    private final int[] nexts;
    private final List<AnyOf> classes;
    private final List<Edge> edges;
    private final int start;

    private Automaton(List<Step> steps, List<AnyOf> classes, List<Edge> edges, int start) {
        this.kinds = steps.stream().map(Step::kind).toArray(Kind[]::new);
        this.arguments = steps.stream().mapToInt(Step::argument).toArray();
        this.nexts = steps.stream().mapToInt(Step::next).toArray();
        this.classes = List.copyOf(classes);
        this.edges = List.copyOf(edges);
        this.start = start;
    }

    /** What one state does before it goes on. */
    private enum Kind {
        /** Takes one character, which must be the argument. */
        ONE,
        /** Takes one character, which must be in the class of that number. */
        ANY,
        /** Goes on with the argument, too. */
        FORK,
        /** Goes on only where the edge of that number is. */
        PASS
    }

    private record Step(Kind kind, int argument, int next) {}

    /** The machine for the pattern, unless it would need more steps than that. */
    static Optional<Automaton> of(PatternNode pattern, int mostSteps) {
        Assembly assembly = new Assembly(mostSteps);
        int start = assembly.add(pattern, END);
        return assembly.tooLarge()
                ? Optional.empty()
                : Optional.of(new Automaton(assembly.steps, assembly.classes, assembly.edges, start));
    }

    int size() {
        return kinds.length;
    }

    /** Whether the pattern matches the whole value. */
    boolean matches(String value) {
        return new Run(value).matches();
    }

    /** Builds backwards: each part is told what comes after it. Confined to one call. */
    private static final class Assembly {
        private static final int PARTS_TO_A_STEP = 10;

        private final int most;
        private final List<Step> steps = new ArrayList<>();
        private final List<AnyOf> classes = new ArrayList<>();
        private final List<Edge> edges = new ArrayList<>();

        /** Of parts, some of which need no step. */
        private int added;

        Assembly(int most) {
            this.most = most;
        }

        boolean tooLarge() {
            return steps.size() > most || added > PARTS_TO_A_STEP * most;
        }

        /** @return where the part begins; nothing sensible once it is too large */
        int add(PatternNode node, int next) {
            added++;
            if (tooLarge()) {
                return next;
            }
            return switch (node) {
                case PatternNode.Single one -> put(Kind.ONE, one.codePoint(), next);
                case AnyOf any -> put(Kind.ANY, number(any, classes), next);
                case Edge edge -> put(Kind.PASS, number(edge, edges), next);
                case PatternNode.Sequence sequence -> {
                    int then = next;
                    for (PatternNode part : sequence.parts().reversed()) {
                        then = add(part, then);
                    }
                    yield then;
                }
                case PatternNode.Choice choice -> {
                    int then = add(choice.options().getLast(), next);
                    for (int i = choice.options().size() - 2; i >= 0; i--) {
                        then = put(Kind.FORK, then, add(choice.options().get(i), next));
                    }
                    yield then;
                }
                case Repeat repeat -> repeat(repeat, next);
            };
        }

        private int repeat(Repeat repeat, int next) {
            int then = next;
            if (repeat.most() == Repeat.UNLIMITED) {
                // The fork is there before what it leads to, which must know it.
                then = put(Kind.FORK, next, next);
                int body = add(repeat.part(), then);
                steps.set(then, new Step(Kind.FORK, next, body));
            } else {
                for (int i = repeat.least(); i < repeat.most() && !tooLarge(); i++) {
                    then = put(Kind.FORK, next, add(repeat.part(), then));
                }
            }
            for (int i = 0; i < repeat.least() && !tooLarge(); i++) {
                then = add(repeat.part(), then);
            }
            return then;
        }

        private int put(Kind kind, int argument, int next) {
            steps.add(new Step(kind, argument, next));
            return steps.size() - 1;
        }

        private static <T> int number(T thing, List<T> numbered) {
            int known = numbered.indexOf(thing);
            if (known < 0) {
                numbered.add(thing);
            }
            return known < 0 ? numbered.size() - 1 : known;
        }
    }

    /** One value. Confined to one call. */
    private final class Run {
        private final String value;
        private final Answers there = new Answers(edges.size());
        private final Answers beyondAscii = new Answers(classes.size());

        /** The states that wait for the next character. */
        private int[] waiting = new int[kinds.length];

        private int[] before = new int[kinds.length];
        private int count;
        private boolean accepted;

        /** Characters that were taken, plus 1. */
        private int turn = 1;

        /** For each state, the turn in which it was entered last. */
        private final int[] entered = new int[kinds.length];

        private final int[] toEnter = new int[2 * kinds.length + 1];

        Run(String value) {
            this.value = value;
        }

        boolean matches() {
            enter(start, 0);
            int offset = 0;
            while (offset < value.length() && count > 0) {
                int codePoint = value.codePointAt(offset);
                offset += Character.charCount(codePoint);
                take(codePoint, offset);
            }
            return accepted && offset == value.length();
        }

        private void take(int codePoint, int then) {
            turn++;
            accepted = false;
            int[] spare = before;
            before = waiting;
            waiting = spare;
            int of = count;
            count = 0;
            for (int i = 0; i < of; i++) {
                int state = before[i];
                if (kinds[state] == Kind.ONE ? arguments[state] == codePoint : contains(arguments[state], codePoint)) {
                    enter(nexts[state], then);
                }
            }
        }

        private boolean contains(int number, int codePoint) {
            AnyOf any = classes.get(number);
            return codePoint < AnyOf.ASCII
                    ? any.contains(codePoint)
                    : beyondAscii.of(number, turn, () -> any.contains(codePoint));
        }

        /** Enters the state and all that can be entered from it without a character. */
        private void enter(int first, int offset) {
            int left = 0;
            toEnter[left++] = first;
            while (left > 0) {
                int state = toEnter[--left];
                if (state == END) {
                    accepted = true;
                } else if (entered[state] != turn) {
                    entered[state] = turn;
                    switch (kinds[state]) {
                        case ONE, ANY -> waiting[count++] = state;
                        case FORK -> {
                            toEnter[left++] = arguments[state];
                            toEnter[left++] = nexts[state];
                        }
                        case PASS -> {
                            Edge edge = edges.get(arguments[state]);
                            if (there.of(arguments[state], turn, () -> edge.isAt(offset, value))) {
                                toEnter[left++] = nexts[state];
                            }
                        }
                    }
                }
            }
        }
    }

    /** Questions that many steps ask in the same turn, answered once. */
    private static final class Answers {
        private final int[] asked;
        private final boolean[] answer;

        Answers(int questions) {
            asked = new int[questions];
            answer = new boolean[questions];
        }

        boolean of(int question, int turn, BooleanSupplier find) {
            if (asked[question] != turn) {
                asked[question] = turn;
                answer[question] = find.getAsBoolean();
            }
            return answer[question];
        }
    }
}
