package dev.staithe.controlplane.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.staithe.controlplane.fixture.ManualEnvironment;
import dev.staithe.controlplane.model.Sealed;
import dev.staithe.runtime.Randomness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SecretKeysTest {
    private static final SecretPlace PLACE = new SecretPlace("secret", "default", "db/password", 3, 17);
    private static final ByteString VALUE = ByteString.copyFromUtf8("geheim");

    private final Randomness randomness = new ManualEnvironment().environment().randomness();

    @TempDir
    private Path directory;

    @Test
    void opensWhatItSealed() throws UnreadableSecretException {
        Sealed sealed = TestKeys.ONE.seal(PLACE, VALUE, randomness);

        assertThat(TestKeys.ONE.open(PLACE, sealed)).isEqualTo(VALUE);
        assertThat(sealed.size()).isEqualTo(6);
        assertThat(sealed.toString()).isEqualTo("Sealed[6 bytes, key " + TestKeys.ONE.first() + "]");
        assertThat(sealed.ciphertext().toStringUtf8()).doesNotContain("geheim");
    }

    @Test
    void neverUsesANonceTwice() {
        TreeSet<String> nonces = new TreeSet<>();
        for (int i = 0; i < 10_000; i++) {
            nonces.add(TestKeys.ONE.seal(PLACE, VALUE, randomness).nonce().toStringUtf8());
        }

        assertThat(nonces).hasSizeGreaterThan(9_990);
    }

    @Test
    void findsEveryBitThatWasChanged() {
        Sealed sealed = TestKeys.ONE.seal(PLACE, VALUE, randomness);

        for (int bit = 0; bit < sealed.ciphertext().size() * 8; bit++) {
            Sealed changed = new Sealed(sealed.keyId(), sealed.nonce(), flipped(sealed.ciphertext(), bit));
            assertThatThrownBy(() -> TestKeys.ONE.open(PLACE, changed))
                    .hasMessage("secret db/password: its record was damaged, or changed by somebody without the key "
                            + "(set it again)");
        }
        for (int bit = 0; bit < sealed.nonce().size() * 8; bit++) {
            Sealed changed = new Sealed(sealed.keyId(), flipped(sealed.nonce(), bit), sealed.ciphertext());
            assertThatThrownBy(() -> TestKeys.ONE.open(PLACE, changed)).isInstanceOf(UnreadableSecretException.class);
        }
    }

    @Test
    void aRecordThatWasCutIsDamaged() {
        Sealed sealed = TestKeys.ONE.seal(PLACE, VALUE, randomness);

        for (Sealed cut : List.of(
                new Sealed(sealed.keyId(), sealed.nonce(), sealed.ciphertext().substring(0, 5)),
                new Sealed(sealed.keyId(), sealed.nonce(), ByteString.EMPTY),
                new Sealed(sealed.keyId(), ByteString.EMPTY, sealed.ciphertext()))) {
            assertThatThrownBy(() -> TestKeys.ONE.open(PLACE, cut)).isInstanceOf(UnreadableSecretException.class);
        }
    }

    @Test
    void aValueCannotBeMovedToAnotherRecord() {
        Sealed sealed = TestKeys.ONE.seal(PLACE, VALUE, randomness);

        for (SecretPlace other : List.of(
                new SecretPlace("role", "default", "db/password", 3, 17),
                new SecretPlace("secret", "other", "db/password", 3, 17),
                new SecretPlace("secret", "default", "db/passwort", 3, 17),
                new SecretPlace("secret", "defaultd", "b/password", 3, 17),
                new SecretPlace("secret", "default", "db/password", 2, 17),
                new SecretPlace("secret", "default", "db/password", 3, 18))) {
            assertThatThrownBy(() -> TestKeys.ONE.open(other, sealed)).isInstanceOf(UnreadableSecretException.class);
        }
    }

    @Test
    void saysWhichKeyIsMissing() {
        Sealed sealed = TestKeys.ONE.seal(PLACE, VALUE, randomness);
        SecretKeys two = TestKeys.of(2);

        assertThatThrownBy(() -> two.open(PLACE, sealed))
                .hasMessage("secret db/password: encrypted with key " + TestKeys.ONE.first()
                        + ", which this control plane does not have (its secretsKeyFile has " + two.first()
                        + "; give every control plane the same secretsKeyFile)");
        assertThatThrownBy(() -> SecretKeys.NONE.open(PLACE, sealed)).hasMessageContaining("it has no secretsKeyFile");
    }

    @Test
    void aNewFirstKeyReadsWhatTheOldOneWrote() throws UnreadableSecretException {
        Sealed old = TestKeys.ONE.seal(PLACE, VALUE, randomness);
        SecretKeys rotated = TestKeys.of(2, 1);

        assertThat(rotated.open(PLACE, old)).isEqualTo(VALUE);
        assertThat(rotated.seal(PLACE, VALUE, randomness).keyId())
                .isEqualTo(TestKeys.of(2).first());
        assertThat(rotated.toString()).startsWith("SecretKeys[").hasSize("SecretKeys[12345678, 12345678]".length());
    }

    @Test
    void refusesAFileThatOthersMayRead() throws IOException {
        Path file = file("rw-r-----", TestKeys.lines(1));

        assertThatThrownBy(() -> SecretKeys.read(file))
                .hasMessage("secretsKeyFile: " + file + ": others than its owner may use it (expected: mode 0600; "
                        + "chmod 600 " + file + ")");
    }

    @Test
    void refusesAFileWithoutAKeyByTheLineAndNotByWhatItSays() throws IOException {
        List<String> lines = new ArrayList<>(List.of("# keys", "", "hush"));
        Path file = file("rw-------", lines);

        assertThatThrownBy(() -> SecretKeys.read(file))
                .hasMessageEndingWith("line 3 is no key (expected: 32 bytes in base64)")
                .hasMessageNotContaining("hush");
        assertThatThrownBy(() -> SecretKeys.read(file("rw-------", List.of("# none"))))
                .hasMessageContaining("without a key");
        assertThatThrownBy(() -> SecretKeys.read(directory.resolve("none")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be read");
    }

    private Path file(String mode, List<String> lines) throws IOException {
        Path file = Files.createTempFile(directory, "keys", "");
        Files.write(file, lines);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private static ByteString flipped(ByteString bytes, int bit) {
        byte[] copy = bytes.toByteArray();
        copy[bit / 8] ^= (byte) (1 << (bit % 8));
        return ByteString.copyFrom(copy);
    }
}
