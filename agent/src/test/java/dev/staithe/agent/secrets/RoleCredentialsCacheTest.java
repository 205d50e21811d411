package dev.staithe.agent.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.agent.SimulatedWorld;
import dev.staithe.agent.container.ContainerFault;
import dev.staithe.agent.container.ContainerFault.Kind;
import dev.staithe.proto.agent.v1.Fetched;
import dev.staithe.runtime.Outcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class RoleCredentialsCacheTest {
    private final SimulatedWorld world = new SimulatedWorld();
    private final ArrayDeque<Consumer<Outcome<Fetched>>> asked = new ArrayDeque<>();
    private final RoleCredentialsCache cache = new RoleCredentialsCache(
            world.environment(loop -> {}), world.loop(), (question, patience, then) -> asked.add(then));
    private int questions;

    @Test
    void asksOnceForAllWhoWaitAndThenKeepsThem() {
        List<String> first = credentials();
        List<String> second = credentials();
        assertThat(asked).hasSize(1);

        answer("one", Duration.ofHours(1));
        List<String> third = credentials();

        assertThat(first).containsExactly("one");
        assertThat(second).containsExactly("one");
        assertThat(third).containsExactly("one");
        assertThat(asked).isEmpty();
    }

    @Test
    void makesThemNewBeforeTheyExpire() {
        credentials();
        answer("one", Duration.ofHours(1));

        world.run(Duration.ofMinutes(49));
        assertThat(asked).isEmpty();
        world.run(Duration.ofMinutes(6));

        assertThat(asked).hasSize(1);
        answer("two", Duration.ofHours(1));
        assertThat(credentials()).containsExactly("two");
    }

    @Test
    void thoseOfAShortLifeHaveAQuarterOfItLeft() {
        credentials();
        answer("one", Duration.ofMinutes(1));

        world.run(Duration.ofSeconds(46));

        assertThat(asked).hasSize(1);
    }

    @Test
    void theOldOnesAreGivenOutWhileTheyAreGoodAndNoNewOnesCanBeHad() {
        credentials();
        answer("one", Duration.ofMinutes(20));
        world.run(Duration.ofMinutes(16));

        refuse();
        assertThat(credentials()).containsExactly("one");
        world.run(Duration.ofMinutes(1));
        refuse();
        world.run(Duration.ofMinutes(10));
        List<String> late = credentials();
        refuse();

        assertThat(late).containsExactly("ControlPlaneUnavailableError: no answer");
    }

    @Test
    void whatNobodyUsesIsNotMadeNew() {
        credentials();
        answer("one", Duration.ofHours(1));
        world.run(Duration.ofMinutes(56));
        answer("two", Duration.ofHours(1));

        world.run(Duration.ofHours(5));

        assertThat(asked).isEmpty();
    }

    @Test
    void aTaskThatIsOverHasNoneAnyMore() {
        List<String> waiting = credentials();

        cache.forget("task");

        assertThat(waiting).containsExactly("ResourceInitializationError: task task is over");
        answer("one", Duration.ofHours(1));
        world.run(Duration.ofHours(2));
        assertThat(asked).isEmpty();
    }

    @Test
    void showsNoKeyOfThem() {
        credentials();
        List<RoleCredentials> got = new ArrayList<>();
        cache.credentials("task", outcome -> {
            if (outcome instanceof Outcome.Done<RoleCredentials> done) {
                got.add(done.value());
            }
        });
        answer("hush", Duration.ofHours(1));

        assertThat(got).hasSize(1);
        assertThat(got.toString()).doesNotContain("hush");
    }

    /** What the caller is told, now or later. */
    private List<String> credentials() {
        List<String> told = new ArrayList<>();
        cache.credentials("task", outcome -> {
            switch (outcome) {
                case Outcome.Done<RoleCredentials> done -> told.add(done.value().secretAccessKey());
                case Outcome.Failed<RoleCredentials> failed -> told.add(((ContainerFault) failed.cause()).reason());
            }
        });
        return told;
    }

    private void answer(String secret, Duration good) {
        questions++;
        asked.remove()
                .accept(new Outcome.Done<>(Fetched.newBuilder()
                        .setCredentials(dev.staithe.proto.agent.v1.RoleCredentials.newBuilder()
                                .setRole("web")
                                .setAccessKeyId("AKIA" + questions)
                                .setSecretAccessKey(secret)
                                .setExpiresAtMs(world.now().plus(good).toEpochMilli())
                                .setValidForMs(good.toMillis()))
                        .build()));
    }

    private void refuse() {
        asked.remove()
                .accept(new Outcome.Failed<>(new ContainerFault(Kind.ControlPlaneUnavailableError, "no answer", true)));
    }
}
