package dev.staithe.controlplane.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.staithe.controlplane.secrets.CredentialProcess.Made;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class CredentialProcessTest {
    @Test
    void takesWhatACommandPrints() throws Exception {
        Made made = shell("echo \"{\\\"Version\\\":1,\\\"AccessKeyId\\\":\\\"AKIA-$STAITHE_ROLE\\\","
                        + "\\\"SecretAccessKey\\\":\\\"hush\\\",\\\"SessionToken\\\":\\\"token\\\","
                        + "\\\"Expiration\\\":\\\"2026-01-31T12:00:00+01:00\\\"}\"")
                .run();

        assertThat(made.accessKeyId()).isEqualTo("AKIA-web");
        assertThat(made.secretAccessKey()).isEqualTo("hush");
        assertThat(made.sessionToken()).isEqualTo("token");
        assertThat(made.expiration()).isEqualTo(Instant.parse("2026-01-31T11:00:00Z"));
        assertThat(made.toString()).doesNotContain("hush").doesNotContain("token");
    }

    @Test
    void tokenAndEndMayBeMissing() throws Exception {
        Made made = shell("echo '{\"Version\":1,\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"b\"}'")
                .run();

        assertThat(made.sessionToken()).isEmpty();
        assertThat(made.expiration()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "echo hush",
                "echo '{\"hush\":'",
                "true",
                "echo '{\"Version\":2,\"AccessKeyId\":\"hush\",\"SecretAccessKey\":\"hush\"}'",
                "echo '{\"Version\":1,\"AccessKeyId\":\"hush\"}'",
                "echo '{\"Version\":1,\"AccessKeyId\":\"hush\",\"SecretAccessKey\":\"hush\",\"Expiration\":\"hush\"}'",
                "echo hush; echo hush >&2; exit 3",
                "yes hush"
            })
    void saysHowItFailedAndNeverWhatItPrinted(String script) {
        assertThatThrownBy(() -> shell(script).run())
                .hasMessageStartingWith("command vault ")
                .hasMessageNotContaining("hush")
                .hasNoCause();
    }

    @Test
    void aProgramThatIsNotThereIsSaid() {
        assertThatThrownBy(() -> new CredentialProcess("vault", List.of("/nowhere/program"), Map.of()).run())
                .hasMessage("command vault cannot be started (expected: a program on every control plane)");
    }

    @Test
    void oneWhoseTimeIsOverIsEndedWithItsChildren() {
        CredentialProcess process = shell("sleep 1000 & sleep 1000");
        process.expire();

        assertThatThrownBy(process::run).hasMessage("command vault took longer than 30 s");
    }

    private static CredentialProcess shell(String script) {
        return new CredentialProcess("vault", List.of("/bin/sh", "-c", script), Map.of("STAITHE_ROLE", "web"));
    }
}
