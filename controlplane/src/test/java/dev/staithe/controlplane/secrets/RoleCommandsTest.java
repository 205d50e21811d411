package dev.staithe.controlplane.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.staithe.controlplane.fixture.ManualEnvironment;
import dev.staithe.controlplane.model.Role;
import dev.staithe.proto.agent.v1.RoleCredentials;
import dev.staithe.runtime.EventLoop;
import dev.staithe.runtime.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class RoleCommandsTest {
    private final ManualEnvironment manual = new ManualEnvironment();
    private final EventLoop loop = manual.loop("control");

    @TempDir
    private Path directory;

    private RoleCommands commands = new RoleCommands(loop, manual.environment(), Map.of());

    /** The command counts its runs, and prints what the test puts into a file. */
    @BeforeEach
    void aCommand() {
        commands = new RoleCommands(
                loop,
                manual.environment(),
                Map.of(
                        "vault",
                        List.of("/bin/sh", "-c", "echo x >> " + directory + "/runs; cat " + directory + "/output")));
    }

    @Test
    void manyWhoAskAtOnceHaveItRunOnce() throws IOException {
        prints("AKIA1", Duration.ofHours(1));

        List<String> first = ask(role(1));
        List<String> second = ask(role(1));
        manual.run();
        List<String> third = ask(role(1));
        manual.run();

        assertThat(first).containsExactly("AKIA1 for 3600");
        assertThat(second).containsExactly("AKIA1 for 3600");
        assertThat(third).containsExactly("AKIA1 for 3600");
        assertThat(runs()).isEqualTo(1);
    }

    @Test
    void thoseInTheSecondHalfOfTheirLifeAreNotHandedOut() throws IOException {
        prints("AKIA1", Duration.ofHours(1));
        ask(role(1));
        manual.advance(Duration.ofMinutes(29));
        assertThat(asked(role(1))).containsExactly("AKIA1 for 1860");

        prints("AKIA2", Duration.ofHours(1).plus(Duration.ofMinutes(2)));
        manual.advance(Duration.ofMinutes(2));

        assertThat(asked(role(1))).containsExactly("AKIA2 for 3600");
    }

    @Test
    void aRoleThatWasChangedHasThemMadeAnew() throws IOException {
        prints("AKIA1", Duration.ofHours(1));
        asked(role(1));
        prints("AKIA2", Duration.ofHours(1));

        assertThat(asked(role(2))).containsExactly("AKIA2 for 3600");
    }

    @Test
    void afterAFailureItIsRunAgain() throws IOException {
        assertThat(asked(role(1))).singleElement().asString().startsWith("command vault ended with status 1");

        prints("AKIA1", Duration.ofHours(1));

        assertThat(asked(role(1))).containsExactly("AKIA1 for 3600");
    }

    @Test
    void whatHasExpiredAlreadyIsNoUse() throws IOException {
        prints("AKIA1", Duration.ofSeconds(-1));

        assertThat(asked(role(1)))
                .containsExactly("role web: the credentials that its command made have expired already");
    }

    @Test
    void nothingButTheListedCommandsIsRun() {
        Role role = new Role("default", "web", 1, 1, 1, new Role.Credentials.Made("/bin/sh"));
        List<String> told = new ArrayList<>();

        loop.execute(() -> commands.credentials(role, "/bin/sh", outcome -> told.add(words(outcome))));
        manual.run();

        assertThat(told)
                .containsExactly(
                        "role web: its command /bin/sh is not among the roleCommands of this control plane's configuration");
    }

    private void prints(String id, Duration good) throws IOException {
        Files.writeString(
                directory.resolve("output"),
                "{\"Version\":1,\"AccessKeyId\":\"" + id + "\",\"SecretAccessKey\":\"hush\",\"Expiration\":\""
                        + manual.time().now().plus(good) + "\"}");
    }

    private int runs() throws IOException {
        return Files.readAllLines(directory.resolve("runs")).size();
    }

    private static Role role(long version) {
        return new Role("default", "web", version, 1, 1, new Role.Credentials.Made("vault"));
    }

    private List<String> asked(Role role) {
        List<String> told = ask(role);
        manual.run();
        return told;
    }

    private List<String> ask(Role role) {
        List<String> told = new ArrayList<>();
        loop.execute(() -> commands.credentials(role, "vault", outcome -> told.add(words(outcome))));
        return told;
    }

    private static String words(Outcome<RoleCredentials> outcome) {
        return switch (outcome) {
            case Outcome.Done<RoleCredentials> done ->
                done.value().getAccessKeyId() + " for " + done.value().getValidForMs() / 1000;
            case Outcome.Failed<RoleCredentials> failed ->
                String.valueOf(failed.cause().getMessage());
        };
    }
}
