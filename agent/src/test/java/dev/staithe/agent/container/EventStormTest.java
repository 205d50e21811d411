package dev.staithe.agent.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.SimulatedWorld;
import dev.staithe.agent.container.ContainerRuntime.Listener;
import dev.staithe.runtime.Environment;
import dev.staithe.runtime.EventLoop;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Five hundred containers that start and die all the time, while the agent has something else to do. */
class EventStormTest {
    private static final int CONTAINERS = 500;
    private static final int EVENTS = 200_000;

    private final SimulatedWorld world = new SimulatedWorld();
    private final List<Runnable> waiting = new ArrayList<>();
    private final List<String> looks = new ArrayList<>();
    private @Nullable Listener listener;

    @Test
    void whatWaitsIsBoundedByTheContainersAndEachIsLookedAtOnce() {
        Environment environment = world.environment(opened -> {});
        EventLoop loop = counting(environment.loop("agent"));
        ContainerWatch watch = new ContainerWatch(environment, loop, engine(), new NobodyThere());
        watch.start(() -> {});
        world.run(Duration.ofSeconds(1));
        waiting.clear();
        looks.clear();

        for (int i = 0; i < EVENTS; i++) {
            Objects.requireNonNull(listener).changed("c" + i % CONTAINERS);
        }

        assertThat(waiting).hasSize(CONTAINERS);
        world.run(Duration.ofSeconds(1));
        assertThat(looks).hasSize(CONTAINERS).doesNotHaveDuplicates();

        Objects.requireNonNull(listener).changed("c7");
        world.run(Duration.ofSeconds(1));
        assertThat(looks).hasSize(CONTAINERS + 1).last().isEqualTo("c7");
    }

    /** An engine that lists nothing and finds no container that it is asked for. */
    private ContainerRuntime engine() {
        return (ContainerRuntime) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ContainerRuntime.class}, (proxy, method, values) -> {
                    return switch (method.getName()) {
                        case "watch" -> {
                            listener = (Listener) values[0];
                            yield (ContainerRuntime.Watch) () -> {};
                        }
                        case "inspect" -> {
                            looks.add((String) values[0]);
                            yield Optional.empty();
                        }
                        case "list" -> List.of();
                        default -> throw new UnsupportedOperationException(method.getName());
                    };
                });
    }

    private EventLoop counting(EventLoop loop) {
        return new EventLoop() {
            @Override
            public void execute(Runnable work) {
                waiting.add(work);
                loop.execute(work);
            }

            @Override
            public Timer after(Duration delay, Runnable work) {
                return loop.after(delay, work);
            }

            @Override
            public boolean inLoop() {
                return loop.inLoop();
            }

            @Override
            public void close() {
                loop.close();
            }
        };
    }

    private static final class NobodyThere implements ContainerWatch.Sink {
        @Override
        public void answersAgain() {}

        @Override
        public void seen(ContainerView view) {}

        @Override
        public void missing(String id) {}

        @Override
        public SortedSet<String> held() {
            return new TreeSet<>();
        }
    }
}
