package dev.staithe.controlplane.leader;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeaderRolesTest {
    private final List<String> story = new ArrayList<>();
    private final LeaderRoles roles = new LeaderRoles();
    private final Part first = new Part("first");
    private final Part second = new Part("second");

    LeaderRolesTest() {
        roles.register("first", first);
        roles.register("second", second);
    }

    @Test
    void startsEachOnceTheOneBeforeIsReadyAndStopsInReverse() {
        roles.start(new Leadership(1));
        assertThat(story).containsExactly("first starts");

        first.ready.run();
        roles.stop("demoted");

        assertThat(story).containsExactly("first starts", "second starts", "second stops", "first stops");
        assertThat(roles.running()).isEmpty();
    }

    @Test
    void aRoleThatIsReadyTooLateOrTwiceStartsNothing() {
        roles.start(new Leadership(1));
        Runnable late = first.ready;
        roles.stop("demoted");
        late.run();
        assertThat(story).containsExactly("first starts", "first stops");

        roles.start(new Leadership(2));
        late.run();
        assertThat(roles.running()).containsExactly("first");
        first.ready.run();
        first.ready.run();

        assertThat(story).endsWith("first starts", "second starts");
    }

    @Test
    void aNewTermEndsTheOldOne() {
        roles.start(new Leadership(1));

        roles.start(new Leadership(2));

        assertThat(story).containsExactly("first starts", "first stops", "first starts");
    }

    private final class Part implements LeaderRoles.Role {
        private final String name;
        private Runnable ready = () -> {};
        private boolean running;

        Part(String name) {
            this.name = name;
        }

        @Override
        public void start(Leadership leadership, Runnable isReady) {
            running = true;
            ready = isReady;
            story.add(name + " starts");
        }

        @Override
        public void stop(String why) {
            running = false;
            story.add(name + " stops");
        }

        @Override
        public boolean running() {
            return running;
        }
    }
}
