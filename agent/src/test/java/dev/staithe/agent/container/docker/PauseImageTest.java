package dev.staithe.agent.container.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PauseImageTest {
    @ParameterizedTest
    @CsvSource({"x86_64, 62", "aarch64, 183"})
    void bringsAProgramForTheArchitecture(String architecture, int machine) throws IOException {
        PauseImage image = PauseImage.of(architecture).orElseThrow();

        Map<String, byte[]> files = files(image.archive().toByteArray());
        ByteBuffer program = ByteBuffer.wrap(Objects.requireNonNull(
                        files(Objects.requireNonNull(files.get("layer.tar"))).get("pause")))
                .order(ByteOrder.LITTLE_ENDIAN);
        assertThat(program.getInt(0)).isEqualTo(0x464c457f);
        assertThat(program.getShort(18)).isEqualTo((short) machine);
        assertThat(program.getLong(24)).isEqualTo(0x400000 + 120);
        assertThat(program.getLong(64 + 32)).as("size in the file").isEqualTo(program.capacity());
        assertThat(new String(files.get("manifest.json"), StandardCharsets.UTF_8))
                .contains(image.tag());
    }

    @Test
    void theTagIsOfWhatIsInIt() {
        PauseImage image = PauseImage.of("x86_64").orElseThrow();

        assertThat(PauseImage.of("amd64").orElseThrow().tag()).isEqualTo(image.tag());
        assertThat(PauseImage.of("aarch64").orElseThrow().tag()).isNotEqualTo(image.tag());
        assertThat(image.tag()).matches("staithe/pause:[0-9a-f]{16}");
    }

    @Test
    void thereIsNoneForOtherMachines() {
        assertThat(PauseImage.of("riscv64")).isEmpty();
    }

    private static Map<String, byte[]> files(byte[] archive) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(archive))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                files.put(entry.getName(), tar.readAllBytes());
            }
        }
        return files;
    }
}
